# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: the platform's status, new keys and reset through /dev/sev, judged by the owner
# timeout: 150
modprobe kvm_amd
python3 /sv/keys.py "$OUT" || fail "$(grep -c FAIL "$OUT/log") rows: $(grep -m1 FAIL "$OUT/log" || tail -n 1 "$OUT/log")"
# The reset has left the platform without its INIT, which comes when the driver is loaded.
modprobe -r kvm_amd || fail "kvm_amd is in use"
[ ! -d /sys/module/ccp ] || modprobe -r ccp || fail "ccp is in use"
ok "$(grep -c '^ok: row' "$OUT/log") rows"
