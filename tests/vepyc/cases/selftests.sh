# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: the kernel's own selftests for SEV and SVM, which nobody here wrote
# timeout: 300
modprobe kvm_amd
mkdir -p "$OUT/selftests"
bad=''
for t in /sv/selftests/*; do
	rc=0
	timeout 100 "$t" >"$OUT/selftests/${t##*/}" 2>&1 || rc=$?
	echo "${t##*/}: $rc"
	[ $rc = 0 ] || bad+=" ${t##*/}($rc)"
done
[ -z "$bad" ] || fail "selftests of the kernel:$bad"
ok "$(find /sv/selftests -type f | wc -l) selftests of the kernel pass"
