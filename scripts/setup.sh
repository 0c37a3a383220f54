#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# setup.sh [build|test|sev|check|all]...: install the missing host packages of these groups, saying what and why.
# The machine's package sources are not touched; nothing missing means nothing done.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

list=$SV_TOP/scripts/host-packages.list

is_installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# The keyring must know Debian 13's keys; the one that Debian 12 was first released with does not.
knows_trixie() {
	[ -e /usr/share/keyrings/debian-archive-trixie-stable.gpg ] ||
		[ -e /usr/share/keyrings/debian-archive-trixie-stable.pgp ]
}

main() {
	local groups=("$@") missing=() group rest reason package wanted
	[ ${#groups[@]} -gt 0 ] || groups=(all)
	need_cache
	take_lock "$SV_CACHE/setup.lock" "the set-up"
	command -v apt-get >/dev/null ||
		die "this is not Debian: apt-get is missing" "use Debian 12 or 13, or install the tools of $list by hand"
	while read -r group rest; do
		case $group in '' | '#'*) continue ;; esac
		[[ " ${groups[*]} " =~ \ (all|$group)\  ]] || continue
		reason=${rest%%:*}
		wanted=()
		for package in ${rest#*:}; do
			if ! is_installed "$package" || { [ "$package" = debian-archive-keyring ] && ! knows_trixie; }; then
				wanted+=("$package")
			fi
		done
		[ ${#wanted[@]} -gt 0 ] || continue
		say "to $reason, this machine lacks: ${wanted[*]}"
		missing+=("${wanted[@]}")
	done <"$list"
	[ ${#missing[@]} -gt 0 ] || return 0
	say "installing ${#missing[@]} packages and what they depend on with apt-get"
	# The machine's own apt jobs may be at work, most of all in the first minutes after a boot.
	local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
	run_logged "$SV_CACHE/log/setup-update.log" "apt-get update" read_index "${apt[@]}" ||
		die "apt-get could not read the package index" "see $SV_CACHE/log/setup-update.log"
	run_logged "$SV_CACHE/log/setup-install.log" "apt-get install ${missing[*]}" \
		as_root "${apt[@]}" --no-install-recommends install "${missing[@]}" ||
		die "apt-get could not install the packages" "see $SV_CACHE/log/setup-install.log"
}

# apt waits for the lock of the package database by itself, but not for that of the index.
read_index() {
	local tries=0
	until as_root "$@" update; do
		tries=$((tries + 1))
		[ $tries -lt 6 ] || return 1
		sleep 10
	done
}

main "$@"
