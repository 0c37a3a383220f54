# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# Analysers and compilers over everything that is built outside the kernel.

warnings=$(sed -n 's/^WARNINGS := //p' "$SV_TOP/flags.mk")

# engine_flags FILE: the instruction sets that core.mk grants this source
engine_flags() {
	local table=$SV_BUILD/check/isa
	if [ ! -f "$table" ]; then
		print_isa >"$table.$BASHPID"
		mv "$table.$BASHPID" "$table"
	fi
	sed -n "s|^$1 ||p" "$table"
}

print_isa() {
	make -s --no-print-directory -f - all <<-'END'
		include guest-vault/core/core.mk
		all: ; @:$(foreach n,$(CORE_NAMES),$(info $(CORE_DIR)/$(n).c $(call core_isa,$(n))))
	END
}

native_flags() {
	# Fuzzers see a shared memory of their own, in which a peer acts at every access.
	case $1 in tests/fuzz/*) echo '-Itests/fuzz/include' ;; esac
	# Those tools say what they need themselves.
	case $1 in tests/vm/tools/*) ;; *) echo '-D_GNU_SOURCE' ;; esac
	echo "-std=gnu11 -Iinclude -Iinclude/port/bare -Iguest-vault -Ihost-kmod -Itests/native"
	echo "-Iguest-vault/core -I$(dirname "$1")"
	case $1 in
	tests/native/*) echo '-Ihost-ctl' ;;
	guest-vault/core/*) engine_flags "$1" ;;
	guest-vault/plat/sev-es/*)
		echo '-Iguest-vault/plat -Iguest-vault/plat/sev-es -Iguest-vault/plat/sev-es/hw -DSV_CBIT=51'
		echo '-Iguest-vault/plat/release -mgeneral-regs-only'
		;;
	guest-vault/plat/* | guest-vault/main.c)
		echo '-Iguest-vault/plat -Iguest-vault/plat/plain -Iguest-vault/plat/release -mgeneral-regs-only' ;;
	esac
}

# C that becomes part of a program: core, soft, the portable module files, tests.
native_sources() {
	core_sources
	portable_kmod_sources
	files 'guest-vault/soft/*.c' 'host-ctl/*.c' 'tests/native/*.c' 'tests/bench/*.c' 'tests/fuzz/*.c' 'tests/vm/tools/*.c'
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

# Neither sparse nor gcc's analyser at -O0 knows vector types: files that use them are left to the others.
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
# Padding: members are ordered for the reader. flp30: steps of an axis.
tidy_checks+=',-clang-analyzer-optin.performance.Padding,-cert-flp30-c'
# suspicious-string-compare: 'if (memcmp(...))' is the house style.
tidy_checks+=',-bugprone-suspicious-string-compare'
tidy_checks+=',-bugprone-assignment-in-if-condition,-bugprone-implicit-widening-of-multiplication-result'
# Of newer releases. switch-missing-default-case: what is not named is ignored, and gcc looks after enumerators. int09:
# tables that begin where another ends. multi-level-implicit-pointer-conversion: pointers are marked like any other memory.
# suspicious-realloc-usage, unix.Stream: tools that end at once and leave it to the kernel.
tidy_checks+=',-bugprone-switch-missing-default-case,-cert-int09-c,-bugprone-multi-level-implicit-pointer-conversion'
tidy_checks+=',-bugprone-suspicious-realloc-usage,-clang-analyzer-unix.Stream'

tidy_one() {
	clang-tidy --quiet --checks="$tidy_checks" "$1" -- $(native_flags "$1") 2>/dev/null || true
}

# sscanf is used for fixed formats, and its result is looked at.
check_tidy() {
	need clang-tidy clang-tidy
	{ native_sources; image_sources; } | per_file tidy_one | look -E '(warning|error): ' |
		look -v "scanf' used" | sed "s|$SV_TOP/||" | sort -u |
		found "clang-tidy --explain; a false alarm is silenced in scripts/check/native.sh with the reason"
}

# uninitvar is off: it takes every loop bound for a possible zero, and MSan runs over the same code. Tests end where an
# allocation fails. normalCheckLevelMaxBranches is how newer releases say that they look no deeper than older ones.
check_cppcheck() {
	need cppcheck cppcheck
	{ native_sources; image_sources; } >"$SV_BUILD/check/cppcheck.files"
	cppcheck --quiet -j2 --enable=warning,performance,portability --inline-suppr --std=c11 \
		--template='{file}:{line}: {severity}: {message} [{id}]' --suppress=missingIncludeSystem --suppress=uninitvar \
		--suppress=normalCheckLevelMaxBranches --suppress='nullPointerOutOfMemory:tests/*' \
		--suppress='nullPointerArithmeticOutOfMemory:tests/*' \
		--file-list="$SV_BUILD/check/cppcheck.files" -Iinclude -Iinclude/port/bare -Iguest-vault -D__x86_64__ 2>&1 |
		found "correct it; a false alarm is suppressed here with the reason"
}

analyzer_one() {
	gcc -fanalyzer -O0 -c -o /dev/null $warnings $(native_flags "$1") "$1" 2>&1 || true
}

# Tests and benches are left out: they end at the first surprise, failed allocations included, and it cannot know.
# At -O0: gcc 12's analyser loses findings once the optimiser has run.
check_analyzer() {
	need gcc gcc
	{ native_sources; image_sources; } | look -v '^tests/' | scalar_only | per_file analyzer_one |
		look -E '^[^ ].*: (warning|error):' | sort -u |
		found "gcc -fanalyzer -O0 shows the path that leads there"
}

compile_findings() {
	local cc=$1 name
	{ native_sources; image_sources; } | while read -r name; do
		$cc -fsyntax-only -O2 $warnings $(native_flags "$name") "$name" 2>&1
	done | look -E ': (warning|error):' | sed "s/$/ <- $cc/"
}
