# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# What the checks share: sourced by scripts/check.sh.

# files PATTERN...: tracked and new files that match the git patterns and the expression CHECK_ONLY, no symbolic links
files() {
	local name
	git ls-files --cached --others --exclude-standard --deduplicate -- "$@" | look -E "${CHECK_ONLY:-}" |
		while read -r name; do
			[ ! -f "$name" ] || [ -L "$name" ] || echo "$name"
		done
}

# The portable sources: built into the kernel module or the vault image, and natively.
core_sources() {
	files 'guest-vault/core/*.c'
}

portable_kmod_sources() {
	files 'host-kmod/ring/*.c'
}

# look GREP-ARGS: grep for which finding nothing is no failure
look() {
	grep "$@" || [ $? = 1 ]
}

# scan PATTERN: the lines of the files named on standard input that match, with file and line
scan() {
	xargs -d '\n' -r grep -nIE "$1" /dev/null || [ $? = 123 ]
}

# need TOOL PACKAGE: end the check with SKIP when the tool is not installed
need() {
	command -v "$1" >/dev/null && return 0
	echo "$1 is not installed; next: apt-get install $2"
	exit 77
}

# found WHAT-TO-DO: fail if standard input has lines; they are the findings
found() {
	local lines
	lines=$(cat)
	[ -n "$lines" ] || return 0
	printf '%s\n' "$lines"
	echo "next: $1"
	return 1
}

# every FUNCTION...: run all parts of a check, fail if one did
every() {
	local part rc=0
	for part in "$@"; do
		"$part" || rc=1
	done
	return $rc
}

# quiet_make ARGS: make under the build lock, since checks run side by side; its output only when it fails
quiet_make() {
	local log
	log=$(mktemp "$SV_BUILD/check/make.XXXXXX")
	if ! flock "$SV_BUILD/check/make.lock" nice -n 5 make -j2 "$@" >"$log" 2>&1; then
		grep -E '(error|warning):|undefined reference|\*\*\*' "$log" || tail -n 20 "$log"
		echo "next: make $*"
		return 1
	fi
	rm -f "$log"
}

# bench_tree trixie|bookworm|sid: the path of that Debian tree, made when the cache has none
bench_tree() {
	"$SV_TOP/scripts/bench-root.sh" "$1"
}

# kernel_scripts: the folder with checkpatch.pl and its word lists, from Debian's kernel source package
kernel_scripts() {
	local tree
	tree=$(bench_tree trixie)
	(take_lock "$SV_CACHE/kernel-scripts.lock" "kernel scripts" && unpack_kernel_scripts "$tree")
	echo "$SV_CACHE/kernel-scripts-$(basename "$tree")/scripts"
}

unpack_kernel_scripts() {
	local out
	out=$SV_CACHE/kernel-scripts-$(basename "$1")
	[ ! -d "$out" ] || return 0
	rm -rf "$out.tmp"
	# checkpatch wants to look through a folder of headers.
	mkdir -p "$out.tmp/scripts/include"
	say "unpacking checkpatch and kernel-doc from $(basename "$1"/usr/src/linux-source-*.tar.xz)"
	tar -x -C "$out.tmp" --strip-components=1 --wildcards -f "$1"/usr/src/linux-source-*.tar.xz \
		'*/scripts/checkpatch.pl' '*/scripts/spelling.txt' '*/scripts/const_structs.checkpatch' \
		'*/scripts/kernel-doc'
	mv "$out.tmp" "$out"
}
