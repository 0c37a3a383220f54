#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# demo.sh [--mode plain|sev-es]: a LUKS2 volume whose AES is done in a vault VM, end to end in one boot of the test host.
# In mode sev-es the test host is a virtual EPYC, and the vault's owner, who sends its secret, is outside of it.
# The case tests/vm/cases/demo.sh does it; this script sets up, shows its story as it happens, and judges.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/vm/host.sh
. "$SV_TOP/scripts/vm/host.sh"

case "$*" in
'' | '--mode plain') mode=plain name=demo smp=many ;;
'--mode sev-es') mode=sev-es name=demo-sev-es smp=1 label=sev-es/emulated ;;
*) die "unknown option $1" "use: $0 [--mode plain|sev-es]" ;;
esac
why="setting up failed, see the messages above"
outcome=fail

take_verdict() {
	outcome=$1
	why=$3
}

# The owner runs on this machine; the emulated host sees none of it.
show_owner() {
	echo "  owner (not in the emulated host): $*"
}

# Shown while it happens: the case writes its story to a file of the shared folder.
tell() {
	local story=$outdir/demo/story
	mkdir -p "$outdir/demo"
	: >"$story"
	tail -n +1 -f "$story" 2>/dev/null &
	teller=$!
}

finish() {
	local rc=$?
	[ -z "${teller:-}" ] || kill "$teller" 2>/dev/null || true
	stop_qemu
	if [ "$outcome" = ok ]; then
		echo "demo: PASS"
		exit 0
	fi
	echo "demo: FAIL: $why"
	[ $rc != 0 ] || rc=1
	exit $rc
}

cat <<'TEXT'
SE-Vault demonstration. Nothing of this machine is changed: all happens in a virtual test host (L1), emulated, with Debian 13's
stock kernel. In it, the vault runs as a small VM of its own (L2) and does the AES for a LUKS2 volume.
TEXT
[ $mode = plain ] || cat <<'TEXT'
The vault is a SEV-ES guest. That this host has SEV-ES is emulated, too: nothing here is protected, and nothing is a claim about
a real EPYC. docs/virtual-epyc.md says what is proven by it and what is not.
TEXT
trap finish EXIT
set_hooks verdict=take_verdict owner_says=show_owner
prepare_host $name
stage_input
[ $mode = plain ] || show_owner "launch digest of the image, offline, by sevault-measure: $(offline_digest)"
echo "demo 600" >"$indir/cases"
tell
boot_host $smp demo
sleep 1
