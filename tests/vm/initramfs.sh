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
# Decompressed, since busybox hands the file to the kernel as it is.
add_module() {
	case $1 in
	*.xz) tree_exec "$tree" /usr/bin/xz -dc "$1" ;;
	*) cat "$1" ;;
	esac >"$work/mods/$2-$(basename "${1%.xz}")"
}

# What is built in needs no file.
if [ "$version" != none ]; then
	n=10
	in_tree "$tree" modprobe -S "$version" -a --show-depends virtio_pci 9p 9pnet_virtio overlay |
		awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r path; do
		add_module "$tree$path" $n
		n=$((n + 1))
	done
fi
cd "$work"
find . | LC_ALL=C sort | tree_exec "$tree" /usr/bin/cpio --quiet -o -H newc -R 0:0 | gzip -1 >"$output.tmp"
mv "$output.tmp" "$output"
