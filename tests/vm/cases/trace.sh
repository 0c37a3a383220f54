# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: the module's trace points record every request, its end, a full queue and a timeout, and nothing secret
# mode: plain
# timeout: 180
# timeout-debug: 900
modprobe dm_crypt
vault_up soft
tracing=/sys/kernel/debug/tracing
dev=$(disk 0)
key=$(od -An -v -tx1 -N64 /dev/urandom | tr -d ' \n')
dmsetup create v --table "$(crypt_table "$dev" capi:xts_aes_sevault-plain64 "$key")"

# recorded EVENT PATTERN: how many records of an event match
recorded() {
	grep -cE " $1: $2\$" "$OUT/trace" || true
}

# expect COUNT EVENT PATTERN
expect() {
	local got
	got=$(recorded "$2" "$3")
	[ "$got" = "$1" ] || fail "$got records of $2 with '$3', $1 expected; the last: $(grep " $2: " "$OUT/trace" | tail -n 1)"
}

# traced COMMAND...: what it makes the module record
traced() {
	echo >$tracing/trace
	echo 1 >$tracing/events/sevault/enable
	"$@"
	echo 0 >$tracing/events/sevault/enable
	cp $tracing/trace "$OUT/trace"
}

# 64 KiB of 512-byte sectors are 128 requests, each in one slot of 56. Operations as in sevault/wire.h.
part='pair=1 req=[0-9a-f]+ op=%s slot=([0-9]|[1-4][0-9]|5[0-5]) len=512'
for row in "37 of=/dev/mapper/v if=/dev/zero oflag=direct" "38 if=/dev/mapper/v of=/dev/null iflag=direct"; do
	read -r op args <<<"$row"
	# shellcheck disable=SC2086
	traced dd $args bs=64k count=1 status=none
	for event in sv_submit sv_publish; do
		# shellcheck disable=SC2059
		expect 128 $event "$(printf "$part" "$op")"
		expect 128 $event '.*'
	done
	expect 128 sv_complete "pair=1 req=[0-9a-f]+ op=$op err=0"
	expect 128 sv_complete '.*'
	expect 0 sv_timeout '.*'
	# What was submitted is what was completed.
	for event in sv_submit sv_complete; do
		sed -nE "s/.* $event: .* req=([0-9a-f]+) .*/\1/p" "$OUT/trace" | sort >"/tmp/$event"
	done
	cmp /tmp/sv_submit /tmp/sv_complete || fail "other requests were completed than submitted"
done

fill_queue() {
	fio --name=load --filename=/dev/mapper/v --rw=randwrite --bs=64k --direct=1 --ioengine=libaio --iodepth=16 --size=4m \
		--io_size=4m --output="$OUT/fio" >/dev/null
}

traced fill_queue
[ "$(recorded sv_backlog 'pair=1 req=[0-9a-f]+ op=37 err=-16')" -gt 0 ] || fail "no record of a full queue"

time_out() {
	echo 1000 >/sys/module/sevault/parameters/timeout_ms
	kill -STOP "$VAULT_PID"
	refuse "data was read from a vault that is stopped" dd if=/dev/mapper/v of=/dev/null bs=512 count=1 iflag=direct
	kill -CONT "$VAULT_PID"
}

traced time_out
expect 1 sv_timeout 'pair=1 req=[0-9a-f]+ op=38 err=-110'
expect 1 sv_complete 'pair=1 req=[0-9a-f]+ op=38 err=-5'
ok "256 requests traced from submit to end, a full queue and a timeout seen"
