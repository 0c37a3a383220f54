# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: an idle vault uses less than 1 % of a CPU, the module's threads none to speak of
# kernel: stock
# timeout: 180
modprobe dm_crypt
vault_up vm
dev=$(disk 0)
key=$(od -An -v -tx1 -N64 /dev/urandom | tr -d ' \n')
dmsetup create v --table "$(crypt_table "$dev" capi:xts_aes_sevault-plain64 "$key")"
dd if=/dev/zero of=/dev/mapper/v bs=64k count=16 oflag=direct status=none

# ticks PID: user and system time of a process, in hundredths of a second
ticks() {
	sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'
}

sum_ticks() {
	local pid sum=0
	for pid in $pids; do
		sum=$((sum + $(ticks "$pid")))
	done
	echo "$sum"
}

pids="$(pgrep -x qemu-system-x86 || pgrep qemu-system) $(pgrep sevault || true)"
note "counting the time of: $(ps -o pid=,comm= -p "$(tr ' \n' ',' <<<"$pids" | sed 's/,*$//')" | tr '\n' ' ')"
sleep 3
before=$(sum_ticks)
sleep 30
used=$(($(sum_ticks) - before))
result="$used hundredths of a second of CPU time in 30 s idle"
[ "$used" -lt 30 ] || fail "$result: 1 % or more"
ok "$result"
