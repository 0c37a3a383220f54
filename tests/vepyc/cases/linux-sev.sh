# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: Debian's OVMF and kernel, unmodified, boot as a SEV guest
# timeout: 300
. /sv/linux.sh
modprobe kvm_amd
start=$EPOCHSECONDS
run_linux 0x1 1 || fail "QEMU ended with $?"
check_linux 'SEV' 1
ok "OVMF and $(uname -r) booted as a SEV guest in $((EPOCHSECONDS - start)) s"
