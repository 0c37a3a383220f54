# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: a VM inside the test host on kvm_amd runs code from the reset vector
# timeout: 90
modprobe kvm_amd
rom=/tmp/rom
head -c 65536 /dev/zero | tr '\0' '\364' >$rom
# At f000:fff0: mov al, 0x2a; out 0xf4, al; hlt
printf '\xb0\x2a\xe6\xf4\xf4' | dd of=$rom bs=1 seek=$((0xfff0)) conv=notrunc status=none
rc=0
timeout 60 qemu-system-x86_64 -accel kvm -cpu host -m 16M -nodefaults -no-user-config -display none -no-reboot \
	-bios $rom -device isa-debug-exit,iobase=0xf4,iosize=1 || rc=$?
[ $rc = $((0x2a * 2 + 1)) ] || fail "QEMU in the test host ended with $rc, expected $((0x2a * 2 + 1))"
ok "nested VM ran on KVM after $(cut -d' ' -f1 /proc/uptime) s of uptime"
