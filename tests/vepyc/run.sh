#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# run.sh [--fast|--more] [--exact] [--times N] [--smp N] [--dir NAME] [CASE...]: cases on a host with emulated SEV
# run.sh --list: the cases and what each shows
#
# A case is a file in tests/vepyc/cases or, as "hostile-NAME", a row of docs/virtual-epyc-cases.md; "hostile" stands for
# all rows. Without names all run, with --fast those that "make test" has time for, with --more the others. The
# machine, its boot and the case format are those of scripts/run-vm.sh. What differs is the emulator that runs it, and
# that the guest owner (owner.py) sits outside and answers what a case asks for through its folder. All cases share one
# boot; with --times each has that many boots of its own.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../scripts/lib.sh"
# shellcheck source=scripts/vm/host.sh
. "$SV_TOP/scripts/vm/host.sh"
here=$SV_TOP/tests/vepyc
table=$SV_TOP/docs/virtual-epyc-cases.md
on_epyc=yes exact=off label=emulated
times=1 smp=1 name=vepyc set="all"
cases=()

# rows FIELD: the names of the table's rows, and a field of each
rows() {
	awk -F'|' -v field="$1" '$2 ~ /^ `/ { gsub(/[ `]/, "", $2); print "hostile-" $2, $field }' "$table"
}

files() {
	(cd "$here/cases" && printf '%s\n' *.sh | sed 's/\.sh$//')
}

# in_header CASE NAME: a "# name: value" line of the case's file
in_header() {
	[ ! -f "$here/cases/$1.sh" ] || sed -n "s/^# $2: *//p" "$here/cases/$1.sh" | head -n 1
}

list() {
	local c
	for c in $(files); do
		printf '%-22s %s\n' "$c" "$(in_header "$c" what)"
	done
	rows 4 | sed -E 's/ +/                      /;s/^(.{22}) */\1 /'
}

# is_fast CASE
is_fast() {
	[ "$(in_header "$1" fast)" = yes ] || rows 3 | grep -x "$1 *x *" >/dev/null
}

take_case() {
	if [ "$1" = hostile ]; then
		mapfile -t -O ${#cases[@]} cases < <(rows 2 | cut -d ' ' -f 1)
	elif [ -f "$here/cases/$1.sh" ] || rows 2 | grep "^$1 " >/dev/null; then
		cases+=("$1")
	else
		die "there is no case $1" "list them: $0 --list"
	fi
}

parse_args() {
	while [ $# -gt 0 ]; do
		case $1 in
		--list) list; exit 0 ;;
		--fast) set="fast" ;;
		--more) set="more" ;;
		--exact) exact=on ;;
		--times) times=$2; shift ;;
		--smp) smp=$2; shift ;;
		--dir) name=$2; shift ;;
		-*) die "unknown option $1" "see the head of $0" ;;
		*) take_case "$1" ;;
		esac
		shift
	done
	[ ${#cases[@]} = 0 ] || return 0
	for c in $(files) $(rows 2 | cut -d ' ' -f 1); do
		case $set in
		all) cases+=("$c") ;;
		fast) ! is_fast "$c" || cases+=("$c") ;;
		more) is_fast "$c" || cases+=("$c") ;;
		esac
	done
}

# The emulator writes the private pages of all guests, as the host would find them, to the file $1.
dump_pages() {
	local line
	echo '{"id":"dump","execute":"qom-set","arguments":{"path":"/objects/vepyc","property":"dump","value":"'"$1"'"}}' >&"$qmp_in"
	while IFS= read -r -t 20 -u "$qmp_out" line; do
		[[ $line == *'"id": "dump"'* ]] || continue
		[[ $line != *'"return"'* ]] || return 0
		break
	done
	die "the emulator did not dump its private pages: ${line:-no answer}" "see $rundir/qemu.log"
}

answer_asks() {
	local ask
	for ask in "$outdir"/*/ask.*; do
		[ -f "$ask" ] || continue
		mv "$ask" "${ask/ask./asked.}"
		[[ $ask != *.noise ]] || dump_pages "$SV_PAGES"
		SV_HOST_RAM=$ram python3 "$here/owner.py" "${ask##*/ask.}" "${ask%/*}" >>"${ask%/*}/owner.log" 2>&1 ||
			touch "${ask%/*}/refused.${ask##*/ask.}"
	done
}

# stage_case CASE: a row of the table becomes a case file
stage_case() {
	case $1 in
	hostile-*) echo ". /sv/attack.sh" >"$indir/tests/cases/$1.sh" ;;
	*) cp "$here/cases/$1.sh" "$indir/tests/cases/" ;;
	esac
}

# Run in a subshell, so that the lock ends with it.
build_debug_image() {
	take_lock "$SV_BUILD/vm/build.lock" "the build of what is under test"
	run_logged "$SV_BUILD/vm/build.log" "building the debug image" make -C "$SV_TOP/guest-vault" debug
}

# Without a vault there is less to build: for work on the emulator alone.
stage() {
	local c vault=
	for c in "${cases[@]}"; do
		[[ $c != hostile-* ]] && [ "$(in_header "$c" needs)" != vault ] || vault=yes
	done
	if [ -n "$vault" ]; then
		(build_debug_image)
		stage_input
	else
		SV_BARE=1 stage_input
	fi
	for c in "${cases[@]}"; do
		stage_case "$c"
	done
	cp "$here"/guest/* "$SV_VEPYC/OVMF.fd" "$table" "$SV_TOP/include/sevault/death.h" "$indir/"
	[[ " ${cases[*]} " != *" selftests "* ]] || cp -r "$("$here/selftests.sh")" "$indir/selftests"
	"$here/guest-initramfs.sh" "$tree" "$indir/guest.gz"
	echo "$exact" >"$indir/exact"
}

# limit_of CASE: in seconds
limit_of() {
	local limit
	limit=$(in_header "$1" timeout)
	echo "${limit:-150}"
}

parse_args "$@"
trap stop_qemu EXIT
set_hooks requests=answer_asks
# The kernel's self-tests of ciphers are another case's business.
SV_CMDLINE=cryptomgr.notests=1
prepare_host "$name"
export SV_KEYPAT=$SV_BUILD/vm/tools/keypat SV_MEMSCAN=$SV_BUILD/vm/tools/memscan
export SV_PAGES=$rundir/pages SV_OWNER_VAULT=$indir/vault-sev-es.fd SV_OWNER_IMAGE=$SV_VEPYC/OVMF.fd
stage
if [ "$times" = 1 ]; then
	boot_until_done "$smp" limit_of "${cases[@]}"
else
	for c in "${cases[@]}"; do
		for ((i = 1; i <= times; i++)); do
			rm -rf "${outdir:?}/$c"
			boot_until_done "$smp" limit_of "$c"
			mv "$outdir/$c" "$outdir/$c.$i" 2>/dev/null || true
		done
	done
fi
say "all of this ran on emulated hardware"
closing_line
