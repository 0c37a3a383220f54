# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# Checks that need the kernel's headers or its scripts.

# What checkpatch must not say, by folder. Outside the kernel: attributes, types and macros that only its headers
# define, and names that other libraries chose. The barrier wrappers of shm.h are commented at the function. In
# the vector engines EACH() is a loop, which it takes for a statement. Symbols of the
# linker script and of assembly have no header.
checkpatch_ignore() {
	# The style check has its own rule for long lines.
	local module=FILE_PATH_CHANGES,LONG_LINE,LONG_LINE_STRING,LONG_LINE_COMMENT
	local always=$module,SPDX_LICENSE_TAG,PREFER_DEFINED_ATTRIBUTE_MACRO,BIT_MACRO
	# Macros that write the rows of tables, dense switches of tests, and long texts.
	local tables=MACRO_ARG_REUSE,MACRO_ARG_PRECEDENCE,MACRO_ARG_UNUSED,SPLIT_STRING,TRAILING_STATEMENTS
	local loops=OPEN_BRACE,LINE_SPACING,SUSPECT_CODE_INDENT
	# Typed initialisers, comments and brackets.
	local qemu=SPACING,BLOCK_COMMENT_STYLE,UNNECESSARY_PARENTHESES,LINE_SPACING
	local programs=ENOSYS,SYMBOLIC_PERMS,ARRAY_SIZE,AVOID_EXTERNS
	case $1 in
	guest-vault/core/crypto/x86/*) echo $always,CAMELCASE,FUNCTION_ARGUMENTS,COMPLEX_MACRO,$loops,$tables ;;
	host-kmod/ring/*) echo $always ;;
	# Long numbers of its own standard.
	host-kmod/crypto/kat_table.c) echo $module,$tables,MISSING_SPACE ;;
	host-kmod/crypto/skcipher.c | host-kmod/crypto/aead.c) echo $module,$tables ;;
	host-kmod/tests/export.c) echo $module,EXPORT_SYMBOL ;;
	# kunit_test_suites() follows the structure that it registers.
	host-kmod/tests/*) echo $module,LINE_SPACING ;;
	host-kmod/compat.h) echo $module,LINUX_VERSION_CODE,CONSTANT_COMPARISON ;;
	# Locks are explained above the structure, with all members. Static functions have plain words for names.
	# The kernel's own layout of tracepoints is not checkpatch's.
	host-kmod/vault/trace.h) echo $module,OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT,SPACING ;;
	host-kmod/*) echo $module,UNCOMMENTED_DEFINITION,EMBEDDED_FUNCTION_NAME ;;
	include/sevault/shm.h) echo $always,MEMORY_BARRIER ;;
	include/* | guest-vault/core/*) echo $always ;;
	guest-vault/plat/* | guest-vault/main.c) echo $always,VOLATILE,AVOID_EXTERNS ;;
	# Compiled as a part of QEMU, in its style.
	tests/vepyc/src/*)
		echo $always,PREFER_KERNEL_TYPES,CAMELCASE,$programs,$tables,$qemu
		;;
	*) echo $always,PREFER_KERNEL_TYPES,CAMELCASE,VOLATILE,STRLCPY,STRCPY,SSCANF_TO_KSTRTO,$programs,$tables ;;
	esac
}

# port.h defines what checkpatch wants to see used.
checkpatch_groups() {
	local name
	files '*.c' '*.h' '*.S' | look -v '^include/port/' | while read -r name; do
		printf '%s %s\n' "$(checkpatch_ignore "$name")" "$name"
	done | sort
}

# It takes '__shared *' for a multiplication, and the line for a statement.
drop_shared_spacing() {
	local line name number
	while IFS= read -r line; do
		IFS=: read -r name number _ <<<"$line"
		case $line in
		*SPACING:*) ! sed -n "$((number - 1)),${number}p" "$name" | grep '__shared \*' >/dev/null || continue ;;
		esac
		printf '%s\n' "$line"
	done
}

check_checkpatch() {
	local scripts
	need perl perl
	scripts=$(kernel_scripts)
	run_checkpatch "$scripts" | drop_shared_spacing | found "reword it; what a type means: checkpatch.pl --verbose"
}

run_checkpatch() {
	local ignore
	checkpatch_groups | cut -d' ' -f1 | sort -u | while read -r ignore; do
		checkpatch_groups | awk -v i="$ignore" -v top="$SV_TOP/" '$1 == i { print top $2 }' |
			checkpatch_all "$1" "$ignore" | sed "s|^$SV_TOP/||"
	done
}

# Of the files on standard input. It leaves a file of its own in the folder where it runs.
checkpatch_all() {
	cd "$SV_BUILD/check"
	xargs -P 2 -n 12 perl "$1/checkpatch.pl" --no-tree --root="$1" --strict --terse --show-types --no-summary \
		--max-line-length=100 --ignore "$2" -f || [ $? = 123 ]
}

check_kerneldoc() {
	local scripts
	need perl perl
	scripts=$(kernel_scripts)
	files 'host-kmod/*.[ch]' 'include/*.h' 'guest-vault/*.[ch]' | { xargs grep -lE '^/\*\*$' || [ $? = 123 ]; } |
		{ xargs -r perl "$scripts/kernel-doc" -none -Werror 2>&1 || [ $? = 123 ]; } |
		found "the format: https://docs.kernel.org/doc-guide/kernel-doc.html"
}

# kmod_build KERNEL MAKE-ARGS: in a folder of its own, so that other builds keep their objects
kmod_build() {
	local log=$SV_BUILD/check/kmod-$1.build.log
	SV_KMOD_NAME=check-$1 "$SV_TOP/scripts/kmod-build.sh" "$@" >"$log" 2>&1 && return 0
	grep -E '(error|warning):|undefined!' "$log" || grep -F '***' "$log" || tail -n 5 "$log"
	echo "next: scripts/kmod-build.sh $*; the whole log: $log"
	return 1
}

# W=1 would run kernel-doc too, which is a check of its own here and wants more of perl than the tree has.
kmod_stock() {
	kmod_build stock W=1 cmd_checkdoc=:
}

kmod_bookworm() {
	kmod_build bookworm W=1 cmd_checkdoc=:
}

kmod_sid() {
	kmod_build sid W=1 cmd_checkdoc=:
}

check_kmod() {
	every kmod_bookworm kmod_stock kmod_sid
}

# The same Kbuild, told that the kernel is an older one.
check_kmod_old() {
	local log=$SV_BUILD/check/kmod-old.build.log version message='this kernel (..) is older than 6.1'
	for version in 5.19 6.0; do
		if SV_KMOD_NAME=check-old "$SV_TOP/scripts/kmod-build.sh" stock "VERSION=${version%.*}" "PATCHLEVEL=${version#*.}" \
			>"$log" 2>&1; then
			echo "Kbuild:1: a kernel $version is accepted"
			return 1
		fi
		grep -q "${message/../.*}" "$log" || { echo "Kbuild:1: the refusal of $version does not say why: $log"; return 1; }
	done
}

# The bench tree has no sparse; the machine's own needs nothing but libc.
check_kmod_sparse() {
	local log=$SV_BUILD/check/kmod-sparse.build.log
	need sparse sparse
	cp "$(command -v sparse)" "$SV_BUILD/check/sparse"
	SV_KMOD_NAME=check-sparse "$SV_TOP/scripts/kmod-build.sh" stock C=2 CHECK=/build/check/sparse >"$log" 2>&1 || {
		grep -E ' error: |undefined!' "$log" || tail -n 5 "$log"
		return 1
	}
	look -E '(warning|error):' "$log" | look -vE '(^|/)usr/src/|^/usr' |
		found "__shared memory is crossed with sevault/shm.h only; the log: $log"
}
