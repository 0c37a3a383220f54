# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# The sources are a tree: who uses whom, by symbols and by includes, has no circle and no arrow upwards.

# Which folders the objects of a folder may use besides their own; all may use params.c and complain.c
# of host-kmod, which use none.
folder_uses='
host-kmod/ring
host-kmod/vault		host-kmod/ring
host-kmod/crypto	host-kmod/ring host-kmod/vault
host-kmod/vhost		host-kmod/ring host-kmod/vault
host-kmod		host-kmod/ring host-kmod/vault host-kmod/crypto host-kmod/vhost
guest-vault/core/crypto
guest-vault/core	guest-vault/core/crypto
guest-vault/plat
guest-vault/soft	guest-vault/core/crypto guest-vault/core
guest-vault		guest-vault/core/crypto guest-vault/core guest-vault/plat
host-ctl
'

# objects_of OBJECTS SOURCES: lines "OBJECT SOURCE" for the objects below the one folder whose source is below the other;
# objects of sources that are gone may still lie about
objects_of() {
	local path ext
	(cd "$1" && find . -name '*.o' -printf '%P\n') | sort | while read -r path; do
		for ext in c S; do
			[ ! -f "$2/${path%o}$ext" ] || echo "$1/$path $2/${path%o}$ext"
		done
	done
}

# symbol_uses OBJECTS SOURCES: lines "A B NAME": source A needs NAME, which source B defines. What compilers call by themselves
# is no use, and neither is where assembly jumps: there the CPU enters, at reset and at interrupts.
symbol_uses() {
	local object source
	objects_of "$1" "$2" | while read -r object source; do
		nm --format=posix --extern-only "$object" | sed "s|^|$source |"
	done | awk '
		$2 ~ /^(mem(cpy|move|set|cmp)|__stack_chk_(fail|guard))$/ || ($1 ~ /\.S$/ && $3 == "U") { next }
		$3 ~ /[Uw]/ { needs[$1, $2]; next }
		{ home[$2] = $1 }
		END {
			for (need in needs) {
				split(need, part, SUBSEP)
				if (part[2] in home && home[part[2]] != part[1])
					print part[1], home[part[2]], part[2]
			}
		}' | sort
}

# arrows_up: of the uses on standard input, those that the table does not have
arrows_up() {
	awk '
		function folder(path) { sub(/\/[^\/]*$/, "", path); sub(/\/plat\/.*/, "/plat", path); sub(/\/crypto\/.*/, "/crypto", path); return path }
		NR == FNR { if (NF) known[$1]; for (i = 2; i <= NF; i++) may[$1, $i]; next }
		$2 ~ /^host-kmod\/(params|complain)\.c$/ { next }
		{ a = folder($1); b = folder($2) }
		!(a in known) { print $1 ":1: the folder " a " has no line in scripts/check/tree.sh" }
		a != b && !((a, b) in may) { print $1 ":1: uses " $3 " of " $2 }' <(echo "$folder_uses") -
}

# tree_findings OBJECTS SOURCES
tree_findings() {
	local uses
	uses=$(mktemp "$SV_BUILD/check/uses.XXXXXX")
	symbol_uses "$1" "$2" >"$uses"
	[ -s "$uses" ] || echo "$2:1: no object in $1 uses another: this check is blind"
	awk -f scripts/check/circles.awk "$uses"
	arrows_up <"$uses"
	rm -f "$uses"
}

# include_uses: lines "A B B" for the headers of ours: A includes B
include_uses() {
	local name line base
	files 'host-kmod/*.h' 'guest-vault/*.h' 'host-ctl/*.h' 'include/*.h' | while read -r name; do
		look -oE '^[[:space:]]*#[[:space:]]*include[[:space:]]+["<][^">]+' "$name" | while IFS= read -r line; do
			for base in "$(dirname "$name")" host-kmod guest-vault include; do
				[ ! -f "$base/${line##*[\"<]}" ] || {
					realpath --relative-to=. "$base/${line##*[\"<]}" | sed "s|.*|$name & &|"
					break
				}
			done
		done
	done
}

circle_findings() {
	local image machine
	include_uses | awk -f scripts/check/circles.awk
	kmod_stock && tree_findings "$SV_BUILD/kmod/check-stock/host-kmod" host-kmod
	image=$(image_gcc) && for machine in "${machines[@]}"; do
		tree_findings "$image/$machine/release" guest-vault
	done
	quiet_make -C guest-vault soft && tree_findings "$SV_BUILD/soft" guest-vault/soft
	quiet_make -C host-ctl && tree_findings "$SV_BUILD/host-ctl" host-ctl
}

check_circles() {
	circle_findings 2>&1 | sort -u | found "move what both need below both, or hand it down as a pointer: docs/architecture.md"
}

# Sources by their names without ending: a header is the contract of the file beside it. Tests explain themselves.
source_stems() {
	files 'host-kmod/*.[chS]' 'guest-vault/*.[chS]' 'include/*.h' 'host-ctl/*.[ch]' | look -v '^host-kmod/tests/' |
		sed 's/\.[^/]*$//' | sort -u
}

documented_stems() {
	grep -ohE '`[A-Za-z0-9_./-]+\.(c|h|S)`' docs/*.md | tr -d '`' | sed 's/\.[^/]*$//' | sort -u
}

# A document names a file by its path, or by an end of it that no other file has.
undocumented() {
	awk '
		NR == FNR { named[$0]; next }
		{ stems[++n] = $0; end = $0; nr_of[end]++; while (sub(/^[^\/]*\//, "", end)) nr_of[end]++ }
		END {
			for (i = 1; i <= n; i++) {
				end = stems[i]
				while (!(end in named && nr_of[end] == 1) && sub(/^[^\/]*\//, "", end))
					;
				if (!(end in named && nr_of[end] == 1))
					print stems[i] ":1: no document names this file"
			}
		}' <(documented_stems) <(source_stems)
}

check_documented() {
	undocumented | found "a row in the tables of docs/architecture.md or docs/boot.md; the name as from the top, or as much as tells it apart"
}
