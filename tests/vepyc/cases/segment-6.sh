# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: a guest that loads a segment register which does not exist gets #UD; QEMU before 10.0.7 crashed below the host
# fast: yes
# timeout: 60
modprobe kvm_amd
rom=/tmp/rom
head -c 65536 /dev/zero | tr '\0' '\364' >$rom
# At f000:0: xor ax, ax; mov ds, ax; mov word [0x18], 0x20; mov [0x1a], cs; 8e f0: "mov segment 6, ax"
printf '\x31\xc0\x8e\xd8\xc7\x06\x18\x00\x20\x00\x8c\x0e\x1a\x00\x8e\xf0' | dd of=$rom bs=1 conv=notrunc status=none
# At f000:20, for #UD: mov al, 0x2a; out 0xf4, al
printf '\xb0\x2a\xe6\xf4' | dd of=$rom bs=1 seek=32 conv=notrunc status=none
# At f000:fff0: jmp 0
printf '\xe9\x0d\x00' | dd of=$rom bs=1 seek=$((0xfff0)) conv=notrunc status=none
rc=0
timeout 30 qemu-system-x86_64 -accel kvm -cpu host -m 16M -nodefaults -no-user-config -display none -no-reboot \
	-bios $rom -device isa-debug-exit,iobase=0xf4,iosize=1 || rc=$?
[ $rc = 85 ] || fail "the guest ended with $rc, expected 85"
ok "the guest got #UD, the machine below lives"
