# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: a vault VM that is stopped under load is given up after timeout_ms; when it goes on it learns so, and ends
# timeout: 300
# timeout-debug: 1500
. /sv/tests/stopped.sh
vault_up vm
stop_under_load "$(pgrep -f '^[^ ]*qemu-system-x86_64 ')"
wait_for 20 "the end of sevault-vm" process_is_gone "$VAULT_PID"
need "sevault-vm does not say why: $(tail -n 3 "$OUT/vault.log")" grep -q 'the host withdrew the device' "$OUT/vault.log"
launch vm
wait_for 100 "the next vault" vault_serves
ok "requests ended with EIO, the stopped vault died of its own, the next one serves"
