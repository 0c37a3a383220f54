# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: a vault that ends takes its keys with it; the next one attaches and serves new keys
# timeout: 300
# timeout-debug: 1200
. /sv/tests/luks.sh
modprobe dm_crypt
vault_up any
dev=$(disk 0)
key=$(od -An -v -tx1 -N64 /dev/urandom | tr -d ' \n')
table=$(crypt_table "$dev" capi:xts_aes_sevault-plain64 "$key")
generation=$(counter state generation)
for round in 1 2 3; do
	dmsetup create v --table "$table"
	dd if=/dev/urandom of=/dev/mapper/v bs=64k count=32 oflag=direct status=none
	sum=$(checksum /dev/mapper/v)
	end_vault KILL
	refuse "round $round: data was read without a vault" dd if=/dev/mapper/v of=/dev/null bs=4k count=1 iflag=direct
	launch any
	wait_for 60 "the vault of round $round" counter_above state generation "$generation"
	wait_for 60 "the vault of round $round" vault_serves
	generation=$(counter state generation)
	refuse "round $round: a key outlived its vault" dd if=/dev/mapper/v of=/dev/null bs=4k count=1 iflag=direct
	dmsetup remove --retry v
	dmsetup create v --table "$table"
	[ "$(checksum /dev/mapper/v)" = "$sum" ] || fail "round $round: the next vault reads other data"
	dmsetup remove --retry v
done
ok "3 vaults came and went; generation $generation"
