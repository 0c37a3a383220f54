# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: exits, kicks and interrupts per 1,000 requests under load, vault in a nested VM (counted; the aim is below 10)
# kernel: stock
# timeout: 300
modprobe dm_crypt
# Everything is some 20 times slower under emulation, and so is the time that a spinning poller must bridge.
vault_up plain poll_us=2000
dev=$(disk 0)
key=$(od -An -v -tx1 -N64 /dev/urandom | tr -d ' \n')
dmsetup create v --table "$(crypt_table "$dev" capi:xts_aes_sevault-plain64 "$key")"

# All exits of the vault's VM since it started, from KVM's own counter.
exits() {
	cat /sys/kernel/debug/kvm/*/vcpu0/exits 2>/dev/null || cat /sys/kernel/debug/kvm/*/exits
}

sample() {
	echo "$(counter queue1 requests) $(counter queue1 kicks) $(counter queue1 interrupts) $(exits | head -n 1)"
}

load() {
	fio --name=load --filename=/dev/mapper/v --rw=randwrite --bs=64k --direct=1 --ioengine=libaio --iodepth=16 --numjobs=4 \
		--size=16m --time_based --runtime="$1" --output="$OUT/fio" >/dev/null || fail "fio: $(tail -n 1 "$OUT/fio")"
}

load 3
read -r requests kicks interrupts exits < <(sample)
load 15
read -r requests2 kicks2 interrupts2 exits2 < <(sample)
n=$((requests2 - requests))
[ "$n" -gt 5000 ] || fail "only $n requests in 15 s: no load"
kicks=$(((kicks2 - kicks) * 1000 / n))
interrupts=$(((interrupts2 - interrupts) * 1000 / n))
exits=$(((exits2 - exits) * 1000 / n))
result="of 1,000 requests: $exits exits, $kicks kicks, $interrupts interrupts ($n requests counted)"
note "$result"
# The aim depends on both sides running at once, which an emulated machine with busy neighbours does not grant, and the
# vault's CPU also exits for the host's own timer ticks: so the aim is reported. What must hold anywhere
# is that notifications are suppressed at all; without that there would be 1,000 or more.
[ "$kicks" -lt 100 ] || fail "kicks are not suppressed: $result"
[ "$interrupts" -lt 100 ] || fail "interrupts are not suppressed: $result"
aim=met
[ "$kicks" -lt 10 ] && [ "$interrupts" -lt 10 ] && [ "$exits" -lt 10 ] || aim='missed in this run'
ok "$result; aim of 10: $aim"
