# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: on a host with a single CPU everything works, if slowly: self-tests and a volume, vault in a nested VM
# smp: 1
# mode: plain
# timeout: 600
# timeout-debug: 1200
. /sv/tests/luks.sh
modprobe -a dm_crypt ext4
[ "$(nproc)" = 1 ] || fail "this host has $(nproc) CPUs"
vault_up vm
dev=$(disk 0)
luks_format "$dev" 4096
luks_open "$dev" v
mkfs.ext4 -q /dev/mapper/v
mount /dev/mapper/v /mnt
fio_verify randwrite /mnt/random
umount /mnt
sum=$(checksum /dev/mapper/v)
cryptsetup close v
kernel_open "$dev" k 4096
[ "$(checksum /dev/mapper/k)" = "$sum" ] || fail "the kernel's own aes reads other data than the vault"
ok "self-tests and volume on one CPU"
