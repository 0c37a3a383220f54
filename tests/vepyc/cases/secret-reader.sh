# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: a SEV guest reads its launch secret where the host sees ciphertext
# timeout: 150
. /sv/reader.sh
modprobe kvm_amd
reader_image /tmp/reader.fd
cp /tmp/reader.fd "$OUT/image"
python3 /sv/launch.py "$OUT" /tmp/reader.fd 0x1 on reader || fail "$(grep FAIL "$OUT/log" | tail -n 1)"
ok "secret printed by the guest, ciphertext seen by the host"
