# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: the whole host stands still for longer than timeout_ms under load, and goes on: the vault serves, no request ends
# mode: plain
# timeout: 300
# timeout-debug: 900
modprobe dm_crypt
vault_up vm
dev=$(disk 0)
key=$(od -An -v -tx1 -N64 /dev/urandom | tr -d ' \n')
dmsetup create v --table "$(crypt_table "$dev" capi:xts_aes_sevault-plain64 "$key")"
for round in 1 2; do
	requests=$(counter queue1 requests)
	fio --name=load --filename=/dev/mapper/v --rw=randrw --bs=4k --direct=1 --ioengine=libaio --iodepth=32 --numjobs=2 \
		--size=8m --offset_increment=8m --time_based --runtime=40 --output="$OUT/fio$round" &
	load=$!
	wait_for 60 "load" counter_above queue1 requests $((requests + 100))
	before=$(cut -d' ' -f1 /proc/uptime)
	ask freeze
	note "round $round: from $before s to $(cut -d' ' -f1 /proc/uptime) s"
	wait $load || fail "round $round: fio: $(grep -m1 -E 'error|err=' "$OUT/fio$round")"
	need "round $round: $(dmesg | grep 'is gone' | tail -n 1)" vault_serves
done
ok "two pauses, no request ended with an error"
