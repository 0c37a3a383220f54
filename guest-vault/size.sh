#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# size.sh OUT: sizes of the vault image built in OUT against their budgets. Exit status 1: one is exceeded.
set -euo pipefail

out=${1:?usage: size.sh OUT}
elf=$out/vault-plain.elf
image_max=65536
ram_max=$((4 << 20))
stack_max=32768
frame_max=3072
failed=0

# row WHAT USED BUDGET
row() {
	local word=ok
	[ "$2" -le "$3" ] || { word=FAIL; failed=1; }
	printf '%-34s %9d of %9d bytes  %s\n' "$1" "$2" "$3" $word
}

symbol() {
	local hex
	hex=$(nm "$elf" | awk -v s="$1" '$3 == s { print $1 }')
	echo $((16#${hex:?}))
}

rodata=$(($(symbol __rodata_end) - $(symbol __rodata_start)))
text=$(($(symbol __text_used) - $(symbol __text_start)))
ram_end=$(($(symbol __ram_end) - 16#ffffffff80000000))
stack=$(($(symbol __stack_end) - $(symbol __stack_start)))
largest=$(find "$out/release" -name '*.su' -exec cat {} + | sort -t "$(printf '\t')" -k 2 -n | tail -n 1)

row 'image: constants and code in use' $((rodata + text + 512)) $image_max
row 'image: file' "$(stat -c %s "$out/vault-plain.fd")" $image_max
row 'guest RAM: highest address used' "$ram_end" $ram_max
row 'stack: reserved' "$stack" $stack_max
row "stack: largest frame ($(cut -f 1 <<<"$largest" | sed 's/.*://'))" "$(cut -f 2 <<<"$largest")" $frame_max
exit $failed
