# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: users that set keys through AF_ALG until they are refused leave room for a volume, and for each other
# mode: plain
# timeout: 300
# timeout-debug: 1500
modprobe -a af_alg algif_skcipher dm_crypt
vault_up any
dev=$(disk 0)
capacity=$(counter state key_capacity)
share=$((capacity / 4))
users=()
mkfifo /tmp/hold
exec 8<>/tmp/hold

# fill UID [COMMAND..]: as many keys as user UID gets, kept until /tmp/hold is closed
fill() {
	local uid=$1
	shift
	setpriv --reuid "$uid" --regid "$uid" --clear-groups --bounding-set=-all --inh-caps=-all "$@" \
		/sv/fillkeys cbc_aes_sevault 600 </tmp/hold >"/tmp/got.$uid$*" 8>&- &
	users+=($!)
	wait_for 120 "the keys of user $uid" test -s "/tmp/got.$uid$*"
	note "user $uid ${*:-}: $(cat "/tmp/got.$uid$*")"
	read -r got why <"/tmp/got.$uid$*"
}

# expect COUNT: that many, and then the quota
expect() {
	[ "$got" = "$1" ] || fail "a user got $got keys of $capacity, not $1"
	[ "$why" = "Disk quota exceeded" ] || fail "the reason is '$why'"
}

keys=$(counter vault keys_live)
fill 2001
expect $share
fill 2002
expect $share
if [ -e /proc/self/ns/user ]; then
	# Another user id, which user 2001 has given to itself.
	fill 2001 unshare --user --map-root-user
	expect 0
fi
fill 2003
expect $share
fill 2004
expect 0
need "the log does not say why" grep -q 'key not taken: .*share' <(dmesg)

key=$(od -An -v -tx1 -N64 /dev/urandom | tr -d ' \n')
dmsetup create v --table "$(crypt_table "$dev" capi:xts_aes_sevault-plain64 "$key")" || fail "no key is left for a volume"
dd if=/dev/zero of=/dev/mapper/v bs=64k count=4 oflag=direct status=none
dmsetup remove --retry v

exec 8>&-
rm /tmp/hold
wait "${users[@]}"
# shellcheck disable=SC2317
keys_are_back() {
	[ "$(counter vault keys_live)" = "$keys" ]
}
wait_for 60 "the end of the users' keys" keys_are_back
mkfifo /tmp/hold
exec 8<>/tmp/hold
rm /tmp/got.*
fill 2001
expect $share
ok "each user has at most $share of $capacity keys, all together $((3 * share)), and a volume opens"
