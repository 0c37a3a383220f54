# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: with a SEV-ES vault, all of the host's memory, the vault's with it: no volume key, no round key, no key of the owner
# kernel: stock
# mode: sev-es
# timeout: 300
. /sv/tests/luks.sh
. /sv/tests/keys.sh
modprobe -a dm_crypt ext4
vault_up vm
dev=$(disk 0)
luks_format "$dev" 4096
luks_open "$dev" v
dd if=/dev/urandom of=/dev/mapper/v bs=64k count=16 oflag=direct status=none
keys_snapshot "$(cat /run/vault.pid)"
cryptsetup close v
keys_search "$(luks_key "$dev")"
[ $((HITS_VAULT + HITS_ELSEWHERE + HITS_OWNER)) = 0 ] || fail "hits: $(grep '^hit ' "$OUT/found" | grep -v canary | head -n 3 | tr '\n' ' ')"
keys_vault_memory
keys_emulator

# The counter-check: the kernel's own aes keeps the key in kernel memory, and the search finds it there.
kernel_open "$dev" k 4096
dd if=/dev/mapper/k of=/dev/null bs=64k count=4 iflag=direct status=none
keys_snapshot "$(cat /run/vault.pid)"
dmsetup remove --retry k
keys_search "$(luks_key "$dev")"
[ "$HITS_ELSEWHERE" -gt 0 ] || fail "the key of the kernel's own aes was not found: the search is blind"
ok "emulated SEV-ES: 0 hits for key, schedules and the owner's keys in all of the host's memory; kernel aes for comparison:" \
	"$HITS_ELSEWHERE hits; inside the emulated CPU: $HITS_EMULATOR hits; $PRIVATE_SEEN"
