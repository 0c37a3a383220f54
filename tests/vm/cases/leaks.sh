# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: kmemleak finds nothing that the cases before it in this boot have lost (runs last, debug kernel only)
# kernel: debug
# timeout: 240
leaks=/sys/kernel/debug/kmemleak
# An object counts as lost when it is some seconds old and a scan finds no pointer to it; the second scan
# clears up what the first saw on its way from one list to another.
sleep 5
echo scan >$leaks
sleep 1
echo scan >$leaks
cat $leaks >"$OUT/kmemleak"
[ ! -s "$OUT/kmemleak" ] ||
	fail "$(grep -c '^unreferenced' "$OUT/kmemleak") objects lost, the first in $(grep -m1 -A1 'backtrace' "$OUT/kmemleak" | tail -n 1)"
ok "nothing lost"
