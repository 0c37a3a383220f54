# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: dm-crypt with each of its options and both sector sizes, under deep load on a disk with few tags
# kernel: stock
# mode: plain
# timeout: 600
. /sv/tests/luks.sh

# load NAME: reads and writes that outnumber the disk's tags, and each block is checked
load() {
	fio --name=load --filename=/dev/mapper/v --rw=randrw --bssplit=4k/50:64k/30:256k/20 --direct=1 --ioengine=libaio \
		--iodepth=64 --numjobs=2 --size=8m --offset_increment=8m --io_size=6m --verify=crc32c --verify_fatal=1 \
		--output="$OUT/fio-$1" || fail "$1: fio: $(grep -m1 -E 'verify|err=' "$OUT/fio-$1")"
}

# with NAME OPTION...: a volume with these options of dm-crypt
with() {
	local name=$1
	shift
	dmsetup create v --table "$(crypt_table "$dev" capi:xts_aes_sevault-plain64 "$key") $# $*"
	load "$name"
	dmsetup remove --retry v
	refuse "$name: the kernel complains: $(dmesg | grep -m1 -E 'BUG|WARNING')" grep -qE 'BUG|WARNING' <(dmesg)
	rounds=$((rounds + 1))
}

modprobe dm_crypt
vault_up any
dev=$(disk 0)
key=$(od -An -v -tx1 -N64 /dev/urandom | tr -d ' \n')
rounds=0
echo none >"/sys/block/${dev#/dev/}/queue/scheduler"
echo 4 >"/sys/block/${dev#/dev/}/queue/nr_requests"
for size in '' 'sector_size:4096 iv_large_sectors'; do
	# shellcheck disable=SC2086
	for options in '' same_cpu_crypt submit_from_crypt_cpus high_priority no_read_workqueue no_write_workqueue \
		'no_read_workqueue no_write_workqueue'; do
		with "${size:+4096 }${options:-plain}" $options $size
	done
done
ok "$rounds combinations: data verified, no complaint of the kernel"
