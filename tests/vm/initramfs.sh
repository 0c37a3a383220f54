#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
# initramfs.sh TREE KERNEL-VERSION|none OUTPUT: static busybox, tests/vm/init and the few modules it loads
set -euo pipefail
. "$(dirname "$0")/../../scripts/lib.sh"
tree=$1 version=$2 output=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/bin" "$work/mods"
cp "$tree/usr/bin/busybox" "$work/bin/"
cp "$SV_TOP/tests/vm/init" "$work/init"
chmod 755 "$work/init"
if [ "$version" != none ]; then
	n=10
	# In the order of their dependencies; decompressed, since busybox hands the file to the kernel as it is.
	for m in fs/netfs/netfs net/9p/9pnet net/9p/9pnet_virtio fs/9p/9p fs/overlayfs/overlay; do
		tree_exec "$tree" /usr/bin/xz -dc "$tree/usr/lib/modules/$version/kernel/$m.ko.xz" \
			>"$work/mods/$n-${m##*/}.ko"
		n=$((n + 1))
	done
fi
cd "$work"
find . | LC_ALL=C sort | tree_exec "$tree" /usr/bin/cpio --quiet -o -H newc -R 0:0 | gzip -1 >"$output.tmp"
mv "$output.tmp" "$output"
