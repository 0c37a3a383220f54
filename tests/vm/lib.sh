# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# Helpers for the VM cases; sourced inside the test host. docs/testing.md shows how a case uses them.
# /sv holds what is under test (read-only), $OUT is the case's folder for logs, /tmp is memory.

# There is no udev in the test host: libdevmapper makes the nodes itself.
export DM_DISABLE_UDEV=1
# What the vault VMs of this run are: plain or sev-es.
MODE=$(cat /sv/mode)

# --- verdicts: each ends the case ---

ok() {
	echo "$*" >"$OUT/verdict"
	exit 0
}

fail() {
	echo "FAIL: $*"
	echo "$*" >"$OUT/verdict"
	exit 1
}

skip() {
	echo "$*" >"$OUT/verdict"
	exit 77
}

# --- conditions ---

note() {
	echo "# $*"
}

# need WHAT TEST...: a condition that must hold, or the case fails with WHAT
need() {
	local what=$1
	shift
	"$@" || fail "$what"
}

# refuse WHAT TEST...: a command that must not succeed
refuse() {
	local what=$1
	shift
	! "$@" || fail "$what"
}

# wait_for SECONDS WHAT TEST...: poll a condition; the case fails if it never holds
wait_for() {
	local limit=$1 what=$2 end
	shift 2
	end=$((EPOCHSECONDS + limit))
	until "$@"; do
		[ "$EPOCHSECONDS" -lt "$end" ] || fail "waited $limit s in vain for $what"
		sleep 0.1
	done
}

# unhex HEX: the bytes
unhex() {
	local i
	for ((i = 0; i < ${#1}; i += 2)); do
		# shellcheck disable=SC2059
		printf "\\x${1:i:2}"
	done
}

# like MESSAGE: a pattern for grep -E; in MESSAGE '..' stands for what varies, as in docs/troubleshooting.md
like() {
	sed 's/[][\.*^$(){}+?|]/\\&/g; s/\\\.\\\./.*/g' <<<"$1"
}

is_debug_kernel() {
	[ -w /sys/kernel/debug/kmemleak ]
}

# --- the module and the vault ---

DRIVERS='ecb_aes_sevault cbc_aes_sevault ctr_aes_sevault xts_aes_sevault gcm_aes_sevault rfc4106_gcm_aes_sevault'

# load_dependencies FILE.ko: what it needs of the kernel's own modules
load_dependencies() {
	local dep
	for dep in $(modinfo -F depends "$1" | tr , ' '); do
		[ "$dep" = sevault ] || modprobe "$dep"
	done
}

# load_module PARAMETERS: the module and what it depends on; in mode sev-es it takes no other vault
load_module() {
	[ "$MODE" = plain ] || set -- "mode=$MODE" "$@"
	load_dependencies /sv/sevault.ko
	insmod /sv/sevault.ko "$@"
}

# As root, sevault-vm trusts only files that are root's: the tree's may belong to whoever made it.
own_qemu() {
	chown root:root "$(readlink -f /usr/bin/qemu-system-x86_64)"
}

# write_config FILE [LINE...]: for sevault-vm, as a user would write it; LINEs replace the usual ones
write_config() {
	local file=$1 lines
	shift
	# From where nobody else can write.
	cp "/sv/vault-$MODE.fd" /run/
	own_qemu
	chgrp vault /dev/kvm
	chmod 660 /dev/kvm
	lines=("$@" "mode = $MODE" "image = /run/vault-$MODE.fd" "user = vault")
	if [ "$MODE" = sev-es ]; then
		chgrp vault /dev/sev
		chmod 660 /dev/sev
		mkdir -p "$OUT/owner"
		chmod 777 "$OUT/owner"
		rm -f "$OUT/owner/refused"
		lines+=("cpu = EPYC-v1" "owner = $OUT/owner")
	fi
	printf '%s\n' "${lines[@]}" | awk '!seen[$1]++' >"$file"
}

load_kvm() {
	modprobe kvm_amd sev=1 sev_es=1
	[ "$MODE" = plain ] || need "KVM has no SEV-ES" grep -qx Y /sys/module/kvm_amd/parameters/sev_es
}

# launch soft|vm|any: start a vault in the background, its output in $OUT/vault.log. A VM is one of the mode under test;
# "any" is what does when the case is not about the VM: the process, or in mode sev-es the VM, since there is no other.
launch() {
	local kind=$1
	if [ "$kind" = any ]; then
		[ "$MODE" = plain ] && kind=soft || kind=vm
	fi
	case $kind in
	soft) setsid /sv/sevault-soft >>"$OUT/vault.log" 2>&1 & ;;
	vm)
		load_kvm
		write_config /run/sevault.conf
		setsid /sv/sevault-vm /run/sevault.conf >>"$OUT/vault.log" 2>&1 &
		;;
	*) fail "there is no kind of vault '$kind'" ;;
	esac
	VAULT_PID=$!
	echo "$VAULT_PID" >/run/vault.pid
}

# A vault is ready when all its drivers have passed the kernel's self-tests.
is_ready() {
	local driver
	for driver in $DRIVERS; do
		[ "$(crypto_field "$driver" selftest)" = passed ] || return 1
	done
}

# crypto_field DRIVER FIELD: from /proc/crypto; a larval is an algorithm whose self-test is still running
crypto_field() {
	awk -v driver="$1" -v field="$2" '
		/^$/ { if (hit && !larval) print value; hit = larval = 0; value = "" }
		$1 == "driver" { hit = $3 == driver }
		$1 == "type" && $3 == "larval" { larval = 1 }
		$1 == field { value = $3 }' /proc/crypto | head -n 1
}

is_vault_alive() {
	kill -0 "$(cat /run/vault.pid)" 2>/dev/null
}

# wait_ready [SECONDS]: until the drivers can be used; says at once when the vault has ended
wait_ready() {
	local end=$((EPOCHSECONDS + ${1:-60}))
	until is_ready; do
		[ ! -e "$OUT/owner/refused" ] || fail "$(cat "$OUT/owner/refused")"
		is_vault_alive || fail "the vault ended: $(tail -n 1 "$OUT/vault.log")"
		[ "$EPOCHSECONDS" -lt "$end" ] || fail "the drivers were not ready in time"
		sleep 0.1
	done
}

# counter FILE NAME: a number from the module's debugfs, FILE being state, vault, admin, queue1
counter() {
	awk -v name="$2" '$1 == name { print $2 }' /sys/kernel/debug/sevault/*/"$1"
}

# vault_up soft|vm|any [PARAMETERS]: everything from nothing to drivers that can be used
vault_up() {
	local kind=$1
	shift
	load_module import=1 "$@"
	launch "$kind"
	wait_ready "${READY_LIMIT:-300}"
	note "vault ($kind, mode $MODE) ready at $(cut -d' ' -f1 /proc/uptime) s"
}

# end_vault SIGNAL: and wait until it is gone
end_vault() {
	local pid
	pid=$(cat /run/vault.pid 2>/dev/null) || return 0
	kill "-$1" -- "-$pid" 2>/dev/null || kill "-$1" "$pid" 2>/dev/null || true
	wait_for 20 "the end of the vault's process" process_is_gone "$pid"
	rm -f /run/vault.pid
}

vault_serves() {
	[ "$(counter state state)" = ready ]
}

# counter_above FILE NAME VALUE
counter_above() {
	local value
	value=$(counter "$1" "$2" 2>/dev/null)
	[ "${value:-0}" -gt "$3" ]
}

process_is_gone() {
	local state
	state=$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null) || return 0
	[ "$state" = Z ]
}

# sv_cleanup: leave the machine as it was found; part of every case's verdict
sv_cleanup() {
	local name
	umount -l /mnt 2>/dev/null || true
	for name in $(dmsetup ls 2>/dev/null | awk '/^No devices/ { exit } { print $1 }'); do
		dmsetup remove --retry "$name" || dmsetup remove --force --retry "$name" || true
	done
	losetup -D
	end_vault TERM
	[ -d /sys/module/sevault ] || return 0
	timeout 30 rmmod sevault || { echo "the module cannot be unloaded"; return 1; }
}

# --- disks ---

# disk 0|1: one of two scratch disks of 48 MiB, its first MiB blank so that nothing of an earlier case is
# recognized. Names by serial number do not depend on the order of probing.
disk() {
	local dev
	dev=$(find_disk "$1")
	dd if=/dev/zero of="$dev" bs=64k count=16 oflag=direct status=none
	echo "$dev"
}

find_disk() {
	local dev
	modprobe virtio_blk
	for dev in /sys/block/vd*; do
		[ "$(cat "$dev/serial")" != "scratch$1" ] || echo "/dev/${dev##*/}"
	done
}

# crypt_table DEVICE CIPHER KEY: a dm-crypt table over the first 16 MiB, enough and quick to read to the end
crypt_table() {
	echo "0 32768 crypt $2 $3 0 $1 0"
}

# --- asking the outside (scripts/vm/outside.sh, answer_requests) ---

ask() {
	rm -f "$OUT/answer"
	echo "$1" >"$OUT/request.tmp"
	mv "$OUT/request.tmp" "$OUT/request"
	wait_for 120 "the answer to '$1'" test -e "$OUT/answer"
	grep -qx "$1" "$OUT/answer" || fail "the bench said: $(cat "$OUT/answer")"
}
