# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: CPUs go and come while a volume is under load: nothing hangs, and the data are right
# kernel: stock
# mode: plain
# timeout: 240
. /sv/tests/luks.sh
[ -e /sys/devices/system/cpu/cpu1/online ] || skip "one CPU"
modprobe dm_crypt
vault_up any
dev=$(disk 0)
key=$(od -An -v -tx1 -N64 /dev/urandom | tr -d ' \n')
dmsetup create v --table "$(crypt_table "$dev" capi:xts_aes_sevault-plain64 "$key")"
fio --name=load --filename=/dev/mapper/v --rw=randrw --bssplit=4k/60:64k/40 --direct=1 --ioengine=libaio --iodepth=16 \
	--numjobs=2 --size=8m --offset_increment=8m --io_size=400m --time_based --runtime=20 --verify=crc32c --verify_fatal=1 --output="$OUT/fio" &
load=$!
turns=0
while kill -0 $load 2>/dev/null; do
	for state in 0 1; do
		for cpu in /sys/devices/system/cpu/cpu[1-9]*; do echo $state >"$cpu/online"; done
		sleep 0.3
	done
	turns=$((turns + 1))
done
wait $load || fail "fio: $(grep -m1 -E 'verify|err=' "$OUT/fio")"
need "the vault has ended" vault_serves
ok "$turns turns under load, data verified"
