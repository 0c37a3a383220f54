#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# selftests.sh: build the kernel's own KVM selftests for SVM and SEV from Debian's kernel source; print their folder
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../scripts/lib.sh"
tree=$("$SV_TOP/scripts/bench-root.sh" trixie)
source=$tree/usr/src/linux-source-6.12.tar.xz
names=(sev_smoke_test sev_init2_tests sev_migrate_tests svm_vmcall_test svm_int_ctl_test svm_nested_shutdown_test
	svm_nested_soft_inject_test)
key=$( (cat "$0"; stat -c %s "$source") | sha256sum | cut -c1-16)
out=$SV_CACHE/kvm-selftests-$key

unpack() {
	tree_exec "$tree" /usr/bin/xz -dc "$source" | tar -x -C "$out.tmp" --strip-components=1
}

compile() {
	in_tree "$tree" bash -c '
		src=/cache/$1 jobs=$2
		shift 2
		make -C "$src" -j"$jobs" headers
		make -C "$src/tools/testing/selftests/kvm" -j"$jobs" ARCH=x86_64 \
			"${@/#/$src/tools/testing/selftests/kvm/x86_64/}"' \
		compile "${out##*/}.tmp" "$SV_JOBS" "${names[@]}"
}

take_lock "$SV_CACHE/kvm-selftests.lock" "the build of the KVM selftests"
if [ ! -d "$out" ]; then
	rm -rf "$out.tmp" "$out.bin"
	mkdir -p "$out.tmp" "$out.bin"
	run_logged "$SV_CACHE/log/kvm-selftests-unpack.log" "unpacking the kernel's source" unpack
	run_logged "$SV_CACHE/log/kvm-selftests.log" "compiling the kernel's KVM selftests" compile
	cp "${names[@]/#/$out.tmp/tools/testing/selftests/kvm/x86_64/}" "$out.bin/"
	rm -rf "$out.tmp"
	mv "$out.bin" "$out"
fi
echo "$out"
