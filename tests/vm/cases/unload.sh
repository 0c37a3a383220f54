# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: the module cannot be unloaded under an open volume or an attached vault, and can afterwards; 5 rounds
# timeout: 300
# timeout-debug: 1200
modprobe dm_crypt
dev=$(disk 0)
key=$(od -An -v -tx1 -N64 /dev/urandom | tr -d ' \n')
for round in 1 2 3 4 5; do
	vault_up any
	dmsetup create v --table "$(crypt_table "$dev" capi:xts_aes_sevault-plain64 "$key")"
	refuse "round $round: unloaded under an open volume" rmmod sevault
	dd if=/dev/zero of=/dev/mapper/v bs=64k count=8 oflag=direct status=none
	dmsetup remove --retry v
	refuse "round $round: unloaded under an attached vault" timeout 20 rmmod sevault
	need "round $round: the vault has ended over it" vault_serves
	end_vault TERM
	rmmod sevault
	[ ! -d /sys/module/sevault ] || fail "round $round: still loaded"
	refuse "round $round: drivers are left behind" grep -q sevault /proc/crypto
done
ok "5 rounds"
