# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: plain dm-crypt with cbc and essiv: same data through the vault and the kernel's own aes, both ways
# timeout: 200
. /sv/tests/luks.sh
modprobe dm_crypt
vault_up plain
dev=$(disk 0)
key=$(od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n')
for row in "capi:cbc_aes_sevault-essiv:sha256 aes-cbc-essiv:sha256" "aes-cbc-essiv:sha256 capi:cbc_aes_sevault-essiv:sha256"; do
	read -r writer reader <<<"$row"
	dmsetup create w --table "$(crypt_table "$dev" "$writer" "$key")"
	dd if=/dev/urandom of=/dev/mapper/w bs=1M count=8 oflag=direct status=none
	sum=$(checksum /dev/mapper/w)
	dmsetup remove --retry w
	dmsetup create r --table "$(crypt_table "$dev" "$reader" "$key")"
	[ "$(checksum /dev/mapper/r)" = "$sum" ] || fail "$reader reads other data than $writer wrote"
	dmsetup remove --retry r
done
ok "cbc with essiv agrees in both directions"
