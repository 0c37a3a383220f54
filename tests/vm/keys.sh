# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# The search for a volume's key in the test host's physical memory, from outside of the machine.
#
# The volume key is made by cryptsetup and never handled by the test before the memory has been copied: the copy is
# taken first, the key dumped afterwards, and then the copy is searched for it.

# keys_snapshot VAULT-PID: list the vault's pages, copy all memory
keys_snapshot() {
	local pids pid
	pids=$(vault_pids "$1")
	{
		for pid in $pids; do
			vm_pages "$pid"
		done
		for pid in $pids; do
			/sv/pages "$pid" vault-process
		done
	} | awk '!seen[$1]++' >"$OUT/pages"
	canary=$(od -An -v -tx1 -N24 /dev/urandom | tr -d ' \n')
	# The canary lies in this shell's memory, as raw bytes in a file in memory.
	unhex "$canary" >/dev/shm/canary
	ask snapshot
	rm /dev/shm/canary
}

# vm_pages PID: the vault's RAM and the window, if the process is a VM that has them; they are as large as nothing else
vm_pages() {
	local range perms offset dev inode name
	while read -r range perms offset dev inode name; do
		[ $((0x${range#*-} - 0x${range%-*})) = $((4 << 20)) ] || continue
		case $name in
		*memfd:*) /sv/pages "$1" vault-window "$range" ;;
		'') /sv/pages "$1" vault-ram "$range" ;;
		esac
	done <"/proc/$1/maps"
}

# The process itself and its children: a launcher may wait for its QEMU.
vault_pids() {
	local child children
	read -ra children < <(cat /proc/"$1"/task/*/children | tr '\n' ' ')
	echo "$1"
	for child in "${children[@]}"; do
		vault_pids "$child"
	done
}

# keys_search XTS-KEY-HEX: both halves and their schedules; sets HITS_VAULT and HITS_ELSEWHERE, and for the keys of the
# vault's owner, which only the outside knows, HITS_OWNER
keys_search() {
	local half=$((${#1} / 2))
	printf '%s\n' "${1:0:half}" "${1:half}" >"$OUT/keys"
	ask expand
	rm "$OUT/keys"
	echo "canary $canary" >>"$OUT/patterns"
	ask search
	rm "$OUT/patterns"
	grep -q '^hit canary ' "$OUT/found" || fail "the search did not find the canary: it proves nothing"
	HITS_VAULT=$(grep -c '^hit key.* vault-[a-z]*$' "$OUT/found" || true)
	HITS_ELSEWHERE=$(grep -c '^hit key.* elsewhere$' "$OUT/found" || true)
	HITS_OWNER=$(grep '^hit ' "$OUT/found" | grep -cvE '^hit (key[0-9]|canary )' || true)
	note "$(tail -n 1 "$OUT/found")"
	note "hits in the vault's process: $HITS_VAULT, elsewhere in the host: $HITS_ELSEWHERE"
}

# keys_vault_memory: what the last snapshot holds where a SEV-ES vault's memory is. The vault's private pages must look
# random, and all different, though most of them are zeros to the vault.
keys_vault_memory() {
	ask vaultmem
	cat "$OUT/vaultmem"
	PRIVATE_SEEN=$(sed -n 's/^ram, private: //p' "$OUT/vaultmem")
	[[ $PRIVATE_SEEN =~ entropy\ (7\.9[0-9]*|8\.000)\ .*,\ 0\ of\ [0-9]+\ blocks\ repeated ]] ||
		fail "the vault's private memory does not look encrypted: $PRIVATE_SEEN"
}

# keys_emulator: the same search of the emulator that plays the CPU; without a hit there, none anywhere would prove nothing
keys_emulator() {
	ask emulator
	HITS_EMULATOR=$(grep -c '^hit key' "$OUT/emulator" || true)
	note "emulator: $(tail -n 1 "$OUT/emulator"), of the volume key $HITS_EMULATOR"
	[ "$HITS_EMULATOR" -gt 0 ] || fail "the key is not inside the emulated CPU either: the search is blind"
}

# keys_case soft|vm
keys_case() {
	local dev
	modprobe -a dm_crypt ext4
	vault_up "$1"
	dev=$(disk 0)
	luks_format "$dev" 4096
	luks_open "$dev" v
	dd if=/dev/urandom of=/dev/mapper/v bs=64k count=16 oflag=direct status=none
	keys_snapshot "$(cat /run/vault.pid)"
	cryptsetup close v
	keys_search "$(luks_key "$dev")"
	[ "$HITS_ELSEWHERE" = 0 ] ||
		fail "$HITS_ELSEWHERE hits outside of the vault: $(grep -m3 'elsewhere$' "$OUT/found" | tr '\n' ' ')"
	# Without memory encryption the key must be somewhere: none at all means that the search is blind.
	[ "$HITS_VAULT" -gt 0 ] || fail "no hit in the vault either: the search does not see what it should"

	# The counter-check: the kernel's own aes keeps the key in kernel memory, and the search finds it there.
	kernel_open "$dev" k 4096
	dd if=/dev/mapper/k of=/dev/null bs=64k count=4 iflag=direct status=none
	keys_snapshot "$(cat /run/vault.pid)"
	dmsetup remove --retry k
	local own_vault=$HITS_VAULT
	keys_search "$(luks_key "$dev")"
	[ "$HITS_ELSEWHERE" -gt 0 ] || fail "the key of the kernel's own aes was not found: the search is blind"
	ok "key and schedules: 0 hits in the host outside of the vault's process ($1), $own_vault inside" \
		"(this vault's memory is not encrypted); kernel aes for comparison: $HITS_ELSEWHERE hits"
}
