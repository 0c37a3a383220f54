#!/bin/bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
# Run native test programs and add up what they report.
#
#	run.sh LABEL PROGRAM...
#
# Each program speaks TAP (cmocka does when asked). A program that ends without
# a single result, or with a status that its results do not explain, failed.
set -euo pipefail

label=$1
shift
passed=0
failed=0
skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

count() {
	grep -cE "$1" "$log" || true
}

run_one() {
	local program=$1 name status=0 ok bad skip start=$SECONDS

	name=$(basename "$(dirname "$program")")/$(basename "$program")
	CMOCKA_MESSAGE_OUTPUT=TAP "$program" >"$log" 2>&1 || status=$?
	skip=$(count '^ok .*# SKIP')
	ok=$(($(count '^ok ') - skip))
	bad=$(count '^not ok ')
	if ((status != 0 && bad == 0)) || ((ok + bad + skip == 0)); then
		bad=$((bad + 1))
		echo "$name: ended with status $status after $((ok + skip)) results" >>"$log"
	fi
	if ((bad > 0)); then
		cat "$log"
	fi
	printf '%-28s %4d passed, %d failed, %d skipped, %d s\n' "$name" "$ok" "$bad" "$skip" \
		$((SECONDS - start))
	passed=$((passed + ok))
	failed=$((failed + bad))
	skipped=$((skipped + skip))
}

for program in "$@"; do
	run_one "$program"
done
echo "native tests, $label: $passed passed, $failed failed, $skipped skipped"
((failed == 0 && passed > 0))
