#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# run.sh [--exact] [--times N] [--smp N] [CASE...]: cases of tests/vepyc/cases on a host with emulated SEV
#
# The machine, its boot and the case format are those of scripts/run-vm.sh. What differs is the emulator that runs it,
# and that the guest owner (owner.py) sits outside and answers what a case asks for through its folder.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../scripts/lib.sh"
# shellcheck source=scripts/vm-boot.sh
. "$SV_TOP/scripts/vm-boot.sh"
here=$SV_TOP/tests/vepyc
times=1 smp=1 name=vepyc
cases=()
passed=0 failed=0

while [ $# -gt 0 ]; do
	case $1 in
	--exact) export SV_VEPYC_OBJECT=exact=on; name=vepyc-exact ;;
	--times) times=$2; shift ;;
	--smp) smp=$2; shift ;;
	--dir) name=$2; shift ;;
	-*) die "unknown option $1" "use: $0 [--exact] [--times N] [--smp N] [--dir NAME] [CASE...]" ;;
	*)
		[ -f "$here/cases/$1.sh" ] || die "there is no case $1" "ls $here/cases"
		cases+=("$1")
		;;
	esac
	shift
done
[ ${#cases[@]} -gt 0 ] || mapfile -t cases < <(cd "$here/cases" && printf '%s\n' *.sh | sed 's/\.sh$//')

verdict() {
	case $1 in
	ok) passed=$((passed + 1)); echo "ok - emulated/$2 # $3" ;;
	skip) echo "ok - emulated/$2 # SKIP $3" ;;
	fail) failed=$((failed + 1)); echo "not ok - emulated/$2 # $3"; say "  logs: ${outdir#"$SV_TOP"/}/$2" ;;
	esac
}

# Called for the way to start a program of the tree: ours starts the emulator instead.
tree_loader() {
	loader=("$here/qemu.sh")
}

answer_requests() {
	local ask
	for ask in "$outdir"/*/ask.*; do
		[ -f "$ask" ] || continue
		mv "$ask" "${ask/ask./asked.}"
		python3 "$here/owner.py" "${ask##*/ask.}" "${ask%/*}" >>"${ask%/*}/owner.log" 2>&1 ||
			touch "${ask%/*}/refused.${ask##*/ask.}"
	done
}

# One that is built already may be given, while working on it.
SV_VEPYC=${SV_VEPYC:-$("$here/build.sh")}
export SV_VEPYC SV_OWNER_IMAGE=$SV_VEPYC/OVMF.fd
prepare_host "$name"
SV_VEPYC_LOADER="$tree/usr/lib64/ld-linux-x86-64.so.2 --library-path $tree/usr/lib/x86_64-linux-gnu"
export SV_VEPYC_LOADER
SV_BARE=1 stage_input
cp "$here"/cases/*.sh "$indir/tests/cases/"
cp "$here"/guest/* "$SV_VEPYC/OVMF.fd" "$indir/"
[[ " ${cases[*]} " != *" selftests "* ]] || cp -r "$("$here/selftests.sh")" "$indir/selftests"
"$here/guest-initramfs.sh" "$tree" "$indir/guest.gz"
# The check of the timer at boot gives up too early when the machine is busy.
export SV_CMDLINE=no_timer_check
base_object=${SV_VEPYC_OBJECT:-}
for c in "${cases[@]}"; do
	object=$(sed -n 's/^# object: *//p' "$here/cases/$c.sh")
	SV_VEPYC_OBJECT=$base_object${base_object:+${object:+,}}$object
	export SV_VEPYC_OBJECT
	for ((i = 1; i <= times; i++)); do
		echo "$c $(sed -n 's/^# timeout: *//p' "$here/cases/$c.sh")" >"$indir/cases"
		rm -rf "${outdir:?}/$c"
		boot_host "$smp" "$c"
		mv "$outdir/$c" "$outdir/$c.$i" 2>/dev/null || true
	done
done
echo "$passed passed, $failed failed (emulated SEV, ${base_object:-fast mode})"
[ "$failed" = 0 ]
