#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# size.sh OUT: sizes of the vault images built in OUT against their budgets. Exit status 1: one is exceeded.
set -euo pipefail

out=${1:?usage: size.sh OUT}
image_max=65536
ram_max=$((4 << 20))
stack_max=32768
frame_max=3072
failed=0

# row WHAT USED BUDGET
row() {
	local word=ok
	[ "$2" -le "$3" ] || { word=FAIL; failed=1; }
	printf '%-42s %9d of %9d bytes  %s\n' "$1" "$2" "$3" $word
}

# symbol ELF NAME
symbol() {
	local hex
	hex=$(nm "$1" | awk -v s="$2" '$3 == s { print $1 }')
	echo $((16#${hex:?}))
}

# span ELF NAME: from NAME_start to NAME_end
span() {
	echo $(($(symbol "$1" "$2_end") - $(symbol "$1" "$2_start")))
}

for machine in plain sev-es; do
	elf=$out/vault-$machine.elf
	text=$(($(symbol "$elf" __text_used) - $(symbol "$elf" __text_start)))
	reset=$(($(symbol "$elf" sv_reset_vector) + 16 - $(symbol "$elf" sv_reset_base)))
	largest=$(find "$out/$machine/release" -name '*.su' -exec cat {} + | sort -t "$(printf '\t')" -k 2 -n | tail -n 1)
	row "$machine image: constants and code in use" $(($(span "$elf" __rodata) + text + reset)) $image_max
	row "$machine image: file" "$(stat -c %s "$out/vault-$machine.fd")" $image_max
	row "$machine guest RAM: highest address used" $(($(symbol "$elf" __ram_end) - 16#ffffffff80000000)) $ram_max
	row "$machine stack: reserved" "$(span "$elf" __stack)" $stack_max
	row "$machine stack: largest frame ($(cut -f 1 <<<"$largest" | sed 's/.*://'))" "$(cut -f 2 <<<"$largest")" $frame_max
done
exit $failed
