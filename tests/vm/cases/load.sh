# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: fewer than 10 exits, kicks and interrupts per 1,000 requests under load, vault in a nested VM; exits by reason
# kernel: stock
# smp-sev-es: 2
# timeout: 300
modprobe dm_crypt
# Everything is some 20 times slower under emulation, and so is the time that a poll must bridge; each emulated CPU
# also stands still for some milliseconds whenever this machine has something else to do.
vault_up vm poll_us=20000
dev=$(disk 0)
key=$(od -An -v -tx1 -N64 /dev/urandom | tr -d ' \n')
dmsetup create v --table "$(crypt_table "$dev" capi:xts_aes_sevault-plain64 "$key")"
events=/sys/kernel/debug/tracing/events/kvm/kvm_exit

load() {
	fio --name=load --filename=/dev/mapper/v --rw=randwrite --bs=64k --direct=1 --ioengine=libaio --iodepth=16 --numjobs=4 \
		--size=16m --time_based --runtime="$1" --output="$OUT/fio" >/dev/null || fail "fio: $(tail -n 1 "$OUT/fio")"
}

sample() {
	echo "$(counter queue1 requests) $(counter queue1 kicks) $(counter queue1 interrupts)"
}

# exit_counts: "CODE COUNT" for each reason, as KVM's tracepoint saw them (codes: AMD64 manual, volume 2, appendix C)
exit_counts() {
	sed -nE 's/^\{ exit_reason: +([0-9a-f]+) +\} hitcount: +([0-9]+)$/\1 \2/p' $events/hist
}

exit_name() {
	case $1 in
	60) echo interrupt ;;
	64) echo vintr ;;
	77) echo pause ;;
	78) echo hlt ;;
	7b) echo io ;;
	7c) echo msr ;;
	81) echo vmmcall ;;
	400) echo npf ;;
	*) echo "0x$1" ;;
	esac
}

# thousandth COUNT: per 1,000 requests, rounded up, so that the limit is a limit
thousandth() {
	echo $((($1 * 1000 + n - 1) / n))
}

# host_interrupts: all that the host has taken, on all CPUs
host_interrupts() {
	awk 'NR > 1 { for (i = 2; i <= NF && $i ~ /^[0-9]+$/; i++) n += $i } END { print n }' /proc/interrupts
}

load 3
taken=$(host_interrupts)
read -r requests kicks interrupts < <(sample)
echo 'hist:keys=exit_reason.hex' >$events/trigger
begin=$EPOCHREALTIME
load 15
ms=$(((${EPOCHREALTIME/./} - ${begin/./}) / 1000))
exit_counts >"$OUT/exits"
echo '!hist:keys=exit_reason.hex' >$events/trigger
taken=$((($(host_interrupts) - taken) * 1000 / ms))
read -r requests2 kicks2 interrupts2 < <(sample)
n=$((requests2 - requests))
[ "$n" -gt 5000 ] || fail "only $n requests in $ms ms: no load"
[ -s "$OUT/exits" ] || fail "KVM's tracepoint has counted nothing"

# An interrupt that the host takes while the vault runs makes it exit: clock, disk, calls between CPUs. The module has no part in
# these, except when it notifies the vault, and notifications have a limit of their own below. They come by the second,
# as busy as the host is. All other exits are the vault's or the protocol's own doing.
driven=0 foreign=0
while read -r code count; do
	note "$(printf '%-10s %6d exits: %3d per 1,000 requests, %4d per second' "$(exit_name "$code")" "$count" \
		"$(thousandth "$count")" $((count * 1000 / ms)))"
	case $(exit_name "$code") in
	interrupt | 0x61 | 0x62) foreign=$((foreign + count)) ;;
	*) driven=$((driven + count)) ;;
	esac
done <"$OUT/exits"
kicks=$(thousandth $((kicks2 - kicks)))
interrupts=$(thousandth $((interrupts2 - interrupts)))
exits=$(thousandth $driven)
result="of 1,000 requests: $exits exits, $kicks kicks, $interrupts interrupts ($n requests)"
result+="; $((foreign * 1000 / ms)) exits a second for the host's own interrupts, of which it took $taken"
note "$result"
for count in "$exits" "$kicks" "$interrupts"; do
	[ "$count" -lt 10 ] || fail "10 or more $result"
done
ok "$result"
