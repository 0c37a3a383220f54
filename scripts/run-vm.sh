#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# run-vm.sh [--mode plain|sev-es] [--kernel stock|debug|bookworm] [--suites] [--dir NAME] [--without CASE] [CASE...]: run
# VM cases in the test host; without names, all that apply, less those that --without names. In mode sev-es the vault is a
# SEV-ES guest and the test host a virtual EPYC (docs/virtual-epyc.md). Peers' test suites run with --suites.
# run-vm.sh --list: the cases and what each shows.
#
# Cases that want the same machine share one boot. Logs are kept in build/vm/<kernel>/out/<case>/, in mode sev-es in
# build/vm/sev-es/out/<case>/ (or build/vm/NAME: runs with different names can go on side by side). A case that hangs the
# machine is a failure; the ones after it get a new boot.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/vm/host.sh
. "$SV_TOP/scripts/vm/host.sh"

name=
without=' leaks '
suite=
cases=()

# field CASE NAME DEFAULT: a "# name: value" line of the case file; one for this mode alone, "# name-mode:", wins
field() {
	local value name
	for name in "$2-$mode" "$2"; do
		value=$(sed -n "s/^# $name: *//p" "$SV_TOP/tests/vm/cases/$1.sh" | head -n 1)
		[ -z "$value" ] || break
	done
	echo "${value:-$3}"
}

all_cases() {
	local path
	for path in "$SV_TOP"/tests/vm/cases/*.sh; do
		basename "$path" .sh
	done
}

parse_args() {
	while [ $# -gt 0 ]; do
		case $1 in
		--mode) mode=$2; shift ;;
		--kernel) kernel=$2; shift ;;
		--dir) name=$2; shift ;;
		--suites) suite=yes ;;
		--without) without+=" $2 "; shift ;;
		--list)
			for c in $(all_cases); do printf '%-14s %s\n' "$c" "$(field "$c" what '')"; done
			exit 0
			;;
		-*) die "unknown option $1" "see the head of $0" ;;
		*)
			[ -f "$SV_TOP/tests/vm/cases/$1.sh" ] || die "there is no case $1" "list them: $0 --list"
			cases+=("$1")
			;;
		esac
		shift
	done
	case $kernel in stock | debug | bookworm) ;; *) die "no kernel '$kernel'" "use stock, debug or bookworm" ;; esac
	case $mode in
	plain) label=$kernel smp=many ;;
	sev-es)
		[ "$kernel" = stock ] || die "the virtual EPYC runs the stock kernel" "leave out --kernel"
		label=sev-es/emulated smp=1
		;;
	*) die "no mode '$mode'" "use plain or sev-es" ;;
	esac
	if [ ${#cases[@]} = 0 ]; then
		for c in $(all_cases); do
			[[ $without != *" $c "* ]] || continue
			! applies "$c" || cases+=("$c")
		done
	fi
}

# Those of peers' test suites are asked for, by --suites.
applies() {
	[ "$(field "$1" suite '')" = "$suite" ] || return
	[[ " $(field "$1" kernel 'stock debug') " == *" $kernel "* && " $(field "$1" mode 'plain sev-es') " == *" $mode "* ]]
}

# limit_of CASE: in seconds
limit_of() {
	field "$1" "timeout-$kernel" "$(field "$1" timeout 120)"
}

parse_args "$@"
trap stop_qemu EXIT
prepare_host "${name:-${label%%/*}}"
stage_input
declare -A groups=()
for c in "${cases[@]}"; do
	groups["$(field "$c" smp $smp) $(field "$c" boot '')"]+="$c "
done
cmdline=${SV_CMDLINE:-}
for g in "${!groups[@]}"; do
	read -ra members <<<"${groups[$g]}"
	SV_CMDLINE="$cmdline ${g#* }"
	boot_until_done "${g%% *}" limit_of "${members[@]}"
done
closing_line
