# SPDX-License-Identifier: GPL-2.0 OR MIT
# From lines "A B NAME" (A uses B through NAME): the shortest circle through each file that is on one, each circle once.

!(($1, $2) in through) {
	through[$1, $2] = $3
	uses[$1] = uses[$1] " " $2
	if (uses[$1] == " " $2)
		users[++count] = $1
}

END {
	for (i = 1; i <= count; i++)
		look_for_way_back(users[i])
}

# Breadth first, so that the first way back is the shortest; came[X] is the file that led to X.
function look_for_way_back(start,    queue, came, head, tail, n, next_files, i) {
	queue[tail = 1] = start
	while (head < tail) {
		n = split(uses[queue[++head]], next_files, " ")
		for (i = 1; i <= n; i++) {
			if (next_files[i] in came)
				continue
			came[next_files[i]] = queue[head]
			if (next_files[i] == start) {
				show(start, came)
				return
			}
			queue[++tail] = next_files[i]
		}
	}
}

# A circle that was shown from one of its files is not shown from the others.
function show(start, came,    file, line, from, circle) {
	file = start
	do {
		from = came[file]
		line = " -> " file " (" through[from, file] ")" line
		file = from
		if ((start, file) in shown)
			return
		circle = circle " " file
	} while (file != start)
	print start ":1: a circle: " start line
	mark(circle)
}

function mark(circle,    n, members, i, j) {
	n = split(circle, members, " ")
	for (i = 1; i <= n; i++)
		for (j = 1; j <= n; j++)
			shown[members[i], members[j]]
}
