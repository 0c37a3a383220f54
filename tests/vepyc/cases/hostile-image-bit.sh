# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: hostile hypervisor, image-bit: the measurement is not the owner's, no secret is given
# object: hostile=image-bit
# timeout: 150
modprobe kvm_amd
! python3 /sv/launch.py "$OUT" /sv/OVMF.fd 0x5 on || fail "the owner gave the secret away"
grep -q 'FAIL: the owner accepts: secret' "$OUT/log" || fail "it failed, but not at the measurement"
ok "the owner refused to send the secret"
