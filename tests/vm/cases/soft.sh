# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: sevault-soft names what is wrong, ends with the status of its man page; stops when told to or given up; sleeps when idle
# mode: plain
# timeout: 180
# timeout-debug: 900
. /sv/tests/stopped.sh
# expect STATUS TEXT COMMAND...: how a vault that cannot start ends, and that it names a next step
expect() {
	local status=$1 text=$2 got=0
	shift 2
	timeout 20 "$@" >"$OUT/one.log" 2>&1 || got=$?
	need "status $got, not $status: $(tail -n 3 "$OUT/one.log")" test "$got" = "$status"
	need "nothing about '$text': $(cat "$OUT/one.log")" grep -q "$text" "$OUT/one.log"
	need "no next step: $(cat "$OUT/one.log")" grep -q '^sevault-soft: next: ' "$OUT/one.log"
}
soft=/sv/sevault-soft
expect 2 'not a number' $soft --spin-us=never
expect 2 'cannot run on CPU' $soft --cpu=1000
expect 3 'no such device' $soft
expect 3 'not a device of the sevault module' $soft --device=/dev/null
load_module import=1
expect 5 'limited to 1024 KiB' prlimit --memlock=1048576 $soft
launch soft
wait_ready
expect 4 'another vault is attached' $soft
need "the vault was not told to protect nothing" grep -q 'PROTECTS NOTHING' "$OUT/vault.log"
ticks() {
	awk '{ print $14 + $15 }' "/proc/$VAULT_PID/stat"
}
sleep 2
before=$(ticks)
sleep 5
spent=$(($(ticks) - before))
need "idle, yet $spent ticks of CPU in 5 s" test "$spent" -le 5
kill -TERM "$VAULT_PID"
status=0
wait "$VAULT_PID" || status=$?
need "status $status after SIGTERM" test "$status" = 0
need "no word of wiped keys" grep -q 'keys wiped' "$OUT/vault.log"

mv "$OUT/vault.log" "$OUT/first-vault.log"
launch soft
wait_for "${READY_LIMIT:-60}" "the second vault" vault_serves
stop_under_load "$VAULT_PID"
status=0
wait "$VAULT_PID" || status=$?
need "status $status after it was given up" test "$status" = 7
need "no word of it" grep -q 'the host gave this vault up' "$OUT/vault.log"
need "no next step" grep -q '^sevault-soft: next: ' "$OUT/vault.log"
need "no word of wiped keys" grep -q 'keys wiped' "$OUT/vault.log"
ok "6 wrong starts refused; status 0 after SIGTERM, 7 when given up; $spent ticks of CPU in 5 s when idle"
