#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# debug-kernel.sh: build the KUnit and KASAN kernel from Debian's kernel source package, print its folder.
# The folder holds bzImage and what modules need to be built against it.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

fragment=$SV_TOP/tests/kunit/debug.config
tree=$("$SV_TOP/scripts/bench-root.sh" trixie)
key=$({ grep CONFIG_ "$fragment"; cat "$SV_TOP/scripts/debug-kernel.sh"; ls "$tree/lib/modules" "$tree"/usr/lib/gcc/*; } |
	sha256sum | cut -c1-16)
out=$SV_CACHE/debug-kernel-$key
work=$out.tmp

in_work() {
	in_tree "$tree" env --chdir="/cache/$(basename "$work")" "$@"
}

configure() {
	cp "$fragment" "$work/debug.config"
	in_work sh -ec '
		make ARCH=x86_64 tinyconfig
		scripts/kconfig/merge_config.sh -m .config debug.config
		make ARCH=x86_64 olddefconfig'
}

# A line that Kconfig drops would leave a kernel that silently tests less.
check_config() {
	local line lost=0
	while read -r line; do
		case $line in
		CONFIG_*) grep -qxF "$line" "$work/.config" || { echo "lost: $line"; lost=1; } ;;
		'# CONFIG_'*' is not set')
			! grep -q "^${line:2:-11}=" "$work/.config" || { echo "set: ${line:2:-11}"; lost=1; } ;;
		esac
	done <"$fragment"
	return $lost
}

# Modules need the headers, Makefiles and build tools of the tree, not its sources and objects.
prune() {
	cd "$work"
	cp arch/x86/boot/bzImage .
	rm -rf Documentation samples sound tools/testing tools/perf vmlinux vmlinux.* .tmp_vmlinux* arch/x86/boot
	find arch -mindepth 1 -maxdepth 1 -type d ! -name x86 -exec rm -rf {} +
	find block crypto drivers fs kernel lib mm net security -type f ! -name 'Kconfig*' ! -name Makefile -delete
	find . \( -path ./scripts -o -path ./tools \) -prune -o \
		\( -name '*.c' -o -name '*.o' -o -name '*.S' -o -name '*.a' -o -name '*.cmd' \) -type f -print0 | xargs -0 rm -f
}

build() {
	[ ! -d "$out" ] || return 0
	local log=$SV_CACHE/log/debug-kernel
	rm -rf "$work"
	mkdir -p "$work"
	run_logged "$log-unpack.log" "unpacking $(basename "$tree"/usr/src/linux-source-*.tar.xz)" \
		in_work tar -x --strip-components=1 -f /usr/src/linux-source-6.12.tar.xz
	run_logged "$log-config.log" "configuring the debug kernel" configure
	run_logged "$log-check.log" "checking that no requested option was dropped" check_config ||
		die "tests/kunit/debug.config asks for options that this kernel cannot combine" "see $log-check.log"
	run_logged "$log-build.log" "building the debug kernel with $SV_JOBS jobs (minutes)" \
		in_work nice -n 5 make ARCH=x86_64 -j"$SV_JOBS" bzImage modules
	run_logged "$log-prune.log" "pruning the kernel tree" prune
	mv "$work" "$out"
	say "the debug kernel is ready: $(du -sh "$out" | cut -f1) in $out"
}

take_lock "$SV_CACHE/debug-kernel.lock" "the debug kernel"
build
echo "$out"
