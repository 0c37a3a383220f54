# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: LUKS2 with 512-byte sectors: ext4, fio with verification, the kernel's own aes reads and writes the same
# timeout: 420
. /sv/tests/luks.sh
luks_case 512
