#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# guest-initramfs.sh TREE OUTPUT: what an encrypted Linux guest runs: busybox and guest/init
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../scripts/lib.sh"
tree=$1 output=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/bin"
cp "$tree/usr/bin/busybox" "$work/bin/"
cp "$SV_TOP/tests/vepyc/guest/init" "$work/init"
chmod 755 "$work/init"
(cd "$work" && find . | LC_ALL=C sort | tree_exec "$tree" /usr/bin/cpio --quiet -o -H newc -R 0:0) | gzip -1 >"$output"
