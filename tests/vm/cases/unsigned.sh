# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: an unsigned module: in FIPS mode it refuses itself, where the kernel would panic later; under lockdown the kernel does
# mode: plain
# kernel: stock
# boot: fips=1
# timeout: 60
need "this is not FIPS mode" grep -qx 1 /proc/sys/crypto/fips_enabled
refuse "FIPS mode: it was loaded" load_module import=1
need "FIPS mode: no reason in the log" \
	grep -qE "$(like 'this kernel is in FIPS mode, and the module has no signature that it trusts')" <(dmesg)
need "FIPS mode: no next step in the log" grep -q 'next: sign the module' <(dmesg)
refuse "FIPS mode: it is there" test -d /sys/module/sevault

# For good, until the machine is gone.
mountpoint -q /sys/kernel/security || mount -t securityfs securityfs /sys/kernel/security
echo integrity >/sys/kernel/security/lockdown
refuse "lockdown: it was loaded" load_module import=1
need "lockdown: no reason in the log" \
	grep -qE "$(like 'Lockdown: insmod: unsigned module loading is restricted')" <(dmesg)
ok "refused in FIPS mode, with the next step; refused under lockdown"
