# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: a table of mistakes: each gives a clear error with the next step, and none a splat
# timeout: 300
rows=0 wrong=0

# says WHAT PATTERN COMMAND...: COMMAND must fail, and its output or the kernel log must match PATTERN
says() {
	local what=$1 pattern=$2 text
	shift 2
	rows=$((rows + 1))
	dmesg >/tmp/before
	if text=$("$@" 2>&1 </dev/null); then
		echo "row $rows, $what: was accepted"
		wrong=$((wrong + 1))
		return
	fi
	text+=$(dmesg | { diff /tmp/before - || true; } | sed -n 's/^> //p')
	echo "row $rows, $what: $text"
	if ! grep -Eq "$pattern" <<<"$text"; then
		echo "row $rows, $what: nothing in that matches $pattern"
		wrong=$((wrong + 1))
	fi
}

in_memlock() {
	local limit=$1
	shift
	prlimit --memlock="$limit" "$@"
}

try_key() {
	dmsetup create bad --table "0 8 crypt $1 $2 0 $dev 0"
}

fake_qemu() {
	printf '#!/bin/sh\necho QEMU emulator version %s\n' "$1" >/run/qemu-fake
	chmod 755 /run/qemu-fake
}

modprobe -a dm_crypt kvm_amd
dev=$(disk 0)
key=$(od -An -v -tx1 -N64 /dev/urandom | tr -d ' \n')

says "no module, no device" 'next:' /sv/sevault-soft --device /dev/vhost-vdpa-0
write_config /run/c
says "no device for the VM" 'next:' /sv/sevault-vm /run/c
says "no configuration" 'next:' /sv/sevault-vm /run/none
says "data_pairs out of range" 'data_pairs=99' load_module data_pairs=99

load_module
add_device
says "second device" '.' vdpa dev add name v1 mgmtdev sevault
says "import off: no driver" 'Error allocating crypto tfm' try_key capi:xts_aes_sevault-plain64 "$key"
launch soft
rows=$((rows + 1))
wait_for 30 "row $rows, import off: a line that says so and what to do" sh -c 'dmesg | grep -q "next: load with import=1"'
end_vault TERM
write_config /run/c "mode = sev-es"
says "a mode that there is not" 'sev-es' /sv/sevault-vm /run/c
write_config /run/c "mode = fast"
says "unknown mode" 'fast' /sv/sevault-vm /run/c
write_config /run/c "colour = blue"
says "unknown key in the configuration" 'colour' /sv/sevault-vm /run/c
write_config /run/c "qemu = /run/qemu-fake"
fake_qemu 7.2.0
says "QEMU too old" '7\.2.*8\.0' /sv/sevault-vm /run/c
write_config /run/c "qemu = /usr/bin/no-such-qemu"
says "no QEMU" 'next:' /sv/sevault-vm /run/c
write_config /run/c "window = 64K"
says "window too small" 'next:' /sv/sevault-vm /run/c
write_config /run/c "image = /etc/passwd"
says "an image that is none" '/etc/passwd' /sv/sevault-vm /run/c
write_config /run/c "user = nobody-of-that-name"
says "no such user" 'nobody-of-that-name' /sv/sevault-vm /run/c
write_config /run/c "cpus = 77"
says "no such CPU" 'next:' /sv/sevault-vm /run/c
says "locked memory too small" 'lock' setpriv --reuid 993 --clear-groups --bounding-set -all \
	prlimit --memlock=65536 /sv/sevault-soft --device /dev/vhost-vdpa-0
says "wrong option" 'help' /sv/sevault-soft --no-such-option
says "not a vault device" 'next:' /sv/sevault-soft --device /dev/null
vdpa dev del v0
rmmod sevault

load_module import=1
says "import on, no vault ever attached" 'Error allocating crypto tfm' try_key capi:xts_aes_sevault-plain64 "$key"
add_device
launch soft
wait_ready
says "unknown driver" 'Error allocating crypto tfm' try_key capi:xts_aes_savault-plain64 "$key"
says "key of 8 bytes" '.' try_key capi:xts_aes_sevault-plain64 "${key:0:16}"
says "key of 40 bytes" '.' try_key capi:xts_aes_sevault-plain64 "${key:0:80}"
says "device is busy" 'next:' /sv/sevault-soft --device /dev/vhost-vdpa-0
end_vault KILL
wait_for 20 "the end of the vault" sh -c '! grep -q "^state ready" /sys/kernel/debug/sevault/*/state'
says "no vault attached any more" '.' try_key capi:xts_aes_sevault-plain64 "$key"
[ $wrong = 0 ] || fail "$wrong of $rows rows have no clear error: $(grep -m1 -E 'was accepted|nothing in that' "$OUT/log")"
ok "$rows mistakes, each with a clear error"
