# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: one bit that the host flips in the ciphertext garbles one block for the guest
# fast: yes
# timeout: 150
. /sv/reader.sh
modprobe kvm_amd
reader_image /tmp/reader.fd
cp /tmp/reader.fd "$OUT/image"
python3 /sv/launch.py "$OUT" /tmp/reader.fd 0x1 on flip || fail "$(grep FAIL "$OUT/log" | tail -n 1)"
ok "the flipped bit garbled exactly one block"
