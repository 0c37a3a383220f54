# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# Helpers of the cases that boot Debian's OVMF and Debian's kernel as a guest; sourced in the test host.

kernel_image=$(echo /boot/vmlinuz-*)
es_console="console=ttyS0 earlyprintk=ttyS0 panic=-1 ignore_loglevel"

# run_linux POLICY CPUS [QEMU ARGS]: until the guest powers off; its console is in $OUT/guest
run_linux() {
	local policy=$1 cpus=$2
	shift 2
	timeout "${limit:-240}" qemu-system-x86_64 -accel kvm -cpu EPYC-v1 -M q35,confidential-guest-support=sev0 -m 512 \
		-smp "$cpus" -object "sev-guest,id=sev0,cbitpos=51,reduced-phys-bits=5,policy=$policy" \
		-nodefaults -no-user-config -display none -no-reboot -bios /sv/OVMF.fd \
		-kernel "$kernel_image" -initrd /sv/guest.gz -append "$es_console" \
		-serial "file:$OUT/guest" -global ICH9-LPC.disable_s3=1 "$@"
}

# check_linux TEXT CPUS: the guest saw these features and CPUs, and ended in an orderly way
check_linux() {
	grep -a '^guest:' "$OUT/guest" || true
	grep -aq "Memory Encryption Features active: AMD $1.\?$" "$OUT/guest" || fail "the guest does not report '$1'"
	grep -aq "guest: $2 CPUs" "$OUT/guest" || fail "the guest does not have $2 CPUs"
	grep -aq 'guest: copy equal' "$OUT/guest" || fail "memory of the guest changed"
	grep -aq 'guest: done' "$OUT/guest" || fail "the guest did not finish"
	! grep -aq 'guest: trouble' "$OUT/guest" || fail "the guest's kernel complained"
}
