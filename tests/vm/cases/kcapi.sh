# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: AF_ALG through libkcapi's tools gives what OpenSSL gives, for cbc, ctr and xts
# timeout: 200
modprobe -a af_alg algif_skcipher algif_aead
vault_up soft
key=$(od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n')
iv=$(od -An -v -tx1 -N16 /dev/urandom | tr -d ' \n')
rows=0

# kcapi DRIVER -e|-d KEY-HEX: standard input to standard output, in blocks that AF_ALG takes as one request each
kcapi() {
	kcapi-enc "$2" -q --nounpad -c "$1" --iv "$iv" --keyfd 9 -i /tmp/in -o /tmp/out 9< <(unhex "$3") 2>>"$OUT/kcapi.err"
}

# row DRIVER OPENSSL-CIPHER KEY-HEX LENGTH
row() {
	rows=$((rows + 1))
	head -c "$4" /dev/urandom >/tmp/plain
	openssl enc -e -nopad "-$2" -K "$3" -iv "$iv" -in /tmp/plain -out /tmp/want
	cp /tmp/plain /tmp/in
	kcapi "$1" -e "$3" || fail "row $rows: kcapi-enc -e $1: $(tail -n 1 "$OUT/kcapi.err")"
	cmp /tmp/out /tmp/want || fail "row $rows: $1 encrypts $4 bytes otherwise than OpenSSL"
	cp /tmp/want /tmp/in
	kcapi "$1" -d "$3" || fail "row $rows: kcapi-enc -d $1: $(tail -n 1 "$OUT/kcapi.err")"
	cmp /tmp/out /tmp/plain || fail "row $rows: $1 decrypts $4 bytes otherwise than OpenSSL"
}

for len in 16 4096 65536; do
	row cbc_aes_sevault aes-256-cbc "$key" "$len"
	row cbc_aes_sevault aes-128-cbc "${key:0:32}" "$len"
	row ctr_aes_sevault aes-192-ctr "${key:0:48}" "$len"
done
ok "$rows rows equal OpenSSL in both directions"
