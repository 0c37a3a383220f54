# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# LUKS2 volumes for the cases and the demo; sourced after lib.sh.

LUKS_CIPHER=capi:xts_aes_sevault-plain64

# luks_format DEVICE SECTOR-SIZE: with a random volume key and a cheap passphrase, since the KDF is not under test
luks_format() {
	printf 'a passphrase' >/tmp/passphrase
	cryptsetup luksFormat --batch-mode --type luks2 --cipher "$LUKS_CIPHER" --key-size 512 --sector-size "$2" \
		--pbkdf pbkdf2 --pbkdf-force-iterations 1000 --key-file /tmp/passphrase "$1"
}

luks_open() {
	cryptsetup open --key-file /tmp/passphrase "$1" "$2"
	need "the volume does not go through the vault" grep -q " crypt $LUKS_CIPHER " <(dmsetup table "$2")
}

# luks_key DEVICE: the volume key in hexadecimal
luks_key() {
	local file=/tmp/volume-key
	rm -f $file
	cryptsetup luksDump --batch-mode --key-file /tmp/passphrase --dump-volume-key --volume-key-file $file "$1" >/dev/null
	od -An -v -tx1 $file | tr -d ' \n'
	rm -f $file
}

# kernel_open DEVICE NAME SECTOR-SIZE: the same volume, deciphered by the kernel's own aes
kernel_open() {
	local start=32768 sectors options=
	sectors=$(($(blockdev --getsz "$1") - start))
	[ "$3" = 512 ] || options=" 1 sector_size:$3"
	dmsetup create "$2" --table "0 $sectors crypt aes-xts-plain64 $(luks_key "$1") 0 $1 $start$options"
}

# checksum DEVICE: read past the page cache
checksum() {
	dd if="$1" bs=64k iflag=direct status=none | sha256sum | cut -d' ' -f1
}

fio_verify() {
	fio --name="$1" --filename="$2" --rw="$1" --size=6m --io_size=6m --bs=4k --bssplit=4k/60:16k/30:64k/10 --direct=1 \
		--ioengine=libaio --iodepth=16 --verify=crc32c --verify_fatal=1 --do_verify=1 --randrepeat=1 \
		--output="$OUT/fio-$1" || fail "fio --rw=$1: $(grep -m1 -E 'verify|error|err=' "$OUT/fio-$1")"
}

# luks_case SECTOR-SIZE: the whole round, in both directions
luks_case() {
	local dev sum files
	modprobe -a dm_crypt ext4
	vault_up vm
	dev=$(disk 0)
	luks_format "$dev" "$1"
	luks_open "$dev" v
	mkfs.ext4 -q /dev/mapper/v
	mount /dev/mapper/v /mnt
	cp -r /usr/share/seabios /usr/bin/fio /mnt/
	files=$(cd /mnt && find seabios fio -type f -exec sha256sum {} + | sort)
	fio_verify randwrite /mnt/random
	fio_verify write /mnt/sequential
	umount /mnt
	sum=$(checksum /dev/mapper/v)
	cryptsetup close v
	note "written through the vault: $sum"

	kernel_open "$dev" k "$1"
	[ "$(checksum /dev/mapper/k)" = "$sum" ] || fail "the kernel's own aes reads other data than the vault"
	e2fsck -fn /dev/mapper/k >"$OUT/e2fsck" || fail "the kernel's own aes sees a damaged file system"
	mount /dev/mapper/k /mnt
	[ "$(cd /mnt && find seabios fio -type f -exec sha256sum {} + | sort)" = "$files" ] || fail "files differ"
	dd if=/dev/urandom of=/mnt/by-kernel bs=1M count=4 status=none
	umount /mnt
	sum=$(checksum /dev/mapper/k)
	dmsetup remove --retry k
	note "written by the kernel's aes: $sum"

	luks_open "$dev" v
	[ "$(checksum /dev/mapper/v)" = "$sum" ] || fail "the vault reads other data than the kernel's own aes wrote"
	e2fsck -fn /dev/mapper/v >>"$OUT/e2fsck" || fail "the vault sees a damaged file system"
	cryptsetup close v
	ok "$1-byte sectors: ext4, fio and checksums agree in both directions"
}
