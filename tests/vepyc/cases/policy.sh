# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: the secure processor's states and policies, through KVM's ioctls
# fast: yes
# timeout: 100
modprobe kvm_amd
python3 /sv/policy.py || fail "$(grep -c FAIL "$OUT/log") rows: $(grep -m1 FAIL "$OUT/log")"
ok "$(grep -c '^ok: row' "$OUT/log") rows"
