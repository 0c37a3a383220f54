# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: a table of mistakes: each gives the message of docs/troubleshooting.md with the next step, and none a splat
# mode: plain
# The debug kernel has no other vhost device to be mistaken for ours.
# kernel: stock
# timeout: 300
# Messages are written as in that document, '..' standing for what varies; scripts/check.sh messages compares the two.
rows=0 wrong=0 text=

complain() {
	echo "row $rows, $*"
	wrong=$((wrong + 1))
}

# matches MESSAGE: is a line of $text like it?
matches() {
	grep -Eq "$(like "$1")" <<<"$text"
}

# attempt WHAT COMMAND...: it must fail; $text becomes what it and the kernel log said
attempt() {
	local what=$1
	shift
	rows=$((rows + 1))
	dmesg >/tmp/before
	if text=$("$@" 2>&1 </dev/null); then
		complain "$what: was accepted"
	fi
	text+=$'\n'$(dmesg | { diff /tmp/before - || true; } | sed -n 's/^> //p')
	echo "row $rows at $SECONDS s, $what: ${text//$'\n'/; }"
}

# says WHAT MESSAGE COMMAND...: one of ours speaks, and names the next step
says() {
	attempt "$1" "${@:3}"
	matches "$2" || complain "$1: nothing in that matches $2"
	matches 'next: ' || complain "$1: nothing in that matches a next step"
}

# others_say WHAT MESSAGE NEXT COMMAND...: a message that is not ours; the module's summary names the next step
others_say() {
	attempt "$1" "${@:4}"
	matches "$2" || complain "$1: nothing in that matches $2"
	status_says "$1" "$3"
}

# status_says WHAT NEXT
status_says() {
	text=$(cat $status)
	echo "row $rows, status with $1: ${text//$'\n'/; }"
	matches "next $2" || complain "status with $1: nothing in that matches $2"
}

# logged WHAT MESSAGE: nothing failed, but the kernel log must have both by now
logged() {
	rows=$((rows + 1))
	text=$(dmesg)
	matches "$2" || complain "$1: nothing in the log that matches $2"
	matches 'next: ' || complain "$1: nothing in the log that matches a next step"
}

try_key() {
	dmsetup create bad --table "0 8 crypt $1 $2 0 $dev 0"
}

luks() {
	echo secret | cryptsetup luksFormat --batch-mode --pbkdf pbkdf2 --cipher capi:xts_aes_sevault-plain64 --key-size 512 "$dev" -
}

# configured LINE COMMAND...: sevault-vm's configuration with LINE, then the command
configured() {
	write_config /run/c "$1"
	"${@:2}"
}

vm() {
	configured "$1" /sv/sevault-vm /run/c
}

fake_qemu() {
	printf '#!/bin/sh\necho QEMU emulator version %s\n' "$1" >/run/qemu-fake
	chmod 755 /run/qemu-fake
	vm "qemu = /run/qemu-fake"
}

# A configuration with an image that everybody can write
loose_image() {
	cp "/sv/vault-$MODE.fd" /run/loose.fd
	chmod 666 /run/loose.fd
	vm "image = /run/loose.fd"
}

unprivileged() {
	setpriv --reuid 993 --clear-groups --bounding-set -all prlimit --memlock=65536 "$@"
}

# A process with many open volumes, each with 64 keys: more than a vault has room for.
fill_store() {
	local i keys
	keys=$(od -An -v -tx1 -N1024 /dev/urandom | tr -d ' \n')
	for i in {1..17}; do
		dmsetup create "lmk$i" --table "0 8 crypt capi:cbc_aes_sevault-lmk $keys 0 $dev 0" || return 1
	done
}

empty_store() {
	local i
	for i in {1..17}; do
		dmsetup remove --retry "lmk$i" 2>/dev/null || true
	done
}

# qemu SED-PROGRAM [COMMAND...]: the vault VM without its launcher, its command line changed; COMMAND starts it. The launcher
# opens the device and hands a descriptor on: so does the shell.
qemu() {
	local program=$1 line fd rc=0
	shift
	write_config /run/c
	exec {fd}<>"$device"
	line=$(/sv/sevault-vm --print /run/c 2>/dev/null |
		sed "s/ \\\\\$//; s/^ *//; s/-sandbox.*//; s/vhostfd=9/vhostfd=$fd/; $program")
	# shellcheck disable=SC2086
	timeout 30 "$@" $line || rc=$?
	exec {fd}>&-
	return $rc
}

# explained COMMAND...: it fails; what its exit status means
explained() {
	local rc=0
	"$@" || rc=$?
	/sv/sevault-vm --explain "$rc"
	return "$rc"
}

# Its back end is the kernel's own, for guests that talk to each other.
other_device() {
	local device=/dev/vhost-vsock
	qemu ''
}

# The vault is stopped and continued by its monitor, when it is there.
stop_and_continue() {
	local end=$((SECONDS + 20))
	{
		until vault_serves 2>/dev/null || [ $SECONDS -gt $end ]; do sleep 0.2; done
		echo stop
		sleep 1
		echo cont
		sleep 3
		echo quit
	} | qemu 's/-monitor none/-monitor stdio/'
}

status=/sys/kernel/debug/sevault/status device=/dev/sevault-vhost
modprobe -a dm_crypt kvm_amd
dev=$(disk 0)
key=$(od -An -v -tx1 -N64 /dev/urandom | tr -d ' \n')

# --- before there is anything ---

says "no module, soft" '/dev/sevault-vhost: no such device' /sv/sevault-soft
says "no module" '/dev/sevault-vhost is missing: the sevault module is not loaded' vm ''
says "no configuration" 'cannot read the configuration' /sv/sevault-vm /run/none
says "data_pairs out of range" 'data_pairs=.. is not in 1..8' load_module data_pairs=99
says "no such mode" 'mode=.. is not one of any, sev-es, plain, soft' load_module mode=secure

# --- only vaults that protect something ---

dmesg -C
load_module mode=sev-es import=1
launch soft
wait_for 30 "row $rows: a refusal of the vault" sh -c 'dmesg | grep -q "takes vaults of mode"'
logged "a vault of another mode" "the vault's mode is .., this module takes vaults of mode .. only"
refuse "row $rows: drivers of a vault that was refused" grep -q sevault /proc/crypto
end_vault TERM
rmmod sevault

# --- parameter import is off ---

dmesg -C
load_module
logged "import off, at load" 'no drivers registered, because parameter import is off'
status_says "no vault" 'start a vault: sevault-vm'
says "no such device" '.. is missing, though the sevault module has a device' vm 'vhostdev = /dev/sevault-1'
dmesg -C
launch soft
wait_for 30 "row $rows, import off: a line that says so" sh -c 'dmesg | grep -q "parameter import is off"'
logged "import off, with a vault" 'no drivers registered, because parameter import is off'
others_say "import off: no driver" 'crypt: Error allocating crypto tfm' 'load with import=1' \
	try_key capi:xts_aes_sevault-plain64 "$key"
others_say "import off: no LUKS" 'Check that kernel supports capi:xts_aes_sevault-plain64 cipher' 'load with import=1' luks
end_vault TERM

# --- what a user may write and start ---

says "mode and image differ" 'is an image for mode plain, the configuration says ..' vm 'mode = sev-es'
says "unknown mode" 'unknown mode ..' vm 'mode = fast'
says "unknown key in the configuration" 'unknown key ..' vm 'colour = blue'
says "QEMU too old" 'is QEMU ..; 7.0 or later is needed' fake_qemu 6.2.0
says "no QEMU" 'no QEMU that can be run' vm 'qemu = /usr/bin/no-such-qemu'
says "window too small" 'window too small: .. KiB, the image needs .. KiB' vm 'window = 64K'
says "an image that is none" 'not a vault image' vm 'image = /etc/passwd'
says "an image that others can write" 'others than root can write it' loose_image
says "no such user" 'there is no user ..' vm 'user = nobody-of-that-name'
says "no such CPU" 'names CPUs that this machine does not have' vm 'cpus = 77'
says "locked memory too small" 'locked memory: the limit is .. KiB, QEMU with the vault needs up to .. KiB' \
	configured '' unprivileged /sv/sevault-vm /run/c
says "locked memory too small for keys" 'cannot lock memory (..): .. KiB for keys, limit is .. KiB' unprivileged /sv/sevault-soft
says "locked memory too small for the window" 'cannot pin the .. KiB window: locked memory is limited to .. KiB' \
	prlimit --memlock=1048576 /sv/sevault-soft
says "wrong option" 'bad command line' /sv/sevault-soft --no-such-option
says "not a vault device, soft" 'not a device of the sevault module' /sv/sevault-soft --device /dev/null
says "not a vault device" 'not a device of the sevault module' vm 'vhostdev = /dev/null'
modprobe vhost_vsock
says "a device for guests that talk" 'not a device of the sevault module' vm 'vhostdev = /dev/vhost-vsock'
says "its user may not" 'no permission to open it' configured '' setpriv --reuid 993 --regid 65534 --clear-groups /sv/sevault-vm /run/c

# --- QEMU started by hand ---

says "QEMU with too little locked memory" 'memlock limit too small: .. may lock .. of 4096 KiB' \
	explained qemu '' prlimit --memlock=1048576
matches 'the host did not take the vault' || complain "the vault does not say that it was not taken"
says "QEMU with another device" 'the host did not take the vault' explained other_device
says "QEMU with half a window" 'the vault found no shared window in its memory' explained qemu '/id=window/s/4194304/2097152/'
says "QEMU without a window" 'the vault found no shared window in its memory' explained qemu '/id=window/d; /^-device pc-dimm/d'
says "QEMU's stop and cont" 'the vault was stopped and continued, its keys are lost' stop_and_continue
rmmod sevault

# --- parameter import is on ---

dmesg -C
load_module import=1
logged "import on, at load" 'no drivers yet: they are registered when a vault is ready'
others_say "no vault ever attached" 'crypt: Error allocating crypto tfm' 'start a vault: sevault-vm' \
	try_key capi:xts_aes_sevault-plain64 "$key"
launch soft
wait_ready
logged "soft" 'MODE .. PROTECTS NOTHING'
status_says "everything" 'cryptsetup luksFormat --cipher capi:xts_aes_sevault-plain64'
refuse "the self-tests' own bad keys are told" grep -q 'key not taken' <(dmesg)
others_say "unknown driver" 'crypt: Error allocating crypto tfm' 'cryptsetup .. capi:xts_aes_sevault-plain64' \
	try_key capi:xts_aes_savault-plain64 "$key"
# What is out of a cipher's range altogether never reaches the module.
others_say "key of 8 bytes" 'crypt: Error decoding and setting key' 'cryptsetup luksFormat' \
	try_key capi:xts_aes_sevault-plain64 "${key:0:16}"
says "xts key of 40 bytes" 'key not taken: it has .. bytes' try_key capi:xts_aes_sevault-plain64 "${key:0:80}"
matches 'next: use a key of 32, 48 or 64 bytes' || complain "no word of the right lengths"
says "cbc key of 20 bytes" 'key not taken: it has .. bytes' try_key capi:cbc_aes_sevault-plain64 "${key:0:40}"
matches 'next: use a key of 16, 24 or 32 bytes' || complain "no word of the right lengths"
# The debug kernel has no md5, which these volumes want.
if ! is_debug_kernel; then
	says "too many keys" "key not taken: the vault's key store is full" fill_store
	empty_store
fi
says "device is busy" 'in use, another vault is attached' /sv/sevault-soft
says "device is busy, VM" 'is in use: a vault is attached to it already' vm ''
end_vault KILL
wait_for 20 "the end of the vault" sh -c '! grep -q "^state ready" /sys/kernel/debug/sevault/*/state'
logged "the end of the vault" 'vault .. is gone: its process ended'
# The module tells five refusals in five seconds, and the rows before may have used them up.
sleep 6
says "no vault attached any more" 'key not taken: no vault is ready' try_key capi:xts_aes_sevault-plain64 "$key"
status_says "a vault that is gone" 'start a vault: sevault-vm'
refuse "a message shows a key" grep -Eq "${key:0:16}" <(dmesg)
[ $wrong = 0 ] || fail "$wrong messages of $rows rows are not as they should be: $(grep -m1 -E 'was accepted|nothing in' "$OUT/log")"
ok "$rows mistakes, each with its message and the next step"
