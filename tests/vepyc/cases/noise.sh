# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: exact mode: what the host sees of a serving vault's private pages looks random, and differs for equal text
# fast: yes
# needs: vault
# timeout: 100
modprobe -a kvm_amd algif_skcipher aes_generic
load_module import=1 timeout_ms=5000
python3 /sv/noise.py "$OUT" || fail "$(grep FAIL: "$OUT/log" || tail -n 1 "$OUT/log")"
ok "$(tail -n 1 "$OUT/log")"
