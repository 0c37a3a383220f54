# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# What the demonstration says in plain mode alone; sourced by cases/demo.sh.

tell_host() {
	:
}

tell_vault() {
	:
}

tell_search() {
	# Without memory encryption the key must be somewhere: none at all means that the search is blind.
	[ "$HITS_VAULT" -gt 0 ] || fail "no hit in the vault either: the search does not see what it should"
	tell "  What this shows: once loaded, the key is nowhere in the host but in the vault."
	tell "  What it does not show: PLAIN mode does not encrypt the vault's memory, so this host can still"
	tell "  read it there. Taking that away is what SEV-ES is for; plain mode protects nothing."
}
