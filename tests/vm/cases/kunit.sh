# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: the module's KUnit suites; a failed case, no case at all or a splat is a failure
# kernel: debug
# mode: plain
# timeout: 300
results=/sys/kernel/debug/kunit
mapfile -t modules < <(find /sv -maxdepth 1 -name '*_kunit.ko' | sort)
[ ${#modules[@]} -gt 0 ] || fail "no *_kunit.ko was built"
load_module
for module in "${modules[@]}"; do
	load_dependencies "$module"
	insmod "$module" || fail "$(basename "$module") cannot be loaded"
	# The results go away with the module. A failed suite does not make insmod fail.
	find $results -name results -exec cat {} + >>"$OUT/ktap"
	rmmod "$(basename "$module" .ko)"
done
cat "$OUT/ktap"
# Cases are indented by one level, suites and parameters are not or are deeper.
passed=$(grep -cE '^    ok [0-9]+ ' "$OUT/ktap" || true)
skipped=$(grep -cE '^    ok [0-9]+ .*# SKIP' "$OUT/ktap" || true)
failed=$(grep -cE '^ *not ok ' "$OUT/ktap" || true)
suites=$(grep -cE '^(ok|not ok) [0-9]+ ' "$OUT/ktap" || true)
[ "$failed" = 0 ] || fail "$failed failed, the first: $(grep -m1 -E '^ *not ok ' "$OUT/ktap")"
[ $((passed - skipped)) -gt 0 ] || fail "no KUnit case ran"
# One suite complains 1,000 times.
complaints=$(dmesg | grep -c 'sevault: kunit: complaint' || true)
[ "$complaints" -gt 0 ] && [ "$complaints" -le 100 ] || fail "complaints in the log: $complaints"
[ "$(dmesg | grep -c 'sevault: kunit: next: do nothing')" = "$complaints" ] || fail "complaints without a next step"
ok "$((passed - skipped)) KUnit cases in $suites suites passed, $skipped skipped"
