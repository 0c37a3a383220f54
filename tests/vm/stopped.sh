# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# A vault that does not answer, though it lives; sourced after lib.sh.

# stop_under_load PID: SIGSTOP the vault's process under fio load, until the watchdog has ended every request; then
# let it go on
stop_under_load() {
	local pid=$1 dev key before fio_pid
	modprobe dm_crypt
	dev=$(disk 0)
	key=$(od -An -v -tx1 -N64 /dev/urandom | tr -d ' \n')
	dmsetup create v --table "$(crypt_table "$dev" capi:xts_aes_sevault-plain64 "$key")"
	before=$(counter queue1 requests)
	fio --name=load --filename=/dev/mapper/v --rw=randrw --bs=4k --direct=1 --ioengine=libaio --iodepth=32 --size=16m \
		--time_based --runtime=300 --continue_on_error=none --output="$OUT/fio" >/dev/null 2>&1 &
	fio_pid=$!
	wait_for 60 "load" counter_above queue1 requests $((before + 200))
	echo 3000 >/sys/module/sevault/parameters/timeout_ms
	kill -STOP "$pid"
	wait_for 60 "the end of all requests" process_is_gone $fio_pid
	wait $fio_pid && fail "fio saw no error"
	need "the requests did not end with EIO" grep -q 'Input/output error' "$OUT/fio"
	need "the log does not say why" grep -Eq "$(like 'vault .. is gone: it did not answer within timeout_ms')" <(dmesg)
	refuse "the vault is stopped, yet gone" process_is_gone "$pid"
	refuse "the module still takes it for alive" vault_serves
	dmsetup remove --retry v
	kill -CONT "$pid"
	wait_for 60 "the end of a vault that was given up" process_is_gone "$pid"
}
