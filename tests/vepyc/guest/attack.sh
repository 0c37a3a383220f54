# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# A row of the table of hostile cases, as a case: sourced with CASE set to "hostile-" and the row's name.
modprobe -a kvm_amd vhost_vsock algif_skcipher aes_generic
load_module import=1 timeout_ms=5000
python3 /sv/attack.py "$OUT" "${CASE#hostile-}" || fail "$(grep FAIL: "$OUT/log" || tail -n 1 "$OUT/log")"
# The kernel complains of self-tests that fail because the vault has ended: that is no failure of it.
[[ $CASE != hostile-selftest-* ]] || dmesg -C
ok "$(tail -n 1 "$OUT/log")"
