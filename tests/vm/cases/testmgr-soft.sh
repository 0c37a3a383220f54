# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: every driver passes the kernel's own self-tests, with the vault as a process
# mode: plain
# timeout: 300
# timeout-debug: 600
vault_up soft
for driver in $DRIVERS; do
	need "$driver has not passed its self-test" test "$(crypto_field "$driver" selftest)" = passed
done
refuse "the log tells of a failed self-test" grep -q 'alg: .*fail' <(dmesg)
ok "$(wc -w <<<"$DRIVERS") drivers: selftest passed"
