#!/bin/bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
# Run libFuzzer programs, as many at once as there are CPUs.
#
#	run.sh SECONDS PROGRAM...
#
# With the variable SEED a run can be repeated: it starts there, and without a corpus. Otherwise each takes a way of its own.
#
# Next to each program: <program>.corpus, kept from run to run, <program>.log, and
# <program>.crash-* when an input was found that breaks something.
set -euo pipefail

seconds=$1
shift
passed=0
failed=0

fuzz_one() {
	local program=$1 corpus=()

	if [ -z "${SEED:-}" ]; then
		corpus=("$program.corpus")
		mkdir -p "${corpus[@]}"
	fi
	"$program" -seed="${SEED:-0}" -max_total_time="$seconds" -max_len=2048 -timeout=120 -rss_limit_mb=2048 \
		-print_final_stats=1 -artifact_prefix="$program.crash-" "${corpus[@]}" \
		>"$program.log" 2>&1
}

report_one() {
	local program=$1 status=$2 runs

	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$program.log")
	if ((status == 0)) && [[ -n $runs && $runs -gt 0 ]]; then
		passed=$((passed + 1))
		echo "$(basename "$program"): ok, $runs inputs in $seconds s"
	else
		failed=$((failed + 1))
		tail -n 40 "$program.log"
		echo "$(basename "$program"): FAILED with status $status, the input is $program.crash-*"
		echo "    again: $program $program.crash-..."
	fi
}

# Batches of one program per CPU; all in a batch take the same time.
while (($# > 0)); do
	batch=()
	pids=()
	while (($# > 0 && ${#batch[@]} < $(nproc))); do
		fuzz_one "$1" &
		pids+=($!)
		batch+=("$1")
		shift
	done
	for i in "${!batch[@]}"; do
		status=0
		wait "${pids[$i]}" || status=$?
		report_one "${batch[$i]}" "$status"
	done
done
echo "fuzz: $passed passed, $failed failed, 0 skipped"
((failed == 0 && passed > 0))
