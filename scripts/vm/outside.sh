# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# What only the outside of the test host can do for a case, most of all look into its memory. Sourced by scripts/vm/host.sh.

# qmp COMMAND EVENT: have QEMU do something and wait until it says that it has
qmp() {
	local line
	echo "{\"execute\":\"$1\"}" >&"$qmp_in"
	while IFS= read -r -t 20 -u "$qmp_out" line; do
		[[ $line != *"\"event\": \"$2\""* ]] || return 0
	done
	die "QEMU did not answer '$1' within 20 s" "see $rundir/qemu.log"
}

# look TOOL ARGS...: memscan or vaultmem over the last snapshot
look() {
	local low=0x100000000
	# q35 puts at most 2 GiB below 4 GiB when the machine has more than fits there.
	[ "$mem" -lt 2816 ] || low=0x80000000
	"$SV_BUILD/vm/tools/$1" -l $low "$ram.snapshot" "${@:2}"
}

# search CASE-FOLDER: for the case's patterns and for what only the owner knows, the hits by page owner
search() {
	cp "$1/patterns" "$rundir/patterns"
	[ ! -e "$rundir/owner/patterns" ] || owner_patterns >>"$rundir/patterns"
	touch "$1/pages"
	look memscan "$rundir/patterns" "$1/pages"
}

# The process that runs the test host: beside the host's memory it has what stands for the inside of a CPU.
copy_emulator() {
	python3 "$SV_TOP/tests/vm/tools/procmem.py" "$qemu_pid" "$ram.emulator" "$rundir/emulator-pages" "$ram"
}

# The keys of the last launch: as they are, and expanded as AES keys.
owner_patterns() {
	local name hex
	while read -r name hex; do
		echo "$name $hex"
		"$SV_BUILD/vm/tools/keypat" "$name" "$hex"
	done <"$rundir/owner/patterns"
}

# What only the outside can do: a case leaves a word in its file "request" and waits for "answer".
#   snapshot   stop the machine, copy all of its physical memory, go on
#   expand     make "patterns" from the keys in the file "keys" (hexadecimal, one per line)
#   search     look in the last snapshot for the patterns in the file "patterns"
#   emulator   look for the patterns of the last search in the emulator that plays the CPU, where they must be
#   freeze     let all of the machine stand still for 14 s, its clock not
#   vaultmem   list what the vault's memory holds in the last snapshot; its pages are in the file "pages"
answer_requests() {
	local request dir word
	for request in "$outdir"/*/request; do
		[ -s "$request" ] || continue
		dir=${request%/request}
		read -r word <"$request"
		rm -f "$request"
		case $word in
		snapshot)
			qmp stop STOP
			cp --sparse=always "$ram" "$ram.snapshot"
			[ "$mode" = plain ] || copy_emulator
			qmp cont RESUME
			;;
		search) search "$dir" >"$dir/found" ;;
		emulator) "$SV_BUILD/vm/tools/memscan" "$ram.emulator" "$rundir/patterns" "$rundir/emulator-pages" >"$dir/emulator" ;;
		vaultmem) look vaultmem "$dir/pages" >"$dir/vaultmem" ;;
		freeze) kill -STOP "$qemu_pid"; sleep 14; kill -CONT "$qemu_pid" ;;
		expand) expand_keys "$dir/keys" >"$dir/patterns" ;;
		*) echo "unknown request $word" >"$dir/answer.tmp" ;;
		esac
		echo "$word" >>"$dir/answer.tmp"
		mv "$dir/answer.tmp" "$dir/answer"
	done
}

expand_keys() {
	local keys
	mapfile -t keys <"$1"
	"$SV_BUILD/vm/tools/keypat" key "${keys[@]}"
}
