# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: several data queue pairs: two and eight, keys spread over them, load on all at once, a vault killed under it
# mode: plain
# timeout: 300
# timeout-debug: 1500
. /sv/tests/luks.sh
modprobe dm_crypt
dev=$(disk 0)
part=8192

# map NAME CIPHER KEY-NUMBER: one of eight volumes of 4 MiB on the disk, each with a key of its own
map() {
	dmsetup create "$1$3" --table "0 $part crypt $2 ${keys[$3]} 0 $dev $(($3 * part))"
}

# on_all COMMAND...: for each volume at the same time, NUMBER appended
on_all() {
	local i pid pids=()
	for i in "${!keys[@]}"; do
		"$@" "$i" &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || fail "'$*' failed for one of the volumes"
	done
}

scribble() {
	dd if=/dev/urandom of="/dev/mapper/v$1" bs=64k count=$((part / 128)) oflag=direct status=none
	checksum "/dev/mapper/v$1" >"/tmp/sum$1"
}

round() {
	local pairs=$1 i before=() fio_pid
	keys=()
	vault_up soft "data_pairs=$pairs"
	[ "$(counter state data_queues)" = "$pairs" ] || fail "$(counter state data_queues) of $pairs queues"
	for ((i = 0; i < pairs; i++)); do
		keys+=("$(od -An -v -tx1 -N64 /dev/urandom | tr -d ' \n')")
		map v capi:xts_aes_sevault-plain64 $i
		before+=("$(counter "queue$((i + 1))" requests)")
	done
	on_all scribble
	for ((i = 0; i < pairs; i++)); do
		counter_above "queue$((i + 1))" requests $((before[i] + part)) ||
			fail "queue $((i + 1)) of $pairs has had no share: $(counter "queue$((i + 1))" requests) requests, ${before[i]} before"
		map k aes-xts-plain64 $i
		[ "$(checksum "/dev/mapper/k$i")" = "$(cat "/tmp/sum$i")" ] || fail "the kernel's own aes reads other data in volume $i"
		dmsetup remove --retry "k$i"
	done
	note "$pairs pairs, $(counter queue1 slots) slots each: the kernel's own aes reads the same"

	fio --name=load --filename="$(printf '/dev/mapper/v%s:' "${!keys[@]}" | sed 's/:$//')" --rw=randrw --bs=4k --direct=1 \
		--ioengine=libaio --iodepth=64 --size=16m --time_based --runtime=300 --continue_on_error=none \
		--output="$OUT/fio" >/dev/null 2>&1 &
	fio_pid=$!
	i=$(counter "queue$pairs" requests)
	wait_for 60 "load on queue $pairs" counter_above "queue$pairs" requests $((i + 200))
	end_vault KILL
	wait_for 60 "the end of all requests" process_is_gone $fio_pid
	wait $fio_pid && fail "fio saw no error"
	for ((i = 0; i < pairs; i++)); do
		dmsetup remove --retry "v$i"
	done
	rmmod sevault
}

round 2
round 8

# A vault may use fewer than it is offered: the image has one.
vault_up vm data_pairs=8
[ "$(counter state data_queues)" = 1 ] || fail "the image has set up $(counter state data_queues) queues"
ok "2 and 8 pairs served, load on all of them, killed; the image takes 1 of 8"
