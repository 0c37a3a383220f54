# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: user space is frozen for longer than timeout_ms, as for a suspend, with a volume idle and under fsync; nothing is lost
# mode: plain
# kernel: stock
# timeout: 400
. /sv/tests/luks.sh
modprobe -a dm_crypt ext4
# What counts is that user space stands still for longer than the vault has time to answer.
vault_up vm timeout_ms=4000
dev=$(disk 0)
key=$(od -An -v -tx1 -N64 /dev/urandom | tr -d ' \n')
dmsetup create v --table "$(crypt_table "$dev" capi:xts_aes_sevault-plain64 "$key")"
mkfs.ext4 -q /dev/mapper/v
mount /dev/mapper/v /mnt

# freeze: the first half of a suspend: freeze everything, wait, thaw it. Its status is that of the suspend.
freeze() {
	local rc=0
	echo freezer >/sys/power/pm_test
	echo 8 >/sys/module/suspend/parameters/pm_test_delay
	dmesg -C
	echo freeze >/sys/power/state || rc=$?
	dmesg | grep -E 'PM:|Freezing|sevault'
	return $rc
}

# survived WHEN: the same vault, the same volume, and no error on the way
survived() {
	need "$1: the vault is lost" vault_serves
	refuse "$1: errors" grep -E 'I/O error|EXT4-fs.*(abort|error)|Remounting' <(dmesg)
	need "$1: the volume cannot be written" \
		timeout 20 dd if=/dev/urandom of=/mnt/after bs=4k count=16 oflag=direct conv=fsync status=none
}

sync
need "idle: the suspend failed" freeze
survived idle

# Who waits for a vault that is frozen already cannot be frozen, so the suspend may be given up.
echo 8000 >/sys/power/pm_freeze_timeout
(while :; do dd if=/dev/urandom of=/mnt/load bs=64k count=8 oflag=direct conv=fsync status=none || break; done) &
pid=$!
fio --name=load --filename=/mnt/big --size=4m --rw=randrw --bs=4k --direct=1 --ioengine=libaio --iodepth=16 --time_based \
	--runtime=600 --output="$OUT/fio" &
fio_pid=$!
wait_for 60 "load" counter_above queue1 requests 2000
verdict=done
freeze || verdict="given up"
survived "under load"
# With a suspend that it gives up the kernel shows where the tasks wait that would not freeze. That is no complaint of its own.
if [ "$verdict" != "done" ]; then
	need "given up for another reason" grep -q 'tasks refusing to freeze' <(dmesg)
	refuse "the kernel complains" grep -E 'BUG|WARNING|lockup|blocked for more' <(dmesg)
	dmesg -C
fi
need "the load has ended" kill -0 $pid $fio_pid
kill $pid $fio_pid
wait $pid $fio_pid 2>/dev/null || true

# The memory of this vault would be on the disk. hibernate=... is left to the kernel: it asks the module first.
if grep -q disk /sys/power/state; then
	refuse "hibernated over a vault" eval 'echo disk 2>/dev/null >/sys/power/state'
	need "no reason in the log" grep -qE "$(like 'no hibernation: the vault would be lost')" <(dmesg)
	survived hibernation
fi
ok "idle: done; under load: $verdict"
