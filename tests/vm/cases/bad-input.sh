# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: a table of mistakes: each gives a clear error with the next step, and none a splat
# timeout: 300
# docs/troubleshooting.md has the same table for users. One row of it cannot be here: a kernel without vDPA, on which the
# module does not even compile (scripts/check.sh kmod-old).
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
	text=$(echo "$text"; dmesg | { diff /tmp/before - || true; } | sed -n 's/^> //p')
	text=${text//$'\n'/; }
	echo "row $rows, $what: $text"
	if ! grep -Eq "$pattern" <<<"$text"; then
		echo "row $rows, $what: nothing in that matches $pattern"
		wrong=$((wrong + 1))
	fi
}

# status_says WHAT PATTERN: the module's summary of what is there names the next step
status_says() {
	rows=$((rows + 1))
	echo "row $rows, status with $1: $(tr '\n' ';' <$status)"
	if ! grep -Eq "^next $2" $status; then
		echo "row $rows, status with $1: nothing in that matches $2"
		wrong=$((wrong + 1))
	fi
}

try_key() {
	dmsetup create bad --table "0 8 crypt $1 $2 0 $dev 0"
}

fake_qemu() {
	printf '#!/bin/sh\necho QEMU emulator version %s\n' "$1" >/run/qemu-fake
	chmod 755 /run/qemu-fake
}

luks() {
	echo secret | cryptsetup luksFormat --batch-mode --pbkdf pbkdf2 --cipher capi:xts_aes_sevault-plain64 --key-size 512 "$dev" -
}

status=/sys/kernel/debug/sevault/status
modprobe -a dm_crypt kvm_amd
dev=$(disk 0)
key=$(od -An -v -tx1 -N64 /dev/urandom | tr -d ' \n')

says "no module, no device" 'next:' /sv/sevault-soft --device /dev/vhost-vdpa-0
write_config /run/c
says "no device for the VM" 'next:' /sv/sevault-vm /run/c
says "no configuration" 'next:' /sv/sevault-vm /run/none
says "data_pairs out of range" 'data_pairs=99' load_module data_pairs=99

dmesg -C
load_module
rows=$((rows + 1))
need "row $rows: nothing is said about import off when the module is loaded" grep -q 'next: load with import=1' <(dmesg)
status_says "no device" 'vdpa dev add name v0 mgmtdev sevault'
add_device
status_says "no vault" 'start a vault: sevault-vm'
says "second device" 'next: vdpa dev del v0' vdpa dev add name v1 mgmtdev sevault
says "import off: no driver" 'Error allocating crypto tfm' try_key capi:xts_aes_sevault-plain64 "$key"
says "import off: no LUKS" 'check syslog' luks
dmesg -C
launch soft
rows=$((rows + 1))
wait_for 30 "row $rows, import off: a line that says so and what to do" sh -c 'dmesg | grep -q "next: load with import=1"'
status_says "import off" 'load with import=1'
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
status_says "everything" 'cryptsetup luksFormat --cipher capi:xts_aes_sevault-plain64'
refuse "the self-tests' own bad keys are told" grep -q 'key not taken' <(dmesg)
says "unknown driver" 'Error allocating crypto tfm' try_key capi:xts_aes_savault-plain64 "$key"
# What is out of a cipher's range altogether never reaches the module.
says "key of 8 bytes" 'Error decoding and setting key' try_key capi:xts_aes_sevault-plain64 "${key:0:16}"
says "xts key of 40 bytes" 'has 40 bytes.*next: use a key of 32, 48 or 64' try_key capi:xts_aes_sevault-plain64 "${key:0:80}"
says "cbc key of 20 bytes" 'has 20 bytes.*next: use a key of 16, 24 or 32' try_key capi:cbc_aes_sevault-plain64 "${key:0:40}"
says "device is busy" 'next:' /sv/sevault-soft --device /dev/vhost-vdpa-0
end_vault KILL
wait_for 20 "the end of the vault" sh -c '! grep -q "^state ready" /sys/kernel/debug/sevault/*/state'
says "no vault attached any more" 'no vault is ready.*next: start one' try_key capi:xts_aes_sevault-plain64 "$key"
status_says "a vault that is gone" 'start a vault: sevault-vm'
refuse "a message shows a key" grep -Eq "${key:0:16}" <(dmesg)
[ $wrong = 0 ] || fail "$wrong of $rows rows have no clear error: $(grep -m1 -E 'was accepted|nothing in that' "$OUT/log")"
ok "$rows mistakes, each with a clear error"
