# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: QEMU as the launcher leaves it: no privilege, no terminal, nothing of the launcher's; memory that never waits for I/O
# mode: plain
# timeout: 180

# stat_field PID-OR-TASK-FOLDER N: field N of its stat, counted after the name
stat_field() {
	sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f"$2"
}

# status_field PID NAME
status_field() {
	awk -v name="$2:" '$1 == name { $1 = ""; sub(/^[ \t]+/, ""); print }' "/proc/$1/status"
}

# Of include/linux/sched.h; prctl(2) says that PR_SET_IO_FLUSHER outlives fork and exec.
flusher=$((0x00080000 | 0x00100000))

is_flusher() {
	[ $(($(stat_field "$1" 7) & flusher)) = $flusher ]
}

# is_powerless PID: neither launcher nor QEMU is root any more
is_powerless() {
	[ "$(status_field "$1" Uid)" = "993 993 993 993" ] && [ "$(status_field "$1" Gid)" = "993 993 993 993" ] &&
		[ "$(status_field "$1" CapPrm)" = 0000000000000000 ] && [ "$(status_field "$1" NoNewPrivs)" = 1 ]
}

opened() {
	find "/proc/$1/fd" -type l -printf '%f %l\n'
}

vault_up vm
launcher=$VAULT_PID
qemu=$(tr -d " " <"/proc/$launcher/task/$launcher/children")
need "the launcher has no child" test -n "$qemu"
wait_for 20 "the launcher's word that the vault is ready" grep -q ': the vault is ready$' "$OUT/vault.log"
for pid in "$launcher" "$qemu"; do
	need "$pid has privileges" is_powerless "$pid"
	need "$pid can be killed for want of memory" test "$(cat "/proc/$pid/oom_score_adj")" = -1000
	need "$pid is not locked into memory" test "$(status_field "$pid" VmLck | cut -d' ' -f1)" -gt 1000
done
for task in "/proc/$qemu/task"/*; do
	task=${task#/proc/}
	need "thread $(cat "/proc/$task/comm") may wait for I/O when it allocates memory" is_flusher "$task"
	threads=$((${threads:-0} + 1))
done
need "that were only $threads threads" test "$threads" -ge 3
need "QEMU is not the leader of its own session" test "$(stat_field "$qemu" 4)" = "$qemu"
need "QEMU has a terminal" test "$(stat_field "$qemu" 5)" = 0
opened "$qemu" >"$OUT/qemu-fds"
refuse "QEMU has a terminal or the log" grep -E ' (/dev/(tty|console|pts)|.*vault\.log)' "$OUT/qemu-fds"
need "QEMU does not run the copy of the image" grep -q ' /memfd:image' "$OUT/qemu-fds"
refuse "QEMU has the image's file" grep -q '\.fd$' "$OUT/qemu-fds"
opened "$launcher" >"$OUT/launcher-fds"
refuse "the launcher holds the device" grep -E ' /dev/(vhost|sevault|kvm)' "$OUT/launcher-fds"
kill -KILL "$launcher"
wait_for 20 "the end of QEMU with its launcher" process_is_gone "$qemu"
ok "$threads threads of QEMU as they should be; it ends with its launcher"
