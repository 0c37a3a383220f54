#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# test.sh test|full|ci|PART...: the parts of `make test`, of `make test-full`, of continuous integration, or those named; how
# they are run, timed and added up: scripts/parts.sh.
#
# The parts on the emulated EPYC need it built, which is done the first time; where it can be neither found nor built, make test
# goes without and says so, unless CI is set.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/parts.sh
. "$SV_TOP/scripts/parts.sh"

# What may be left out when the time is short, or must run; the part; the seconds it takes from nothing on two CPUs
parts='
must	check		330
must	native		210
must	fuzz		150
must	kmod		60
must	vm		1100
must	vm-bookworm	180
must	kunit		500
may	suites		120
may	vm-sev-es	700
may	vepyc		600
may	vm-debug	2400
may	vepyc-more	1400
'
test_parts='native fuzz kmod vm vm-bookworm kunit suites vm-sev-es vepyc'

part_check() {
	"$SV_TOP/scripts/check.sh" all
}

part_native() {
	make -C "$SV_TOP/tests/native" -j"$SV_JOBS" run-all
}

# The same inputs each time, so that it fails when the code has changed and not by luck; make fuzz looks for new ones.
part_fuzz() {
	SEED=1 make -C "$SV_TOP/tests/fuzz" -j"$SV_JOBS" run TIME=10
}

# The module must compile without a warning on the oldest kernel, on that of the cases and on the newest headers there are.
part_kmod() {
	local kernel ok=0 bad=0
	for kernel in bookworm stock sid; do
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

# Debian 12: its kernel, its QEMU, and programs that were compiled there.
part_vm_bookworm() {
	"$SV_TOP/scripts/run-vm.sh" --kernel bookworm testmgr luks-4096
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

# Peers' own test suites, on the vault's drivers
part_suites() {
	"$SV_TOP/scripts/run-vm.sh" --suites --dir suites
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

# names_of GOAL-OR-PART...
names_of() {
	case ${1:-} in
	'' | -*) die "which parts?" "use: $0 test|full|ci|$(awk 'NF { printf "%s%s", sep, $2; sep = "|" }' <<<"$parts")" ;;
	test) echo $test_parts ;;
	full) echo $test_parts vm-debug vepyc-more ;;
	ci) echo check $test_parts vm-debug vepyc-more ;;
	*) echo "$@" ;;
	esac
}

main() {
	local names name signal need seconds
	names=$(names_of "$@")
	for name in $names; do
		declare -F "part_${name//-/_}" >/dev/null || die "there is no part '$name'" "$0 --help"
	done
	for signal in EXIT TERM INT HUP; do
		# shellcheck disable=SC2064
		trap "finish $signal" $signal
	done
	for name in $names; do
		read -r need seconds < <(awk -v name="$name" '$2 == name { print $1, $3 }' <<<"$parts")
		run_part "$need" "$name" "$seconds" "$0" --part "$name" "$1"
	done
}

# A part is a process of its own.
if [ "${1:-}" = --part ]; then
	goal=$3
	"part_${2//-/_}"
else
	main "$@"
fi
