#!/bin/bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
# PID 1 of the test host after the initramfs: run the cases named in /sv/cases one after the other. A case that has made
# /run/wants-systemd goes on with systemd as PID 1, which shuts down into tests/vm/exitrd, and that comes back here.
#
# Every case gets a clean kernel log, a time limit and a folder in /out; one word per case goes to the
# second serial port, which nothing else writes to. When all are done the machine ends through isa-debug-exit.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C

# Kernel messages that fail a case wherever they come from.
splats='BUG:|WARNING:|KASAN|Oops|general protection|Call Trace|possible recursive|circular locking|'
splats+='inconsistent lock state|suspicious RCU|sleeping function|blocked for more than|'
splats+='self-tests for .* failed|alg: .*test failed|soft lockup|refcount_t|list_(add|del) corruption|ODEBUG'

prepare_machine() {
	mount -t tmpfs tmpfs /tmp
	mount -t tmpfs tmpfs /run
	mkdir -p /dev/shm /dev/pts /mnt
	mount -t tmpfs tmpfs /dev/shm
	mount -t devpts devpts /dev/pts
	mount -t debugfs debugfs /sys/kernel/debug
	mount -t tracefs tracefs /sys/kernel/debug/tracing 2>/dev/null
	ln -sfn /proc/self/fd /dev/fd
	stty -F /dev/ttyS1 raw -echo 2>/dev/null
	echo 3 >/proc/sys/kernel/printk
	if [ -d /sv/modules ]; then
		# The debug kernel has everything built in: this tells modprobe so.
		mkdir -p "/lib/modules/$(uname -r)"
		cp /sv/modules/* "/lib/modules/$(uname -r)/"
		depmod
		echo scan=off >/sys/kernel/debug/kmemleak
	fi
}

report() {
	echo "$*" >/dev/ttyS1
}

exit_machine() {
	sync
	printf '\0' | dd of=/dev/port bs=1 seek=$((0x501)) conv=notrunc 2>/dev/null
	echo o >/proc/sysrq-trigger
	sleep 60
}

# become_systemd NAME LIMIT: what comes of the case's first phase; the last one begins in tests/vm/exitrd
become_systemd() {
	mkdir -p /run/initramfs/{bin,proc,sys,dev,run,oldroot}
	cp /usr/bin/busybox /run/initramfs/bin/
	cp /sv/tests/exitrd /run/initramfs/shutdown
	echo "$1 $2" >/run/initramfs/case
	exec /usr/lib/systemd/systemd
}

# run_case NAME LIMIT PHASE: before is the only one of most cases
run_case() {
	local name=$1 limit=$2 dir=/out/$1 rc why
	export PHASE=$3
	mkdir -p "$dir"
	[ "$PHASE" = after ] || dmesg -C
	report "begin $name $limit"
	setsid timeout -k 5 "$limit" bash /sv/tests/run-case.sh "$name" "$dir" >>"$dir/log" 2>&1 </dev/null
	rc=$?
	if [ $rc = 0 ] && [ "$PHASE" = before ] && [ -e /run/wants-systemd ]; then
		become_systemd "$name" "$limit"
	fi
	bash /sv/tests/run-case.sh --cleanup "$name" "$dir" >>"$dir/log" 2>&1 </dev/null || {
		[ $rc != 0 ] || rc=99
	}
	dmesg >"$dir/dmesg"
	why=$(tail -n 1 "$dir/verdict" 2>/dev/null)
	if grep -Ev 'expected-splat' "$dir/dmesg" | grep -E "$splats" >/dev/null; then
		report "fail $name kernel log: $(grep -E -m1 "$splats" "$dir/dmesg" | tr -d '\n' | cut -c1-160)"
		return
	fi
	case $rc in
	0) report "ok $name $why" ;;
	77) report "skip $name $why" ;;
	99) report "fail $name could not be cleaned up: $(tail -n 1 "$dir/log")" ;;
	124 | 137) report "fail $name did not end within $limit s" ;;
	*) report "fail $name ${why:-exit status $rc: $(tail -n 1 "$dir/log")}" ;;
	esac
}

if [ "${1:-}" = back ]; then
	run_case "$2" "$3" after
else
	prepare_machine
	report "up $(uname -r) after $(cut -d' ' -f1 /proc/uptime) s"
	while read -r name limit; do
		run_case "$name" "$limit" before
	done </sv/cases
fi
report "done"
exit_machine
