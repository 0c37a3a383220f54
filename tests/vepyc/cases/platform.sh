# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: an unmodified kernel finds SEV and SEV-ES, and a plain guest still runs
# fast: yes
# timeout: 120
# Loaded anew, so that it tells again what it has found.
modprobe -r kvm_amd || fail "kvm_amd is in use"
modprobe ccp || fail "ccp does not load"
modprobe kvm_amd
dmesg | grep -i 'sev\|ccp\|psp' || true
dmesg | grep 'kvm_amd: SEV enabled' >/dev/null || fail "KVM does not report SEV"
dmesg | grep 'kvm_amd: SEV-ES enabled' >/dev/null || fail "KVM does not report SEV-ES"
[ -c /dev/sev ] || fail "there is no /dev/sev"
rom=/tmp/rom
head -c 65536 /dev/zero | tr '\0' '\364' >$rom
# At f000:fff0: mov al, 0x2a; out 0xf4, al; hlt
printf '\xb0\x2a\xe6\xf4\xf4' | dd of=$rom bs=1 seek=$((0xfff0)) conv=notrunc status=none
rc=0
timeout 60 qemu-system-x86_64 -accel kvm -cpu host -m 16M -nodefaults -no-user-config -display none -no-reboot \
	-bios $rom -device isa-debug-exit,iobase=0xf4,iosize=1 || rc=$?
[ $rc = 85 ] || fail "the plain guest ended with $rc, expected 85"
ok "SEV and SEV-ES reported by $(uname -r), a plain guest ran"
