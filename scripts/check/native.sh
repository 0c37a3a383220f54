# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# Analysers and compilers over everything that is built outside the kernel.

warnings='-Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes -Wvla -Wundef -Wimplicit-fallthrough'

# Engines that need instructions of their own; each source file is told which.
engine_flags() {
	case $1 in
	*aes_ni.c) echo '-maes -mssse3 -msse4.1' ;;
	*vaes256.c) echo '-maes -mvaes -mavx2' ;;
	*vaes512.c) echo '-maes -mvaes -mavx2 -mavx512f -mavx512vl -mavx512bw -mavx512dq' ;;
	*vclmul*.c) echo '-mpclmul -mvpclmulqdq -mavx2 -mavx512f -mavx512vl -mavx512bw -mavx512dq' ;;
	*clmul*.c) echo '-mpclmul -mssse3 -msse4.1' ;;
	esac
}

native_flags() {
	echo "-std=gnu11 -D_GNU_SOURCE -Iinclude -Iinclude/port/bare -Iguest-vault -Ihost-kmod -Itests/native -I$(dirname "$1")"
	engine_flags "$1"
}

# C that becomes part of a program: core, soft, the portable module files, tests.
native_sources() {
	core_sources
	portable_kmod_sources
	files 'guest-vault/soft/*.c' 'host-ctl/*.c' 'tests/native/*.c' 'tests/bench/*.c' 'tests/fuzz/*.c'
}

# The vault's own machine: freestanding, but any analyser can read it.
image_sources() {
	files 'guest-vault/plat/*.c' guest-vault/main.c
}

# per_file FUNCTION: call it with each file on standard input, two at a time
per_file() {
	local name
	while read -r name; do
		while [ "$(jobs -rp | wc -l)" -ge 2 ]; do
			wait -n || true
		done
		"$1" "$name" &
	done
	wait
}

sparse_one() {
	# Large constants are written without suffix on purpose: their type is u64 either way.
	sparse -std=gnu11 -Wbitwise -Wcast-to-as -Wcast-from-as -Wno-constant-suffix -Wno-decl \
		$(native_flags "$1") "$1" 2>&1
}

# sparse knows no vector types, so the files that use them are left out.
scalar_only() {
	xargs grep -LE '__m(128|256|512)i|intrin\.h'
}

check_sparse() {
	need sparse sparse
	{ core_sources; portable_kmod_sources; image_sources; } | scalar_only |
		per_file sparse_one | look -E ': (warning|error):' |
		found "__shared memory is crossed with sevault/shm.h only"
}

# Off, and why: DeprecatedOrUnsafeBufferHandling flags every memcpy; easily-swappable-parameters and
# narrowing-conversions flag ordinary C; reserved-identifier dislikes the kernel's own __names; err33-c wants
# the result of printf; assignment-in-if-condition and identifier-length are taste; dcl37/dcl51 alias the same.
tidy_checks='-*,clang-analyzer-*,bugprone-*,cert-*'
tidy_checks+=',-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling'
tidy_checks+=',-bugprone-easily-swappable-parameters,-bugprone-narrowing-conversions'
tidy_checks+=',-bugprone-reserved-identifier,-cert-dcl37-c,-cert-dcl51-cpp,-cert-err33-c'
tidy_checks+=',-bugprone-assignment-in-if-condition,-bugprone-implicit-widening-of-multiplication-result'

tidy_one() {
	clang-tidy --quiet --checks="$tidy_checks" "$1" -- $(native_flags "$1") 2>/dev/null || true
}

check_tidy() {
	need clang-tidy clang-tidy
	{ native_sources; image_sources; } | per_file tidy_one | look -E '(warning|error): ' | sed "s|$SV_TOP/||" |
		sort -u | found "clang-tidy --explain; a false alarm is silenced in scripts/check/native.sh with the reason"
}

check_cppcheck() {
	need cppcheck cppcheck
	{ native_sources; image_sources; } >"$SV_BUILD/check/cppcheck.files"
	cppcheck --quiet -j2 --enable=warning,performance,portability --inline-suppr --std=c11 \
		--template='{file}:{line}: {severity}: {message} [{id}]' --suppress=missingIncludeSystem \
		--file-list="$SV_BUILD/check/cppcheck.files" -Iinclude -Iinclude/port/bare -Iguest-vault -D__x86_64__ 2>&1 |
		found "correct it; a false alarm is suppressed here with the reason"
}

analyzer_one() {
	gcc -fanalyzer -O0 -c -o /dev/null $warnings $(native_flags "$1") "$1" 2>&1 || true
}

# At -O0: gcc 12's analyser loses findings when the optimiser has run.
check_analyzer() {
	need gcc gcc
	{ native_sources; image_sources; } | per_file analyzer_one | look -E '^[^ ].*: (warning|error):' | sort -u |
		found "gcc -fanalyzer -O0 shows the path that leads there"
}

compile_findings() {
	local cc=$1 name
	{ native_sources; image_sources; } | while read -r name; do
		$cc -fsyntax-only -O2 $warnings $(native_flags "$name") "$name" 2>&1
	done | look -E ': (warning|error):' | sed "s/$/ <- $cc/"
}
