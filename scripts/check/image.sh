# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# The vault images and the programs as they come out of the compilers.

machines=(plain sev-es)

# image_folder CC: build the image with that compiler in a folder of its own and print the folder
image_folder() {
	local out=$SV_BUILD/check/vault-$1
	need "$1" "$1" >&2
	quiet_make -C guest-vault OUT="$out" CC="$1" EXTRA_CFLAGS="-Werror ${2:-}" all >&2 || return 1
	drop_orphans "$out"
	echo "$out"
}

# An object whose source is gone from the tree must not be judged with the others.
drop_orphans() {
	local object source
	find "$1"/*/release -name '*.o' -printf '%P %p\n' | while read -r source object; do
		compgen -G "guest-vault/${source%.o}.[cS]" >/dev/null || rm -f "${object%.o}".{o,d,ci,su}
	done
}

image_gcc() {
	image_folder gcc -fcallgraph-info=su
}

compile_one() {
	$CHECK_CC -c -o /dev/null -O2 $warnings $(native_flags "$1") "$1" 2>&1 || true
}

# compile_all CC: everything native, file by file
compile_all() {
	need "$1" "$1"
	native_sources | CHECK_CC=$1 per_file compile_one |
		look -E ': (warning|error):' | sort -u | found "the compiler is $1"
}

compilers_gcc() {
	image_gcc >/dev/null && compile_all gcc
}

compilers_clang() {
	image_folder clang >/dev/null && compile_all clang
}

check_compilers() {
	every compilers_gcc compilers_clang
}

# Symbols of one kind in the objects of core: see nm(1).
core_symbols() {
	find "$1/plain/release/core" -name '*.o' | sort | xargs nm --format=posix "$2" | awk -v want="$3" '
		/:$/ { file = $0; next }
		index(want, $2) { print file, $1 }'
}

foreign_exports() {
	core_symbols "$1" --extern-only TDRBCVWG | look -v ' sv_' | sed 's/$/ <- exported without sv_/'
}

# The stack protector's two names come with the image's flags, not with the source.
foreign_needs() {
	core_symbols "$1" --extern-only TDRBCVW | sed 's/.* //' | sort -u >"$SV_BUILD/check/core.defined"
	core_symbols "$1" --undefined-only U | awk '
		NR == FNR { ours[$1]; next }
		!($2 in ours) && $2 !~ /^(memcpy|memmove|memset|memcmp|__stack_chk_(fail|guard))$/ {
			print $0, "<- core needs this from outside" }' "$SV_BUILD/check/core.defined" -
}

check_symbols() {
	local out
	out=$(image_gcc) || return 1
	{ foreign_exports "$out"; foreign_needs "$out"; } |
		found "core calls nothing but itself and the four mem functions; see docs/architecture.md"
}

# Objects that may touch vector registers: the engines, and die.S, which wipes them.
may_use_vectors() {
	case $1 in
	*/core/crypto/x86/* | */plat/die.o) return 0 ;;
	*) return 1 ;;
	esac
}

vector_findings() {
	local object
	find "$1"/*/release -name '*.o' | sort | while read -r object; do
		may_use_vectors "$object" ||
			objdump -d --no-show-raw-insn "$object" | look -m 3 -E '%[xyz]?mm[0-9]|%k[1-7]\b|%st\b' |
			sed "s|^|${object#"$1/"}:|"
	done
}

check_nosse() {
	local out
	out=$(image_gcc) || return 1
	vector_findings "$out" |
		found "only the engines of core/crypto/x86/ may use vector registers"
}

check_segments() {
	local out m
	out=$(image_gcc) || return 1
	# Flags stand in columns 7 to 9, blanks where one is missing: R E, RW.
	for m in "${machines[@]}"; do
		readelf -lW "$out/vault-$m.elf" |
			awk -v m="$m" '/^ +(LOAD|GNU_STACK)/ && /W ?E|RWE/ { print "vault-" m ".elf: " $0 }'
	done | found "every range is writable or executable, never both: guest-vault/plat/vault.lds.S"
	for m in "${machines[@]}"; do
		readelf -SW "$out/vault-$m.elf" | look -E ' \.(data|got|rela)[. ].* [1-9a-f][0-9a-f]* +[0-9a-f]+ +WA'
	done | found "initialised writable data would need copying at boot: make it const"
}

# The deepest chain of calls, from the compiler's own call graph. An indirect call goes to the deepest engine.
deepest_chain() {
	find "$1/$2/release" -name '*.ci' | sort | xargs awk -f scripts/check/stack.awk
}

layout_number() {
	awk -v name="$1" '$1 == "#define" && $2 == name { print $3 }' guest-vault/plat/layout.h
}

size_stack() {
	local depth budget chain
	chain=$(deepest_chain "$1" "$2")
	read -r depth _ <<<"$chain"
	budget=$(($(layout_number SV_STACK_LEN)))
	# An exception frame and a quarter in reserve.
	[ "$depth" -gt 0 ] && [ $((depth + budget / 4)) -le $budget ] ||
		echo "guest-vault/plat/layout.h: SV_STACK_LEN is $budget, the deepest chain of the $2 image $chain"
}

# Image, RAM and frames: the image's own budgets. RAM is what the launcher gives the VM, from the image's mark.
size_image() {
	guest-vault/size.sh "$1" >"$SV_BUILD/check/size.rows" || grep FAIL "$SV_BUILD/check/size.rows"
}

check_size() {
	local out m
	out=$(image_gcc) || return 1
	{
		size_image "$out"
		for m in "${machines[@]}"; do size_stack "$out" "$m"; done
	} | found "budgets: 64 KiB of image, 4 MiB of RAM, the stack of layout.h"
	cat "$SV_BUILD/check/size.rows"
	for m in "${machines[@]}"; do echo "$m deepest stack: $(deepest_chain "$out" "$m")"; done
}

# build_elsewhere FOLDER INTO: the images of a copy of the sources, with nothing in common but the tools
build_elsewhere() {
	rm -rf "$1"
	mkdir -p "$1"
	files guest-vault include flags.mk | tar -c -T - | tar -x -C "$1"
	make -C "$1/guest-vault" -j2 all >"$1/make.log" 2>&1 || {
		grep -E 'error:|undefined|\*\*\*' "$1/make.log" || tail -n 5 "$1/make.log"
		return 1
	}
	mkdir -p "$2"
	cp "$1"/build/vault/*.fd "$2"
	rm -rf "$1"
}

check_repro() {
	local work m rc=0
	work=$(mktemp -d)
	build_elsewhere "$work/one" "$work/1"
	build_elsewhere "$work/another/and-longer/path" "$work/2"
	for m in "${machines[@]}"; do
		cmp "$work/1/vault-$m.fd" "$work/2/vault-$m.fd" || rc=1
	done
	(cd "$work/1" && sha256sum ./*.fd)
	rm -rf "$work"
	return $rc
}

# In a clone, so that nobody's own new files are taken for leftovers.
check_untracked() {
	local work rc=0
	work=$(mktemp -d)
	git clone -q --shared "$SV_TOP" "$work/clone"
	make -C "$work/clone" all >"$work/log" 2>&1 || {
		tail -n 20 "$work/log"
		rc=1
	}
	git -C "$work/clone" status --porcelain --untracked-files=all --ignored=matching |
		look -v '^!! build/$' | found "build into build/, nowhere else" || rc=1
	rm -rf "$work"
	return $rc
}
