#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# demo.sh: a LUKS2 volume whose AES is done in a vault VM, end to end in one boot of the test host.
# The case tests/vm/cases/demo.sh does it; this script sets up, shows its story as it happens, and judges.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/vm-boot.sh
. "$SV_TOP/scripts/vm-boot.sh"

why="setting up failed, see the messages above"
outcome=fail

verdict() {
	outcome=$1
	why=$3
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
trap finish EXIT
prepare_host demo
stage_input
echo "demo $(sed -n 's/^# timeout: //p' "$SV_TOP/tests/vm/cases/demo.sh")" >"$indir/cases"
tell
boot_host many demo
sleep 1
