# SPDX-License-Identifier: GPL-2.0 OR MIT
# Deepest stack from gcc's call graphs (-fcallgraph-info=su): prints bytes and the chain of functions.
#
# A call through a pointer is taken to reach the deepest function that it could. There are three kinds:
# modes call engines; handlers of ops call modes; what judges a request calls its handler.

function quoted(key,	rest) {
	rest = $0
	if (!match(rest, key ": \""))
		return ""
	rest = substr(rest, RSTART + RLENGTH)
	return substr(rest, 1, index(rest, "\"") - 1)
}

/^node:/ {
	name = quoted("title")
	label = quoted("label")
	if (label ~ / bytes \(dynamic\)/)
		endless = name
	if (match(label, /[0-9]+ bytes/)) {
		own[name] = substr(label, RSTART, RLENGTH) + 0
		layer[name] = layer_of(label)
	}
}

/^edge:/ {
	from = quoted("sourcename")
	calls[from] = calls[from] SUBSEP quoted("targetname")
}

function layer_of(label) {
	if (label ~ /core\/crypto\/(x86\/|aes_|ghash_)/)
		return "engine"
	if (label ~ /core\/ops_/)
		return label ~ /^(do_|run_)/ ? "handler" : "judge"
	return label ~ /core\/crypto\/(modes|gcm)\.c/ ? "mode" : "other"
}

function indirect(name) {
	if (layer[name] == "judge")
		return deepest["handler"]
	return layer[name] == "mode" ? deepest["engine"] : deepest["mode"]
}

function depth(name,	list, n, i, d, best) {
	if (name in known)
		return known[name]
	if (name in open)
		cycle = name
	if (cycle)
		return 0
	open[name]
	best = -1
	n = split(calls[name], list, SUBSEP)
	for (i = 2; i <= n; i++) {
		d = list[i] == "__indirect_call" ? indirect(name) : depth(list[i])
		if (d > best) {
			best = d
			next_of[name] = list[i]
		}
	}
	delete open[name]
	# The return address comes on top of each frame.
	return known[name] = own[name] + 8 + (best > 0 ? best : 0)
}

function measure(which,	name) {
	for (name in own)
		if ((which == "all" || layer[name] == which) && depth(name) > deepest[which]) {
			deepest[which] = depth(name)
			first = name
		}
	delete known
}

function chain(name,	text) {
	text = name
	while (name in next_of) {
		name = next_of[name]
		text = text " > " name
	}
	gsub(/[^ ]*:/, "", text)
	return text
}

END {
	measure("engine")
	measure("mode")
	measure("handler")
	measure("all")
	if (endless || cycle)
		print 0, (endless ? "unbounded frame in " endless : "recursion through " cycle)
	else
		print deepest["all"], chain(first)
}
