# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: attested launch by QEMU, policy 0x5, legacy VM type on: session, digest, secrets good and bad, report
# fast: yes
# timeout: 150
modprobe kvm_amd
# The owner knows the image by itself; owner.py takes it from run.sh.
python3 /sv/launch.py "$OUT" /sv/OVMF.fd 0x5 on || fail "$(grep FAIL "$OUT/log" | tail -n 1)"
ok "digest and report confirmed by the owner, wrong secrets refused, policy 0x5"
