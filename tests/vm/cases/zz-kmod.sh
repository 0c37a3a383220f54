# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: scratch
# timeout: 300
. /sv/tests/luks.sh
export DM_DISABLE_UDEV=1
modprobe dm_crypt
vault_up soft
dev=$(disk 0)
key=$(od -An -v -tx1 -N64 /dev/urandom | tr -d ' \n')
table=$(crypt_table "$dev" capi:xts_aes_sevault-plain64 "$key")
mount -t tracefs t /sys/kernel/tracing || true
ls /sys/kernel/tracing/events | grep -i sev || true
cat /sys/kernel/debug/sevault/v0/queue1
dmsetup create v --table "$table"
dd if=/dev/urandom of=/dev/mapper/v bs=64k count=32 oflag=direct status=none
dmsetup table; ls -laL /dev/mapper /dev/dm* || true; mount | grep dev
cat /sys/kernel/debug/sevault/v0/queue1
sum=$(checksum /dev/mapper/v)
cat /sys/kernel/debug/sevault/v0/queue1
end_vault KILL
echo 1 > /sys/kernel/tracing/events/sevault/enable
dd if=/dev/mapper/v of=/dev/null bs=4k count=1 iflag=direct || true
head -50 /sys/kernel/tracing/trace
ok "x"
