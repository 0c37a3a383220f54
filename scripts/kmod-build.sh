#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# kmod-build.sh stock|debug|bookworm|sid|FOLDER [MAKE-ARGS]: compile the host module against a kernel, print the folder
# with the .ko files.
#
# stock     Debian 13's 6.12, the kernel of the VM cases     debug  the KUnit and KASAN kernel
# bookworm  Debian 12's 6.1, the oldest one, with its own compiler
# sid       the newest headers that Debian offers; compiled, never loaded
# FOLDER    any kernel build folder, for instance /lib/modules/$(uname -r)/build, with this machine's compiler
#
# The sources are copied to build/kmod/<kernel>/, so the tree stays clean and each kernel has objects of its own.
# Warnings are errors. SV_KMOD_NAME names another folder, for builds with flags of their own.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

[ $# -ge 1 ] || die "which kernel?" "use: $0 stock|debug|bookworm|sid|FOLDER"
target=$1
shift
name=$target
[ "$name" = "${name//\//}" ] || name=local
name=${SV_KMOD_NAME:-$name}
work=$SV_BUILD/kmod/$name

# Only files whose contents changed are copied, so that make rebuilds only what it must.
copy_sources() {
	local path
	mkdir -p "$work"
	cd "$SV_TOP"
	find Kbuild host-kmod include -type f ! -name '*.swp' | while read -r path; do
		mkdir -p "$work/$(dirname "$path")"
		cmp -s "$path" "$work/$path" || cp "$path" "$work/$path"
	done
	# A source that is gone from the tree must not live on here.
	find "$work/host-kmod" "$work/include" -type f -name '*.[ch]' ! -name '*.mod.c' -printf '%P %p\n' |
		while read -r _ path; do
			[ -e "$SV_TOP/${path#"$work"/}" ] || rm -f "$path"
		done
}

kernel_folder() {
	local tree=$1 folders=("$1"/usr/src/linux-headers-*-amd64)
	[ -d "${folders[0]}" ] || die "no kernel headers in $tree" "rm -r $tree; $0 $target"
	echo "${folders[0]#"$tree"}"
}

# build_in_tree TREE FOLDER MAKE-ARGS: FOLDER as the tree sees it
build_in_tree() {
	local tree=$1 folder=$2
	shift 2
	in_tree "$tree" nice -n 5 make -C "$folder" ARCH=x86_64 M="/build/kmod/$name" KCFLAGS=-Werror \
		-j"$SV_JOBS" "$@" modules
}

compile() {
	local tree
	case $target in
	stock)
		tree=$("$SV_TOP/scripts/bench-root.sh" trixie)
		build_in_tree "$tree" "$(kernel_folder "$tree")" "$@"
		;;
	bookworm | sid)
		tree=$("$SV_TOP/scripts/bench-root.sh" "$target")
		build_in_tree "$tree" "$(kernel_folder "$tree")" "$@"
		;;
	debug)
		tree=$("$SV_TOP/scripts/bench-root.sh" trixie)
		build_in_tree "$tree" "/cache/$(basename "$("$SV_TOP/scripts/debug-kernel.sh")")" "$@"
		;;
	*)
		[ -f "$target/Makefile" ] || die "$target is not a kernel build folder" "use: $0 stock|debug|bookworm|sid|FOLDER"
		make -C "$target" M="$work" KCFLAGS=-Werror -j"$SV_JOBS" "$@" modules
		;;
	esac
}

[ -f "$SV_TOP/Kbuild" ] || die "there is no Kbuild in $SV_TOP"
take_lock "$work.lock" "the module build for $name"
copy_sources
compile "$@" >&2
echo "$work"
