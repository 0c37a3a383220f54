# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: the device against whoever may open it: ioctls in every order, memory of every kind, limits, heirs; then QEMU's descriptor
# mode: plain
# timeout: 300
# timeout-debug: 1200
modprobe kvm_amd
load_module
/sv/attach rows >"$OUT/rows" 2>&1 || fail "$(grep -m1 '^row' "$OUT/rows" || tail -n 1 "$OUT/rows")"
note "$(tail -n 1 "$OUT/rows")"
refuse "pages stay pinned" grep -q '^VmPin:.*[1-9]' /proc/self/status

# The device is QEMU's by a descriptor, of which the shell keeps a copy.
start_qemu() {
	local args
	write_config /run/c
	mapfile -t args < <(/sv/sevault-vm --print /run/c 2>/dev/null | sed "s/ \\\\\$//; s/vhostfd=9/vhostfd=$fd/; /-sandbox/d")
	# shellcheck disable=SC2086
	setsid ${args[*]} >"$OUT/vault.log" 2>&1 &
	qemu=$!
	wait_for 100 "the vault" vault_serves
}

exec {fd}<>/dev/sevault-vhost
start_qemu
refuse "opened twice" sh -c ': <>/dev/sevault-vhost'
refuse "a second vault is taken" timeout 60 /sv/sevault-vm /run/c 2>"$OUT/second.log"
need "the second vault is not told why" grep -q 'is in use: a vault is attached to it already' "$OUT/second.log"
kill -KILL $qemu
wait $qemu || true
# The module cannot know: somebody might still hand the descriptor on.
need "the vault ended, though its descriptor did not" vault_serves
exec {fd}>&-
wait_for 20 "the end of the vault" sh -c '! grep -qs "^state ready" /sys/kernel/debug/sevault/*/state'
launch soft
wait_for 60 "the next vault" vault_serves
ok "$(tail -n 1 "$OUT/rows"); a vault lives as long as its descriptor"
