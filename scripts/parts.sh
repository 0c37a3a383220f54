# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# Running the parts of a test run, one after the other, within one budget of time, and adding up what they report. Sourced by
# scripts/test.sh.
#
# A part is a command. It has a process group of its own, nothing of which outlives it, and a log, build/test/PART.log, which is
# shown while it grows. It reports with lines "[LABEL: ]N passed, N failed, N skipped"; one that ends with an error but counted
# no failure, or that counted nothing at all, is itself a failure.
#
# With SEVAULT_UNTIL (seconds since the epoch) the run ends by then. Parts that may be left out are, when they do not fit, on a
# machine as fast as the parts so far have shown; they are named at the end and are no failure.

passed=0 failed=0 skipped=0
# What the parts so far usually take, and since when they run
usual_so_far=0 began=$EPOCHSECONDS
left_out=() table=()
child='' part=none

# time_left: in seconds
time_left() {
	echo $((${SEVAULT_UNTIL:-EPOCHSECONDS + 86400} - EPOCHSECONDS))
}

# fits SECONDS: is there time for what usually takes that long? A quarter is kept in reserve.
fits() {
	local spent=$((EPOCHSECONDS - began)) need=$(($1 * 5 / 4))
	[ $usual_so_far = 0 ] || [ $spent -le $usual_so_far ] || need=$((need * spent / usual_so_far))
	[ $need -le "$(time_left)" ]
}

# end_child: the part's processes, all of them
end_child() {
	[ -n "$child" ] || return 0
	kill -TERM "$child" 2>/dev/null || true
	sleep 2
	kill -KILL -- "-$child" 2>/dev/null || true
	child=
}

# no_survivors: nothing of a part that has ended may still run
no_survivors() {
	local tries
	for tries in 1 2 3 4 5 6; do
		kill -0 -- "-$child" 2>/dev/null || return 0
		[ "$tries" = 6 ] || sleep 1
	done
	echo "not ok - $part left processes behind:"
	awk -v group="$child" '$5 == group { print $1, $2 }' /proc/[0-9]*/stat 2>/dev/null || true
	kill -KILL -- "-$child" 2>/dev/null || true
	return 1
}

# sum_up LOG: "passed failed skipped" over all closing lines of a part
sum_up() {
	sed -nE 's/^(.*: )?([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$/\2 \3 \4/p' "$1" |
		awk '{ p += $1; f += $2; s += $3 } END { print p + 0, f + 0, s + 0 }'
}

# sum_up_begun LOG: the same of a part that was ended, by its results so far
sum_up_begun() {
	awk '/^not ok - / { f++ } /^ok - .*# SKIP/ { s++; next } /^ok - / { p++ } END { print p + 0, f + 0, s + 0 }' "$1"
}

# add PASSED FAILED SKIPPED SECONDS [REMARK]: to the sums, and a row of the table at the end
add() {
	passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
	table+=("$(printf '%-12s %3d:%02d  %s' "$part" $(($4 / 60)) $(($4 % 60)) "$1 passed, $2 failed, $3 skipped${5:-}")")
	say "== $part: $1 passed, $2 failed, $3 skipped; $4 s"
}

# execute LOG CMD...: the part, with its output kept and shown; ended with status 124 or 137 when the time is up
execute() {
	local log=$1 rc=0 shower left
	shift
	left=$(time_left)
	: >"$log"
	# Into a file and shown from there: whatever outlives the part cannot keep this script's output open.
	timeout -k 20 $((left > 0 ? left : 1)) "$@" >"$log" 2>&1 </dev/null &
	child=$!
	tail -n +1 -s 0.5 -f --pid="$child" "$log" &
	shower=$!
	wait "$child" || rc=$?
	wait "$shower" || true
	return $rc
}

# run_part must|may NAME SECONDS CMD...: SECONDS is what it takes from nothing on two CPUs
run_part() {
	local log=$SV_BUILD/test/$2.log rc=0 start=$EPOCHSECONDS p f s
	part=$2
	if [ "$1" = may ] && ! fits "$3"; then
		left_out+=("$part")
		return
	fi
	if [ "$(time_left)" -le 0 ]; then
		echo "not ok - there was no time for $part"
		add 0 1 0 0
		return
	fi
	usual_so_far=$((usual_so_far + $3))
	mkdir -p "$SV_BUILD/test"
	say "== $part"
	execute "$log" "${@:4}" || rc=$?
	if [ $rc = 124 ] || [ $rc = 137 ]; then
		no_survivors >/dev/null || true
		read -r p f s < <(sum_up_begun "$log")
		if [ "$1" = may ]; then
			left_out+=("the rest of $part")
		else
			echo "not ok - $part did not end within the time of this run and was ended"
			f=$((f + 1))
		fi
		add "$p" "$f" "$s" $((EPOCHSECONDS - start)) ", then the time was up"
	else
		no_survivors || rc=1
		read -r p f s < <(sum_up "$log")
		if [ "$f" = 0 ] && { [ $rc != 0 ] || [ $((p + s)) = 0 ]; }; then
			echo "not ok - $part ended with status $rc after $p results; log: build/test/$part.log"
			f=1
		fi
		add "$p" "$f" "$s" $((EPOCHSECONDS - start))
	fi
	child=
}

# finish EXIT|SIGNAL: for a trap; the table, what was left out, the closing line
finish() {
	local rc=$?
	trap - EXIT TERM INT HUP
	if [ "$1" != EXIT ] || [ $rc != 0 ]; then
		[ "$1" = EXIT ] && echo "not ok - this script failed in $part" || echo "not ok - ended by SIG$1 in $part"
		failed=$((failed + 1))
	fi
	end_child
	printf '%s\n' "part         minutes" "${table[@]}"
	[ ${#left_out[@]} = 0 ] || echo "left out for want of time: ${left_out[*]} (run: make test-full)"
	say "the end; cache: $(du -sh "$SV_CACHE" 2>/dev/null | cut -f1), build: $(du -sh "$SV_BUILD" 2>/dev/null | cut -f1)"
	echo "$passed passed, $failed failed, $skipped skipped"
	[ $failed = 0 ] || exit 1
	exit 0
}
