# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: launches of a SEV-ES vault that must not come to serve: sevault-vm, the owner or the secure processor refuses each
# mode: sev-es
# timeout: 400
rows=0

# refused_row STATUS TEXT WHAT [LINE...]: the launch ends with that status and words like TEXT, and nothing serves
refused_row() {
	local status=$1 text=$2 what=$3 got=0
	shift 3
	rows=$((rows + 1))
	write_config /run/refused.conf "$@"
	timeout 60 /sv/sevault-vm /run/refused.conf >"$OUT/row$rows.log" 2>&1 || got=$?
	need "row $rows, $what: status $got, not $status" test "$got" = "$status"
	need "row $rows, $what: says nothing like '$text'" grep -qE "$text" "$OUT/row$rows.log"
	need "row $rows, $what: no next step" grep -q 'next: ' "$OUT/row$rows.log"
	refuse "row $rows, $what: a vault serves" grep -qs "^state ready" /sys/kernel/debug/sevault/*/state
	note "row $rows, $what: $(grep -m1 -E "$text" "$OUT/row$rows.log")"
}

# Between the launcher and the owner: from the folder that sevault-vm uses to the one that the owner sees, and back.
between=/run/between

# relay SPOIL...: hand the files on; a file of the owner's goes through the command SPOIL, which gets its name
relay() {
	local name
	until test -e /run/relay-ends; do
		for name in platform.json launch.json; do
			[ ! -e "$between/$name" ] || mv "$between/$name" "$OUT/owner/.$name"
			[ ! -e "$OUT/owner/.$name" ] || mv "$OUT/owner/.$name" "$OUT/owner/$name"
		done
		for name in godh.b64 session.b64 secret.json; do
			[ -e "$OUT/owner/$name" ] || continue
			"$@" "$name" <"$OUT/owner/$name" >"$between/.$name"
			rm "$OUT/owner/$name"
			mv "$between/.$name" "$between/$name"
		done
		sleep 0.1
	done
}

# spoil_one FILE PATTERN NAME: change a character of base64 after PATTERN, if NAME is that FILE
spoil_one() {
	if [ "$3" = "$1" ]; then
		sed -E "s|($2.{20})(.)|\1\n\2\n|" | sed '2{s/A/B/;t;s/./A/}' | tr -d '\n'
	else
		cat
	fi
}

# spoiled_row FILE PATTERN STATUS TEXT WHAT
spoiled_row() {
	local pid
	rm -rf /run/relay-ends $between
	mkdir $between
	chown vault $between
	relay spoil_one "$1" "$2" &
	pid=$!
	refused_row "$3" "$4" "$5" "owner = $between"
	touch /run/relay-ends
	wait $pid
}

# An image that differs in one bit, in code.
flipped_image() {
	cp /sv/vault-sev-es.fd /run/flipped.fd
	printf "\\x$(printf %02x $((0x$(od -An -tx1 -j 8192 -N 1 /run/flipped.fd | tr -d ' ') ^ 1)))" |
		dd of=/run/flipped.fd bs=1 seek=8192 conv=notrunc status=none
}

load_module import=1
# Another case may have loaded it.
modprobe -r kvm_amd
modprobe kvm_amd sev=1 sev_es=0
refused_row 6 'SEV-ES off' "SEV-ES is off"
modprobe -r kvm_amd
load_kvm
cp /sv/vault-plain.fd /run/
refused_row 4 'image for mode plain' "the plain image" "image = /run/vault-plain.fd"
refused_row 4 'registers' "a policy without SEV-ES" "policy = 0xb"
refused_row 4 "decrypt the vault's memory" "a policy that allows debugging" "policy = 0xe"
refused_row 6 'cannot open this directory' "no folder for the owner" "owner = /run/none"
mkdir -p /run/silent
refused_row 6 "QEMU's user cannot write" "a folder for the owner that is root's" "owner = /run/silent"
chown vault /run/silent
refused_row 10 'did not send it in time' "an owner that does not answer" "owner = /run/silent" "owner-timeout = 2"
refused_row 10 'did not send it in time' "another VM type than the owner expects" "vm-type = init2" "owner-timeout = 15"
need "the owner does not say why" grep -q 'refused: .*measurement' "$OUT/owner/refused"
/sv/asids >"$OUT/asids" &
asids=$!
wait_for 20 "all ASIDs taken" test -s "$OUT/asids"
refused_row 8 'every SEV-ES ASID of this host is in use' "$(cat "$OUT/asids") other guests, as many as there can be"
kill $asids
wait $asids || true
flipped_image
refused_row 10 'did not send it in time' "an image that differs in one bit" "image = /run/flipped.fd" "owner-timeout = 15"
need "the owner does not say why" grep -q 'refused: .*measurement' "$OUT/owner/refused"
spoiled_row session.b64 '^' 8 'QEMU did not start' "a session that was changed on its way"
spoiled_row secret.json '"packet-header": "' 10 'refused the secret' "a secret whose header was changed on its way"
spoiled_row secret.json '"secret": "' 10 'refused the secret' "a secret that was changed on its way"

# The counter-check of all: nothing is wrong.
launch vm
wait_ready 300
ok "$rows launches refused, then one that serves"
