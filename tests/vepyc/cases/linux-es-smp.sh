# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: Debian's OVMF and kernel, unmodified, boot as a SEV-ES guest, 2 vCPUs
# timeout: 300
. /sv/linux.sh
modprobe kvm_amd
start=$EPOCHSECONDS
run_linux 0x5 2 || fail "QEMU ended with $?"
check_linux 'SEV SEV-ES' 2
ok "OVMF and $(uname -r) booted as a SEV-ES guest with 2 vCPUs in $((EPOCHSECONDS - start)) s"
