# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: no interrupt ends a vault that sleeps and wakes up between random writes of every size, each read back
# timeout: 300
# timeout-debug: 1500
# timeout-sev-es: 600
modprobe dm_crypt
seconds=60
! is_debug_kernel || seconds=600
vault_up vm
dev=$(disk 0)
key=$(od -An -v -tx1 -N64 /dev/urandom | tr -d ' \n')
dmsetup create v --table "0 98304 crypt capi:xts_aes_sevault-plain64 $key 0 $dev 0"
end=$((EPOCHSECONDS + seconds)) passes=0
while [ $EPOCHSECONDS -lt $end ]; do
	fio --name=load --filename=/dev/mapper/v --rw=randwrite --bsrange=512-256k --direct=1 --ioengine=libaio --iodepth=64 \
		--numjobs=4 --size=8m --offset_increment=11m --serialize_overlap=1 --verify=crc32c --verify_fatal=1 \
		--group_reporting >"$OUT/fio" 2>&1 || fail "fio: $(tail -n 1 "$OUT/fio"); the vault: $(tail -n 1 "$OUT/vault.log")"
	need "the vault is gone: $(tail -n 1 "$OUT/vault.log")" vault_serves
	passes=$((passes + 1))
done
ok "$passes passes in $seconds s, $(counter queue1 interrupts) interrupts"
