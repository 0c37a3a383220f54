# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# What the demonstration says in mode sev-es alone; sourced by cases/demo.sh.

# All that is told comes from the emulated platform, and says so.
PLATFORM='emulated '

tell_host() {
	local line
	for line in 'ccp .*SEV.* API:.*' 'kvm_amd: SEV-ES enabled.*'; do
		line=$(dmesg | sed -nE "s/^\[[^]]*\] *(.*$line)/\1/p" | head -n 1)
		[ -n "$line" ] || fail "the kernel does not report SEV-ES"
		tell "  its kernel log: $line"
	done
	need "the CPU flag sev_es is missing" grep -qw sev_es /proc/cpuinfo
}

# qemu_option NAME: a property of the sev-guest object that QEMU was started with
qemu_option() {
	tr '\0' '\n' <"/proc/$QEMU_PID/cmdline" | sed -nE "s/^sev-guest,.*\b$1=([^,]*).*/\1/p"
}

tell_vault() {
	local policy
	QEMU_PID=$(pgrep -f '^[^ ]*qemu-system-x86_64 ')
	policy=$(qemu_option policy)
	[ $((policy & 5)) = 5 ] || fail "the policy $policy is not that of a SEV-ES guest that may not be debugged"
	tell "sevault-vm had Debian's own $(qemu-system-x86_64 --version | head -n 1 | sed 's/ (.*//') launch vault-sev-es.fd:" \
		"-object sev-guest, policy $policy"
	tell "  (debugging, key sharing and sending forbidden, SEV-ES required)."
	tell "  Its owner, outside of this host, has found the launch measurement good, and its secret went in encrypted."
	[ "$(counter state mode)" = sev-es ] || fail "the vault is in mode '$(counter state mode)'"
}

tell_search() {
	[ "$HITS_VAULT" = 0 ] || fail "the key lies in the vault VM's process, readable for the host"
	[ "$HITS_OWNER" = 0 ] || fail "a key of the owner lies in this host's memory"
	tell "  keys of the owner (root, channel, transport), and their round keys: $HITS_OWNER hits"
	keys_vault_memory
	tell "What this host finds where the vault's private memory is: $PRIVATE_SEEN."
	tell "What it finds in memory that it shares with the vault (no hit in it either):"
	while read -r line; do
		tell "  $line"
	done < <(grep -v '^ram, private' "$OUT/vaultmem")
	keys_emulator
	tell "The counter-check: the same search of the emulator, the process outside that stands for the CPU and deciphers"
	tell "  the vault's memory: $HITS_EMULATOR hits. There the key is, and nowhere else."
	tell "  What this shows: image, launcher, kernel and QEMU do it right on a platform as the manuals describe it."
	tell "  What it does not show: that a real EPYC is such a platform."
}
