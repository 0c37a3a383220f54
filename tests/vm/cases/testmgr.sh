# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: every driver passes the kernel's own self-tests, with the vault in a nested VM
# timeout: 400
# timeout-debug: 1800
# Turned down at boot, where it would slow every case; here it is what counts.
fuzz=/sys/module/cryptomgr/parameters/fuzz_iterations
[ ! -e $fuzz ] || echo 100 >$fuzz
READY_LIMIT=1500 vault_up vm
for driver in $DRIVERS; do
	need "$driver has not passed its self-test" test "$(crypto_field "$driver" selftest)" = passed
	need "$driver must be reachable by its name only" test "$(crypto_field "$driver" priority)" -lt 100
	need "$driver is not asynchronous" test "$(crypto_field "$driver" async)" = yes
	need "$driver is not in this module" test "$(crypto_field "$driver" module)" = sevault
done
[ "$(grep -c '^driver *: .*sevault' /proc/crypto)" = "$(wc -w <<<"$DRIVERS")" ] ||
	fail "not the drivers that were expected: $(awk '/^driver.*sevault/ { print $3 }' /proc/crypto | tr '\n' ' ')"
refuse "the log tells of a failed self-test" grep -q 'alg: .*fail' <(dmesg)
[ ! -e $fuzz ] || fuzzed=", with $(cat $fuzz) rounds of fuzzing each"
[ ! -e $fuzz ] || echo 3 >$fuzz
ok "$(wc -w <<<"$DRIVERS") drivers: selftest passed${fuzzed:-}"
