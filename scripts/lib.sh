# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# Shared by the scripts in this folder: sourced, never run.

SV_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# What a service, a container or a cautious user may have otherwise: no HOME, another language, a narrow umask. The trees
# and what is staged for the test host are read there by other users, and the output of tools is searched.
if [ -z "${HOME:-}" ]; then
	HOME=$(getent passwd "$(id -u)" | cut -d: -f6 || true)
fi
export HOME LC_ALL=C.UTF-8
umask 022
SV_CACHE=${SEVAULT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sevault}
SV_BUILD=$SV_TOP/build
# Elapsed times count from the outermost script, so that nested calls share one clock.
export SV_START=${SV_START:-$EPOCHSECONDS}

say() {
	local t=$((EPOCHSECONDS - SV_START))
	printf '[%3d:%02d] %s\n' $((t / 60)) $((t % 60)) "$*" >&2
}

# die WHAT-AND-WHY [NEXT-STEP]
die() {
	printf 'sevault: %s\n' "$1" >&2
	[ $# -lt 2 ] || printf 'sevault: next: %s\n' "$2" >&2
	exit 1
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "root is needed to run '$*' and sudo is not installed" "become root and run: $*"
	fi
}

# list_packages FILE: the package names of a list, without comments
list_packages() {
	sed -e 's/#.*//' "$1" | tr -s ' \t' '\n' | sed '/^$/d'
}

# hash_of FILE...: a short key of their contents
hash_of() {
	cat -- "$@" | sha256sum | cut -c1-16
}

# run_logged LOG WHAT CMD...: output goes to LOG, a line every 30 s says that it still runs
run_logged() {
	local log=$1 what=$2 pid rc=0 ticks=0
	shift 2
	mkdir -p "$(dirname "$log")"
	say "$what"
	"$@" >"$log" 2>&1 </dev/null &
	pid=$!
	while kill -0 "$pid" 2>/dev/null; do
		sleep 1
		ticks=$((ticks + 1))
		[ $((ticks % 30)) != 0 ] || say "  still at it: $what"
	done
	wait "$pid" || rc=$?
	if [ $rc != 0 ]; then
		tail -n 25 "$log" >&2
		say "failed ($rc): $what; full log: $log"
	fi
	return $rc
}

# take_lock FILE WHAT: until this process ends; whoever comes second waits
take_lock() {
	local fd
	mkdir -p "$(dirname "$1")"
	exec {fd}>"$1"
	if ! flock -n "$fd"; then
		say "waiting for another run: $2"
		flock "$fd"
	fi
}

# tree_loader TREE: sets the array loader to that tree's own program loader and libraries: a program of the
# tree named after it runs on this machine without root and without a chroot
tree_loader() {
	# Not by its name in lib64, which Debian 12 makes an absolute link: to this machine's.
	# shellcheck disable=SC2034
	loader=("$1/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" --library-path "$1/usr/lib/x86_64-linux-gnu")
}

# tree_exec TREE PROGRAM ARGS
tree_exec() {
	local tree=$1 program=$2 loader
	shift 2
	tree_loader "$tree"
	"${loader[@]}" "$tree$program" "$@"
}

# need_cache: the cache folder exists and can be written
need_cache() {
	# shellcheck disable=SC2015
	mkdir -p "$SV_CACHE" 2>/dev/null && [ -w "$SV_CACHE" ] ||
		die "the cache folder $SV_CACHE cannot be written" "set SEVAULT_CACHE to a folder with 4 GB of space"
}

export SV_JOBS=${SEVAULT_JOBS:-$(nproc)}

# in_tree TREE CMD...: chroot with /proc and /dev, the repository at /src (read-only), its build folder at /build and
# the cache at /cache, in a mount namespace of its own; an ordinary user gets a user namespace around it
in_tree() {
	local tree=$1 map=()
	shift
	mkdir -p "$SV_BUILD"
	[ "$(id -u)" = 0 ] || map=(--map-root-user)
	# shellcheck disable=SC2016
	unshare "${map[@]}" --mount --propagation private bash -c '
		set -e
		tree=$1 top=$2 build=$3 cache=$4
		shift 4
		mount --rbind /proc "$tree/proc"
		mount --rbind /dev "$tree/dev"
		mount --bind "$top" "$tree/src"
		mount -o remount,bind,ro "$tree/src"
		mount --bind "$build" "$tree/build"
		mount --bind "$cache" "$tree/cache"
		exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C TERM=dumb chroot "$tree" "$@"
	' in_tree "$tree" "$SV_TOP" "$SV_BUILD" "$SV_CACHE" "$@"
}
