# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: dm-crypt with authenc(hmac,cipher of the vault) on dm-integrity: data agree with the kernel's own; mixed names are refused
# kernel: stock
# mode: plain
# timeout: 300
. /sv/tests/luks.sh
modprobe -a dm_crypt dm_integrity authenc hmac cbc xts af_alg algif_hash
vault_up any
dev=$(disk 0)
args='0 48 D 0'	# per-sector metadata of 48 bytes: 16 of IV, 32 of tag
sectors=8192

# best_driver NAME: of those that are loaded
best_driver() {
	awk -v name="$1" '
		$1 == "name" { hit = $3 == name }
		$1 == "driver" { driver = $3 }
		$1 == "priority" && hit && $3 > best { best = $3; found = driver }
		END { print found }' /proc/crypto
}

authenc_table() {
	echo "0 $sectors crypt $1 $2 0 /dev/mapper/i 0 1 integrity:48:aead"
}

dmsetup create i --table "0 1 integrity $dev $args"
dmsetup remove --retry i
dmsetup create i --table "0 $sectors integrity $dev $args"
: | kcapi-dgst -c 'hmac(sha256)' --keyfd 9 9< <(unhex 00) >/dev/null 2>&1 || true
hmac=$(best_driver 'hmac(sha256)')
need "nothing provides hmac(sha256)" test -n "$hmac"

# The Crypto API looks a template up by the name or by the driver name of the whole, and these two do not mix: with the
# generic name of the hash there is never a match. It is so for the kernel's own drivers, too.
for name in "authenc(hmac(sha256),xts_aes_sevault)" "authenc(hmac(sha256),$(best_driver 'xts(aes)'))"; do
	key=$(od -An -v -tx1 -N96 /dev/urandom | tr -d ' \n')
	refuse "$name is taken" dmsetup create w --table "$(authenc_table "capi:$name-random" "$key")"
done

for row in "cbc_aes_sevault cbc(aes) 64" "xts_aes_sevault xts(aes) 96"; do
	read -r driver cipher len <<<"$row"
	key=$(od -An -v -tx1 -N"$len" /dev/urandom | tr -d ' \n')
	dmsetup create w --table "$(authenc_table "capi:authenc($hmac,$driver)-random" "$key")"
	dd if=/dev/urandom of=/dev/mapper/w bs=64k count=$((sectors / 128)) oflag=direct status=none
	fio --name=load --filename=/dev/mapper/w --rw=randrw --bssplit=4k/50:64k/50 --direct=1 --ioengine=libaio \
		--iodepth=64 --numjobs=2 --size=2m --offset_increment=2m --verify=crc32c --verify_fatal=1 --output="$OUT/fio-$driver" ||
		fail "$driver: fio: $(grep -m1 -E 'verify|err=' "$OUT/fio-$driver")"
	sum=$(checksum /dev/mapper/w)
	dmsetup remove --retry w
	dmsetup create r --table "$(authenc_table "capi:authenc(hmac(sha256),$cipher)-random" "$key")"
	[ "$(checksum /dev/mapper/r)" = "$sum" ] || fail "the kernel's own reads other data than authenc($hmac,$driver) wrote"
	dmsetup remove --retry r
done
ok "authenc($hmac,..) agrees with the kernel's own; a generic name beside a driver's is refused, the kernel's drivers' as well"
