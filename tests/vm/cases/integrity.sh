# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: dm-crypt with gcm on dm-integrity: same data through the vault and the kernel's own aes; damage is seen
# timeout: 240
# timeout-debug: 1200
. /sv/tests/luks.sh
modprobe -a dm_crypt dm_integrity
vault_up vm
dev=$(disk 0)
key=$(od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n')
args='0 28 D 0'	# per-sector metadata of 28 bytes: 12 of IV, 16 of tag

# The first activation, of one sector, writes the superblock; it then tells the usable size.
dmsetup create i --table "0 1 integrity $dev $args"
dmsetup remove --retry i
sectors=$(od -An -tu8 -j16 -N8 "$dev" | tr -d ' ')
[ "$sectors" -gt 20000 ] || fail "dm-integrity gives $sectors sectors"
sectors=20480
dmsetup create i --table "0 $sectors integrity $dev $args"

gcm_table() {
	echo "0 $sectors crypt $1 $key 0 /dev/mapper/i 0 1 integrity:28:aead"
}

for row in "capi:gcm_aes_sevault-random capi:gcm(aes)-random" "capi:gcm(aes)-random capi:gcm_aes_sevault-random"; do
	read -r writer reader <<<"$row"
	dmsetup create w --table "$(gcm_table "$writer")"
	dd if=/dev/urandom of=/dev/mapper/w bs=64k count=$((sectors / 128)) oflag=direct status=none
	sum=$(checksum /dev/mapper/w)
	dmsetup remove --retry w
	dmsetup create r --table "$(gcm_table "$reader")"
	[ "$(checksum /dev/mapper/r)" = "$sum" ] || fail "$reader reads other data than $writer wrote"
	dmsetup remove --retry r
done

# Overwrite one sector below the cipher: reading it must fail, its neighbour must not.
dd if=/dev/urandom of=/dev/mapper/i bs=512 seek=1000 count=1 oflag=direct status=none 2>/dev/null ||
	note "dm-integrity refuses the write, as it may"
dmsetup create r --table "$(gcm_table 'capi:gcm_aes_sevault-random')"
refuse "a damaged sector was read without an error" dd if=/dev/mapper/r of=/dev/null bs=512 skip=1000 count=1 iflag=direct
need "an intact sector was not read" dd if=/dev/mapper/r of=/dev/null bs=512 skip=1001 count=1 iflag=direct
ok "gcm on dm-integrity agrees in both directions, damage is seen"
