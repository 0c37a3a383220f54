#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# test.sh test|full|PART...: run the parts of `make test` or `make test-full`, add up what they report.
# Parts: native fuzz kmod kunit vm vm-debug. Each part's output is kept in build/test/PART.log.
#
# Every part ends its output with lines "[LABEL: ]N passed, N failed, N skipped". A part that ends
# with an error but counted no failure, or that counted nothing at all, is itself a failure.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

passed=0 failed=0 skipped=0

part_native() {
	make -C "$SV_TOP/tests/native" -j"$SV_JOBS" run-all
}

part_fuzz() {
	make -C "$SV_TOP/tests/fuzz" -j"$SV_JOBS" run TIME=10
}

# The module must compile without a warning on the kernel of the cases and on the newest headers there are.
part_kmod() {
	local kernel ok=0 bad=0
	for kernel in stock sid; do
		if "$SV_TOP/scripts/kmod-build.sh" "$kernel" >/dev/null; then
			ok=$((ok + 1))
			echo "ok - the module compiles without warnings for $kernel"
		else
			bad=$((bad + 1))
			echo "not ok - the module does not compile without warnings for $kernel"
		fi
	done
	echo "$ok passed, $bad failed, 0 skipped"
	[ $bad = 0 ]
}

# What is worth little without KASAN and lockdep: the unit tests, and vaults that are killed under load.
part_kunit() {
	"$SV_TOP/scripts/run-vm.sh" --kernel debug --dir kunit kunit death
}

part_vm() {
	"$SV_TOP/scripts/run-vm.sh"
}

# What kunit has run already is left out.
part_vm_debug() {
	"$SV_TOP/scripts/run-vm.sh" --kernel debug --without kunit --without death
}

# sum_up LOG: "passed failed skipped" over all closing lines of a part
sum_up() {
	sed -nE 's/^(.*: )?([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$/\2 \3 \4/p' "$1" |
		awk '{ p += $1; f += $2; s += $3 } END { print p + 0, f + 0, s + 0 }'
}

run_part() {
	local part=$1 log=$SV_BUILD/test/$1.log rc=0 start=$EPOCHSECONDS p f s
	say "== $part"
	mkdir -p "$SV_BUILD/test"
	"part_${part//-/_}" 2>&1 | tee "$log" || rc=$?
	read -r p f s < <(sum_up "$log")
	if [ "$f" = 0 ] && { [ $rc != 0 ] || [ $((p + s)) = 0 ]; }; then
		echo "not ok - $part ended with status $rc after $p results; log: build/test/$part.log"
		f=1
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	say "== $part: $p passed, $f failed, $s skipped; $((EPOCHSECONDS - start)) s"
}

main() {
	local parts part
	case ${1:-} in
	test) parts=(native fuzz kmod vm kunit) ;;
	full) parts=(native fuzz kmod vm kunit vm-debug) ;;
	'' | -*) die "which parts?" "use: $0 test|full|native|fuzz|kmod|kunit|vm|vm-debug" ;;
	*) parts=("$@") ;;
	esac
	for part in "${parts[@]}"; do
		declare -F "part_${part//-/_}" >/dev/null || die "there is no part '$part'"
		run_part "$part"
	done
	say "all parts done"
	echo "$passed passed, $failed failed, $skipped skipped"
	[ $failed = 0 ]
}

main "$@"
