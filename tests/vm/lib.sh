# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# Helpers for the VM cases; sourced inside the test host. docs/testing.md shows how a case uses them.
# /sv holds what is under test (read-only), $OUT is the case's folder for logs, /tmp is memory.

# --- verdicts ---

note() {
	echo "# $*"
}

ok() {
	echo "$*" >"$OUT/verdict"
	exit 0
}

fail() {
	echo "FAIL: $*"
	echo "$*" >"$OUT/verdict"
	exit 1
}

skip() {
	echo "$*" >"$OUT/verdict"
	exit 77
}

# need WHAT TEST...: a condition that must hold, or the case fails with WHAT
need() {
	local what=$1
	shift
	"$@" || fail "$what"
}

# wait_for SECONDS WHAT TEST...: poll a condition; the case fails if it never holds
wait_for() {
	local limit=$1 what=$2 end
	shift 2
	end=$((EPOCHSECONDS + limit))
	until "$@"; do
		[ "$EPOCHSECONDS" -lt "$end" ] || fail "waited $limit s in vain for $what"
		sleep 0.1
	done
}

is_debug_kernel() {
	[ -w /sys/kernel/debug/kmemleak ]
}
sv_cleanup() { :; }
