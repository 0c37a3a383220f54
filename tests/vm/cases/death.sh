# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: QEMU is killed under fio load 20 times: every request ends, nothing is left hanging, a new vault attaches
# kernel: debug
# kernel-sev-es: stock
# timeout: 3000
. /sv/tests/luks.sh
modprobe dm_crypt
vault_up vm
dev=$(disk 0)
key=$(od -An -v -tx1 -N64 /dev/urandom | tr -d ' \n')
table=$(crypt_table "$dev" capi:xts_aes_sevault-plain64 "$key")
generation=0
for round in $(seq 20); do
	dmsetup create v --table "$table"
	fio --name=load --filename=/dev/mapper/v --rw=randrw --bs=4k --direct=1 --ioengine=libaio --iodepth=32 --numjobs=2 \
		--size=16m --time_based --runtime=300 --continue_on_error=none --output="$OUT/fio" >/dev/null 2>&1 &
	fio_pid=$!
	before=$(counter queue1 requests)
	wait_for 60 "load in round $round" counter_above queue1 requests $((before + 200))
	generation=$(counter state generation)
	note "round $round: killing the vault at $(cut -d' ' -f1 /proc/uptime) s"
	end_vault KILL
	wait_for 60 "the end of all requests in round $round" process_is_gone $fio_pid
	wait $fio_pid 2>/dev/null && fail "round $round: fio saw no error"
	dmsetup remove --retry v || fail "round $round: the volume is still busy"
	launch vm
	wait_for 100 "the vault of round $round" counter_above state generation "$generation"
	wait_for 100 "the vault of round $round" vault_serves
done
ok "20 vaults killed under load; generation $(counter state generation)"
