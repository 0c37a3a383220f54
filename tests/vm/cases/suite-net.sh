# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: no packet is lost through ESP and MACsec between two network namespaces
# suite: yes
# kernel: stock
# mode: plain
# timeout: 900
. /sv/tests/suite.sh

hex() {
	od -An -v -tx1 -N"$1" /dev/urandom | tr -d ' \n'
}

ether() {
	ip -n "$1" link show "$2" | awk '$1 == "link/ether" { print $2 }'
}

links() {
	ip netns add a
	ip netns add b
	ip link add va netns a type veth peer name vb netns b
	ip -n a link set va up
	ip -n b link set vb up
	ip -n a addr add 198.51.100.1/24 dev va
	ip -n b addr add 198.51.100.2/24 dev vb
}

unlink_all() {
	ip netns del a
	ip netns del b
}

esp_up() {
	local key row ns from to dir
	key=0x$(hex 20)
	for ns in a b; do
		ip -n $ns xfrm state add src 198.51.100.1 dst 198.51.100.2 proto esp spi 0x11 reqid 1 mode transport \
			aead 'rfc4106(gcm(aes))' "$key" 128
		ip -n $ns xfrm state add src 198.51.100.2 dst 198.51.100.1 proto esp spi 0x22 reqid 1 mode transport \
			aead 'rfc4106(gcm(aes))' "$key" 128
	done
	for row in 'a 1 2 out' 'a 2 1 in' 'b 2 1 out' 'b 1 2 in'; do
		read -r ns from to dir <<<"$row"
		ip -n "$ns" xfrm policy add src 198.51.100.$from dst 198.51.100.$to dir "$dir" \
			tmpl src 198.51.100.$from dst 198.51.100.$to proto esp reqid 1 mode transport
	done
}

macsec_up() {
	local ka kb ma mb
	ka=$(hex 16) kb=$(hex 16)
	ma=$(ether a va)
	mb=$(ether b vb)
	ip -n a link add link va ms type macsec encrypt on
	ip -n a macsec add ms tx sa 0 pn 1 on key 01 "$ka"
	ip -n a macsec add ms rx port 1 address "$mb"
	ip -n a macsec add ms rx port 1 address "$mb" sa 0 pn 1 on key 02 "$kb"
	ip -n b link add link vb ms type macsec encrypt on
	ip -n b macsec add ms tx sa 0 pn 1 on key 02 "$kb"
	ip -n b macsec add ms rx port 1 address "$ma"
	ip -n b macsec add ms rx port 1 address "$ma" sa 0 pn 1 on key 01 "$ka"
	ip -n a link set ms up
	ip -n b link set ms up
	ip -n a addr add 203.0.113.1/24 dev ms
	ip -n b addr add 203.0.113.2/24 dev ms
}

# all_back COUNT ADDRESS: that many packets go out, and each is answered
all_back() {
	local said
	said=$(ip netns exec a ping -q -c "$1" -i 0.02 -W 5 -s 1000 "$2")
	echo "$said"
	[[ $said == *" $1 received"* ]]
}

export -f all_back

# pings NAME ADDRESS
pings() {
	suite_test "$1" 90 all_back 100 "$2"
	note "$1: $(grep -o '[0-9]* received.*loss' "$OUT/$ROUND-$1.log")"
}

run() {
	links
	esp_up
	pings esp 198.51.100.2
	unlink_all
	links
	macsec_up
	pings macsec 203.0.113.2
	unlink_all
}

modprobe -a esp4 xfrm_user veth macsec seqiv
suite_rounds run
suite_verdict
