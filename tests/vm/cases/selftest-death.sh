# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: the vault is killed 20 times while the kernel tests the drivers over it: no test fails, which would stop this machine
# mode: plain
# kernel: stock
# boot: panic_on_warn=1 cryptomgr.panic_on_fail=1
# timeout: 1200
need "this machine lives on after a test that failed" grep -qx 1 /proc/sys/kernel/panic_on_warn

# One driver, at least, is under its self-test.
is_under_test() {
	grep -A 4 'driver.*sevault' /proc/crypto | grep 'selftest *: unknown' >/dev/null
}

hits=0
for round in $(seq 20); do
	load_module import=1
	launch soft
	wait_for 60 "a self-test in round $round" is_under_test
	# Tests of all drivers together take a second or two.
	sleep "0.$((RANDOM % 10))$((RANDOM % 10))"
	! is_under_test || hits=$((hits + 1))
	end_vault KILL
	wait_for 60 "the end of the self-tests in round $round" eval '! is_under_test'
	sv_cleanup
done
dmesg | grep -E 'sevault|alg:' | tail -n 20
[ "$hits" -ge 5 ] || fail "only $hits of 20 vaults were killed under a self-test"
refuse "a self-test failed" grep -qE 'alg: .*fail|self-tests? (for .*)?failed' <(dmesg)
# What is tested by then serves with the next vault.
vault_up soft
ok "$hits of 20 vaults killed under a self-test; none failed"
