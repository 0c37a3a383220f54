# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: the demonstration of make demo, told step by step
# kernel: by-name-only
# timeout: 400
# timeout-sev-es: 600
. /sv/tests/luks.sh
. /sv/tests/keys.sh
. "/sv/tests/demo-$MODE.sh"

tell() {
	printf '  %s%6.1f s  %s\n' "${PLATFORM:-}" "$(cut -d' ' -f1 /proc/uptime)" "$*" >>"$OUT/story"
}

file_sums() {
	(cd /mnt && find . -type f -exec sha256sum {} + | sort)
}

modprobe -a dm_crypt ext4
load_kvm
tell "This host: kernel $(uname -r), $(nproc) CPUs. (Times count from its start.)"
tell_host
load_module import=1
tell "Module loaded with import=1: keys may pass through this host once, on their way into the vault."
[ "$MODE" = plain ] || tell "  With mode=$MODE, it takes no vault that is of another mode."
launch vm
wait_ready 200
tell_vault
tell "The vault VM runs on KVM: $(dmesg | sed -n 's/.*ready: //p' | tail -n 1)"
tell "All $(wc -w <<<"$DRIVERS") drivers have passed the kernel's own self-tests."
dev=$(disk 0)
luks_format "$dev" 4096
luks_open "$dev" v
tell "LUKS2 volume made and opened with stock cryptsetup, cipher $LUKS_CIPHER."
mkfs.ext4 -q /dev/mapper/v
mount /dev/mapper/v /mnt
cp -r /usr/share/seabios /usr/bin/fio /mnt/
sums=$(file_sums)
sync
echo 3 >/proc/sys/vm/drop_caches
[ "$(file_sums)" = "$sums" ] || fail "files read back through the vault differ"
tell "ext4 on it: $(wc -l <<<"$sums") files, $(du -sm /mnt | cut -f1) MiB written and read back, checksums agree."
tell "Work done in the vault so far: $(counter vault requests) requests, $(($(counter vault bytes) >> 20)) MiB."
tell "Searching all of this host's memory for the volume key, from outside ..."
keys_snapshot "$(cat /run/vault.pid)"
umount /mnt
cryptsetup close v
keys_search "$(luks_key "$dev")"
tell "$(tail -n 1 "$OUT/found" | sed 's/, [0-9]* hits$//'): the key, its round keys, and a canary that must be found (it was)."
tell "  in the host outside of the vault's process: $HITS_ELSEWHERE hits"
tell "  in the vault VM's process, its RAM with it: $HITS_VAULT hits"
[ "$HITS_ELSEWHERE" = 0 ] || fail "the key lies in host memory outside of the vault"
tell_search
kernel_open "$dev" k 4096
mount -o ro /dev/mapper/k /mnt
[ "$(file_sums)" = "$sums" ] || fail "the kernel's own aes reads other files"
tell "The same volume through the kernel's own aes driver: the same files, byte for byte."
keys_snapshot "$(cat /run/vault.pid)"
umount /mnt
dmsetup remove --retry k
keys_search "$(luks_key "$dev")"
tell "  and the same search while that driver has the key: $HITS_ELSEWHERE hits in this host."
[ "$HITS_ELSEWHERE" -gt 0 ] || fail "the key of the kernel's own aes was not found: the search is blind"
end_vault TERM
rmmod sevault
tell "Vault stopped, module unloaded."
ok "end to end"
