# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: the kernel's tcrypt: known answers of gcm and of what templates make of the vault's ciphers
# suite: yes
# kernel: stock
# mode: plain
# timeout: 900
. /sv/tests/suite.sh

# gcm, rfc4106, rfc4543, ccm, rfc4309
run() {
	local mode
	for mode in 35 151 152 37 45; do
		suite_test tcrypt-$mode 120 tcrypt mode=$mode
	done
}

suite_rounds run
suite_verdict
