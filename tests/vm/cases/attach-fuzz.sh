# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: random ioctls with random memory on the device, the same in every run; then a vault attaches as if nothing had been
# mode: plain
# timeout: 600
# timeout-debug: 2400
load_module
for seed in 1 2; do
	timeout 600 /sv/attach fuzz $seed 60 >>"$OUT/fuzz" 2>&1 || fail "seed $seed: $(tail -n 1 "$OUT/fuzz")"
done
launch soft
wait_for 60 "a vault" vault_serves
ok "2 seeds of 60 lives each; generation $(counter state generation)"
