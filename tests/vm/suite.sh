# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# Peers' test suites, unmodified: on the vault's drivers, and on the kernel's own as the baseline. What passes on the kernel's
# own must pass on the vault's, and what fails on both must be in the case's list, with a reason.
#
# The suites ask for "xts(aes)". So that this is the vault's, its drivers get the highest priority, as an administrator would
# give it to them; the requests that each test made are counted.
. /sv/tests/lib.sh

ROUND=none

# What other modules have made of the ciphers of a round is kept by its templates, and would be used in the next.
forget_instances() {
	local template
	for template in essiv authencesn authenc echainiv seqiv lrw ccm gcm xts; do
		modprobe -r "$template" 2>/dev/null || true
	done
}

# suite_rounds FUNCTION: it calls suite_test for each test of a suite. The baseline is needed when something failed.
suite_rounds() {
	forget_instances
	modprobe crypto_user
	vault_up soft
	# shellcheck disable=SC2086
	/sv/algprio 10000 $DRIVERS
	one_round vault "$1"
	grep '^fail' "$RESULTS" >/dev/null || return 0
	sv_cleanup
	forget_instances
	one_round kernel "$1"
}

one_round() {
	ROUND=$1 RESULTS=$OUT/$1
	: >"$RESULTS"
	note "round: $ROUND"
	"$2"
}

requests() {
	{ cat /sys/kernel/debug/sevault/*/queue* 2>/dev/null || true; } | awk '$1 == "requests" { n += $2 } END { print n + 0 }'
}

# suite_test NAME LIMIT CMD...: one test that says by its exit status how it went, 77 being a skip; CMD may be an exported function
suite_test() {
	local name=$1 limit=$2 rc=0 before start=$EPOCHSECONDS
	shift 2
	before=$(requests)
	timeout -k 5 "$limit" bash -c '"$@"' suite "$@" >"$OUT/$ROUND-$name.log" 2>&1 </dev/null || rc=$?
	case $rc in
	0) echo "pass $name" ;;
	77) echo "skip $name" ;;
	*) echo "fail $name" ;;
	esac >>"$RESULTS"
	note "$ROUND: $(tail -n 1 "$RESULTS") ($rc), $((EPOCHSECONDS - start)) s, $(($(requests) - before)) requests"
	[ "$ROUND" = kernel ] || [ "$(requests)" -gt "$before" ] || fail "$name never reached the vault"
}

# tcrypt PARAMETERS: the kernel's; it does its work when it is loaded, and then refuses to stay
tcrypt() {
	local said
	dmesg -C
	said=$(modprobe tcrypt "$@" 2>&1) && return 1
	dmesg
	[[ $said == *'Resource temporarily unavailable'* ]] && ! dmesg | grep -iE 'fail|error' >/dev/null
}
export -f tcrypt

# suite_verdict [NAME...]: the end of the case; the NAMEs are the tests that fail on both, for reasons that the case gives
suite_verdict() {
	local worse known both
	[ -e "$OUT/kernel" ] || ok "$(grep -c '^pass' "$OUT/vault") passed on the vault"
	known=$(printf '%s\n' "$@" | sort)
	worse=$(comm -23 <(sed -n 's/^fail //p' "$OUT/vault" | sort) <(sed -n 's/^fail //p' "$OUT/kernel" | sort) | tr '\n' ' ')
	both=$(sed -n 's/^fail //p' "$OUT/kernel" | sort | comm -23 - <(echo "$known") | tr '\n' ' ')
	[ -z "$worse" ] || fail "passes with the kernel's own and not with the vault's: $worse"
	[ -z "$both" ] || fail "fails with the kernel's own driver, too, and no reason is known: $both"
	diff <(cut -d' ' -f2- "$OUT/kernel") <(cut -d' ' -f2- "$OUT/vault") >/dev/null || fail "the rounds ran other tests"
	note "failed on both: ${*:-none}"
	ok "$(grep -c '^pass' "$OUT/vault") passed on the vault, $(grep -c '^pass' "$OUT/kernel") on the kernel's own"
}
