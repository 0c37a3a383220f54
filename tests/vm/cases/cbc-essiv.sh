# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: plain dm-crypt with cbc and essiv: same data through the vault and the kernel's own aes, both ways
# timeout: 200
# timeout-debug: 1200
. /sv/tests/luks.sh
modprobe -a dm_crypt essiv sha256_generic
vault_up vm
dev=$(disk 0)
key=$(od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n')
# The essiv template finds itself again only under its driver name, so the hash goes by its driver name too.
vault_cipher=capi:cbc_aes_sevault-essiv:sha256-generic
for row in "$vault_cipher aes-cbc-essiv:sha256" "aes-cbc-essiv:sha256 $vault_cipher"; do
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
