#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# test.sh test|full|PART...: run the parts of `make test` or `make test-full`, add up what they report.
# Parts of make test: native fuzz kmod vm kunit vm-sev-es vepyc; make test-full has vm-debug and vepyc-more besides. Each
# part's output is kept in build/test/PART.log.
#
# The last two of make test need the emulated EPYC. It is built the first time; where it can be neither found nor built, make
# test goes without and says so, unless CI is set. With SEVAULT_UNTIL (seconds since the epoch) they are left out, too, when
# twice their usual time does not fit: what is left out for want of time is named at the end.
#
# Every part ends its output with lines "[LABEL: ]N passed, N failed, N skipped". A part that ends
# with an error but counted no failure, or that counted nothing at all, is itself a failure.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

passed=0 failed=0 skipped=0
goal='' late=()
# Seconds from nothing on two CPUs, of the parts that can be left out
declare -A usual=([vm-sev-es]=600 [vepyc]=300)

part_native() {
	make -C "$SV_TOP/tests/native" -j"$SV_JOBS" run-all
}

# The same inputs each time, so that it fails when the code has changed and not by luck; make fuzz looks for new ones.
part_fuzz() {
	SEED=1 make -C "$SV_TOP/tests/fuzz" -j"$SV_JOBS" run TIME=10
}

# The module must compile without a warning on the kernel of the cases and on the newest headers there are.
part_kmod() {
	local kernel ok=0 bad=0
	for kernel in stock sid; do
		if "$SV_TOP/scripts/kmod-build.sh" "$kernel" >/dev/null; then
			ok=$((ok + 1))
			echo "ok - the module compiles without warnings for $kernel"
		else
			bad=$((bad + 1))
			echo "not ok - the module does not compile without warnings for $kernel"
		fi
	done
	echo "$ok passed, $bad failed, 0 skipped"
	[ $bad = 0 ]
}

# What is worth little without KASAN and lockdep: the unit tests, and vaults that are killed under load.
part_kunit() {
	"$SV_TOP/scripts/run-vm.sh" --kernel debug --dir kunit kunit death
}

part_vm() {
	"$SV_TOP/scripts/run-vm.sh"
}

# What kunit has run already is left out.
part_vm_debug() {
	"$SV_TOP/scripts/run-vm.sh" --kernel debug --without kunit --without death
}

# on_vepyc CMD...: with the emulated EPYC in SV_VEPYC; one that is built already may be given
on_vepyc() {
	local rc=0
	[ -n "${SV_VEPYC:-}" ] || SV_VEPYC=$("$SV_TOP/tests/vepyc/build.sh") || rc=$?
	if [ $rc = 0 ]; then
		export SV_VEPYC
		"$@"
	elif [ -z "${CI:-}" ] && [ "$goal" = test ]; then
		echo "ok - emulated EPYC # SKIP it could not be built, see above; what needs it did not run"
		echo "0 passed, 0 failed, 1 skipped"
	else
		echo "not ok - the emulated EPYC could not be built, see above"
		return 1
	fi
}

part_vepyc() {
	on_vepyc "$SV_TOP/tests/vepyc/run.sh" --fast
}

# What --fast leaves out.
part_vepyc_more() {
	on_vepyc "$SV_TOP/tests/vepyc/run.sh" --more
}

part_vm_sev_es() {
	on_vepyc "$SV_TOP/scripts/run-vm.sh" --mode sev-es
}

# fits PART: is there time for it, on a machine that may be half as fast as the usual one?
fits() {
	[ -z "${SEVAULT_UNTIL:-}" ] || [ -z "${usual[$1]:-}" ] ||
		[ $((EPOCHSECONDS + 2 * usual[$1])) -lt "$SEVAULT_UNTIL" ]
}

# sum_up LOG: "passed failed skipped" over all closing lines of a part
sum_up() {
	sed -nE 's/^(.*: )?([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$/\2 \3 \4/p' "$1" |
		awk '{ p += $1; f += $2; s += $3 } END { print p + 0, f + 0, s + 0 }'
}

run_part() {
	local part=$1 log=$SV_BUILD/test/$1.log rc=0 start=$EPOCHSECONDS p f s
	say "== $part"
	mkdir -p "$SV_BUILD/test"
	"part_${part//-/_}" 2>&1 | tee "$log" || rc=$?
	read -r p f s < <(sum_up "$log")
	if [ "$f" = 0 ] && { [ $rc != 0 ] || [ $((p + s)) = 0 ]; }; then
		echo "not ok - $part ended with status $rc after $p results; log: build/test/$part.log"
		f=1
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	say "== $part: $p passed, $f failed, $s skipped; $((EPOCHSECONDS - start)) s"
}

main() {
	local parts part
	goal=${1:-}
	case $goal in
	test) parts=(native fuzz kmod vm kunit vm-sev-es vepyc) ;;
	full) parts=(native fuzz kmod vm kunit vm-sev-es vepyc vm-debug vepyc-more) ;;
	'' | -*) die "which parts?" "use: $0 test|full|native|fuzz|kmod|vm|kunit|vm-sev-es|vepyc|vm-debug|vepyc-more" ;;
	*) parts=("$@") ;;
	esac
	for part in "${parts[@]}"; do
		declare -F "part_${part//-/_}" >/dev/null || die "there is no part '$part'"
		if fits "$part"; then
			run_part "$part"
		else
			late+=("$part")
		fi
	done
	say "all parts done"
	[ ${#late[@]} = 0 ] || echo "left out for want of time: ${late[*]}"
	echo "$passed passed, $failed failed, $skipped skipped"
	[ $failed = 0 ]
}

main "$@"
