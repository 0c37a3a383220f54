# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: a guest that runs random bytes does not bring down the machine below
# timeout: 300
modprobe kvm_amd
python3 /sv/random-code.py 60 "$RANDOM" || fail "$(tail -n 1 "$OUT/log")"
# The guest's doings fill the log of the host; they are no failure of it.
dmesg -C
ok "$(tail -n 1 "$OUT/log")"
