#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# bench-root.sh [trixie|bookworm|sid]: make the tree of that Debian release in the cache, print its path.
#
# Through scripts/apt.sh: no root, no bootstrap tool, and the machine's package sources are only read.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/apt.sh
. "$SV_TOP/scripts/apt.sh"

suite=${1:-trixie}
list=$SV_TOP/scripts/bench-$suite.list
[ -f "$list" ] || die "no package list for '$suite'" "use: $0 trixie|bookworm|sid"
key=$(hash_of "$list" "$SV_TOP"/scripts/{bench-root,apt}.sh)
root=$SV_CACHE/root-$suite-$key
work=$root.tmp

# Debian 12's packages still come with /bin and /lib apart and leave it to the installer to merge them into /usr.
merge_usr() {
	local name
	for name in bin sbin lib lib64; do
		mkdir -p "$work/usr/$name"
		ln -s "usr/$name" "$work/$name"
	done
}

# What a test host needs beyond what apt_unpack leaves.
finish_tree() {
	local name
	mkdir -p "$work"/{sv,out}
	# The unprivileged user that the vault's QEMU runs as in the cases.
	echo 'vault:x:993:993:vault:/:/bin/sh' >>"$work/etc/passwd"
	printf 'kvm:x:994:\nnogroup:x:65534:\nvault:x:993:\n' >>"$work/etc/group"
	: >"$work/etc/fstab"
	for name in "$work"/lib/modules/*; do
		[ ! -d "$name/kernel" ] || in_tree "$work" depmod "$(basename "$name")"
	done
}

build() {
	[ ! -d "$root" ] || return 0
	rm -rf "$work" "$work.apt"
	mkdir -p "$work"
	merge_usr
	local log=$SV_CACHE/log/root-$suite
	apt_dir=$work.apt
	run_logged "$log-index.log" "reading the package index of Debian $suite (private apt state, signatures checked)" \
		apt_prepare "$suite"
	run_logged "$log-download.log" "downloading the packages of the $suite tree" apt_fetch "$list"
	run_logged "$log-unpack.log" "unpacking $(du -sh "$apt_dir/cache/archives" | cut -f1) of packages" apt_unpack "$work"
	run_logged "$log-finish.log" "finishing the $suite tree" finish_tree
	rm -rf "$apt_dir"
	mv "$work" "$root"
	say "the $suite tree is ready: $(du -sh "$root" | cut -f1) in $root"
}

take_lock "$SV_CACHE/root-$suite.lock" "the $suite tree"
build
echo "$root"
