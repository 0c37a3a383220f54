# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: AF_ALG through libkcapi's tools gives what OpenSSL gives for cbc and ctr, what the kernel's own aes gives for xts
# timeout: 200
# timeout-debug: 1200
modprobe -a af_alg algif_skcipher algif_aead
vault_up any
key=$(od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n')
iv=$(od -An -v -tx1 -N16 /dev/urandom | tr -d ' \n')
rows=0

# kcapi DRIVER -e|-d KEY-HEX: standard input to standard output, in blocks that AF_ALG takes as one request each
kcapi() {
	kcapi-enc "$2" -q --nounpad -c "$1" --iv "$iv" --keyfd 9 -i /tmp/in -o /tmp/out 9< <(unhex "$3") 2>>"$OUT/kcapi.err"
}

# row DRIVER OPENSSL-CIPHER KEY-HEX LENGTH
row() {
	head -c "$4" /dev/urandom >/tmp/plain
	openssl enc -e -nopad "-$2" -K "$3" -iv "$iv" -in /tmp/plain -out /tmp/want
	compare "$1" "$3" "$4"
}

# openssl enc has no xts.
row_xts() {
	head -c "$2" /dev/urandom >/tmp/plain
	cp /tmp/plain /tmp/in
	kcapi 'xts(aes)' -e "$1" || fail "the kernel's own xts: $(tail -n 1 "$OUT/kcapi.err")"
	cp /tmp/out /tmp/want
	compare xts_aes_sevault "$1" "$2"
}

# compare DRIVER KEY-HEX LENGTH: with what /tmp/plain and /tmp/want have
compare() {
	rows=$((rows + 1))
	cp /tmp/plain /tmp/in
	kcapi "$1" -e "$2" || fail "row $rows: kcapi-enc -e $1: $(tail -n 1 "$OUT/kcapi.err")"
	cmp /tmp/out /tmp/want || fail "row $rows: $1 encrypts $3 bytes otherwise"
	cp /tmp/want /tmp/in
	kcapi "$1" -d "$2" || fail "row $rows: kcapi-enc -d $1: $(tail -n 1 "$OUT/kcapi.err")"
	cmp /tmp/out /tmp/plain || fail "row $rows: $1 decrypts $3 bytes otherwise"
}

for len in 16 4096 65536; do
	row cbc_aes_sevault aes-256-cbc "$key" "$len"
	row cbc_aes_sevault aes-128-cbc "${key:0:32}" "$len"
	row ctr_aes_sevault aes-192-ctr "${key:0:48}" "$len"
	row_xts "$key" "$len"
	row_xts "$key$(rev <<<"$key")" "$len"
done
ok "$rows rows equal OpenSSL and the kernel in both directions"
