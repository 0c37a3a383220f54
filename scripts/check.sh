#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# Every static and policy check. One check is one function check_NAME in scripts/check/*.sh; it prints its
# findings as file:line: text and returns 0 (good), 1 (findings) or 77 (a tool is missing).
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/check/lib.sh
. "$SV_TOP/scripts/check/lib.sh"
# shellcheck source=scripts/check/policy.sh
. "$SV_TOP/scripts/check/policy.sh"
# shellcheck source=scripts/check/text.sh
. "$SV_TOP/scripts/check/text.sh"
# shellcheck source=scripts/check/kernel.sh
. "$SV_TOP/scripts/check/kernel.sh"
# shellcheck source=scripts/check/native.sh
. "$SV_TOP/scripts/check/native.sh"
# shellcheck source=scripts/check/image.sh
. "$SV_TOP/scripts/check/image.sh"
# shellcheck source=scripts/check/tree.sh
. "$SV_TOP/scripts/check/tree.sh"
# shellcheck source=scripts/check/install.sh
. "$SV_TOP/scripts/check/install.sh"
# shellcheck source=scripts/check/seeds.sh
. "$SV_TOP/scripts/check/seeds.sh"

checks=(
	"spdx        first line names the licence that the folder prescribes"
	"includes    the arrows: which folder may include what"
	"noifdef     no conditional compilation in .c files"
	"style       tabs, line and file lengths, no typedef, no stray white space"
	"hostnames   no machine names, registry addresses or paths of one machine"
	"links       relative links in documents lead somewhere"
	"names       files, functions and make targets named in documents exist"
	"messages    what docs/troubleshooting.md promises of messages is what the cases expect"
	"manpages    every command has --help and a man page, and mandoc accepts it"
	"codespell   spelling"
	"shellcheck  shell scripts"
	"checkpatch  the kernel's checkpatch.pl --strict on all C"
	"kerneldoc   kernel-doc comments are well formed"
	"kmod        the module builds without warnings on 6.1, on 6.12 and on sid's kernel, W=1"
	"kmod-old    a kernel older than 6.1 is refused with a clear message"
	"kmod-sparse sparse over the module (C=2)"
	"sparse      sparse over the portable files as they are built outside the kernel"
	"tidy        clang-tidy over native code"
	"cppcheck    cppcheck over native code"
	"analyzer    gcc -fanalyzer over native code"
	"compilers   image, sevault-soft and launcher build warning-free with gcc and clang"
	"symbols     core exports sv_ names only and needs only the four mem functions"
	"circles     no file uses, by symbol or include, one above it or one that uses it in turn"
	"documented  every source file is named in a document"
	"nosse       vector registers in the image only inside the engines"
	"segments    no segment of the vault is both writable and executable"
	"size        image, guest RAM and stack stay within their budgets"
	"repro       the image is byte-identical from two directories"
	"install     make install puts what it should where it should, and make uninstall leaves nothing"
	"untracked   a build leaves nothing behind that git would see"
	"seeds       each of these checks finds a violation that is planted for it"
)

usage() {
	cat <<-END
	usage: scripts/check.sh all | list | NAME...

	Runs the checks named, or all of them, from the top of the tree; what they need is built first.
	Exit status: 0 nothing found, 1 findings, 2 usage.
	A check whose tool is missing is skipped with the name of the package; with CI=true it fails.
	CHECK_ONLY=host-kmod/queue limits the checks of sources to files whose path matches this expression.
	CHECK_JOBS sets how many checks run at once with 'all' (default: 2).

	END
	printf '  %s\n' "${checks[@]}"
}

# run_one NAME: one check with its output kept; prints one line, then the findings if there are any
run_one() {
	local name=$1 rc=0 start=$EPOCHSECONDS out word
	out=$SV_BUILD/check/$name.log
	mkdir -p "$SV_BUILD/check"
	# A function called in a condition loses errexit, hence the separate shell.
	"$SV_TOP/scripts/check.sh" --only "$name" >"$out" 2>&1 || rc=$?
	case $rc in
	0) word=ok ;;
	77) word=SKIP; [ -z "${CI:-}" ] || word=FAIL ;;
	*) word=FAIL ;;
	esac
	{
		printf 'check %-12s %-4s (%d s)\n' "$name" $word $((EPOCHSECONDS - start))
		[ $word = ok ] || sed 's/^/    /' "$out"
	} >"$out.shown"
	cat "$out.shown"
	echo $word >"$out.word"
}

names() {
	local line
	for line in "${checks[@]}"; do
		echo "${line%% *}"
	done
}

summary() {
	local name word passed=0 failed=0 skipped=0
	for name in "$@"; do
		word=$(cat "$SV_BUILD/check/$name.log.word")
		case $word in
		ok) passed=$((passed + 1)) ;;
		SKIP) skipped=$((skipped + 1)) ;;
		*) failed=$((failed + 1)) ;;
		esac
	done
	echo "check: $passed passed, $failed failed, $skipped skipped"
	[ $failed = 0 ]
}

run_checks() {
	local name running=0 jobs=${CHECK_JOBS:-2}
	rm -f "$SV_BUILD/check/isa"
	for name in "$@"; do
		rm -f "$SV_BUILD/check/$name.log.word"
		[ $running -lt "$jobs" ] || { wait -n; running=$((running - 1)); }
		run_one "$name" &
		running=$((running + 1))
	done
	wait
	summary "$@"
}

main() {
	local name known
	cd "$SV_TOP"
	case ${1:-} in
	'' | -h | --help | help) usage; [ $# -gt 0 ] || exit 2 ;;
	list) names ;;
	--only) "check_${2//-/_}" ;;
	all) mapfile -t known < <(names); run_checks "${known[@]}" ;;
	*)
		for name in "$@"; do
			declare -F "check_${name//-/_}" >/dev/null ||
				die "there is no check named '$name'" "scripts/check.sh list"
		done
		run_checks "$@" ;;
	esac
}

main "$@"
