# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: with a plain vault, all of the host's memory is searched for the volume key and its round keys
# kernel: stock
# mode: plain
# timeout: 300
. /sv/tests/luks.sh
. /sv/tests/keys.sh
keys_case vm
