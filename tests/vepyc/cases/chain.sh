# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: the owner checks PDH, PEK, OCA, CEK, ASK and ARK: 24 chains with something wrong are refused
# fast: yes
# timeout: 100
modprobe kvm_amd
python3 /sv/chain.py "$OUT" || fail "$(grep -c FAIL "$OUT/log") rows: $(grep -m1 FAIL "$OUT/log")"
ok "$(grep -c '^ok: row' "$OUT/log") rows"
