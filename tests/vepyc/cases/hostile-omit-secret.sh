# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: hostile hypervisor, omit-secret: the guest does not read the secret where it belongs
# object: hostile=omit-secret
# timeout: 150
. /sv/reader.sh
modprobe kvm_amd
reader_image /tmp/reader.fd
cp /tmp/reader.fd "$OUT/image"
! python3 /sv/launch.py "$OUT" /tmp/reader.fd 0x1 on reader || fail "the guest read the secret all the same"
grep -Eq 'FAIL: (block 0 of the secret is as sent|the host sees ciphertext)' "$OUT/log" || fail "it failed, but not at the secret"
ok "the guest read noise instead of the secret"
