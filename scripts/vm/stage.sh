# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# What goes into the test host: what is under test, the cases, and the tools that look at it from outside. Sourced by
# scripts/vm/host.sh.

# stage_input: build what is under test and copy it, so that edits during a run do not reach it
stage_input() {
	mkdir -p "$indir/tests"
	cp -r "$SV_TOP"/tests/vm/{*.sh,cases,exitrd} "$indir/tests/"
	echo "$mode" >"$indir/mode"
	build_tools
	# For work on the bench itself, without the parts under test.
	[ -n "${SV_BARE:-}" ] || (build_and_copy)
}

# Run in a subshell, so that the lock ends with it.
build_and_copy() {
	local log=$SV_BUILD/vm/build.log
	take_lock "$SV_BUILD/vm/build.lock" "the build of what is under test"
	run_logged "$log" "building the vault image and sevault-soft" make -C "$SV_TOP/guest-vault" all soft
	run_logged "$log" "building sevault-vm" make -C "$SV_TOP/host-ctl"
	cp "$SV_BUILD"/vault/*.fd "$SV_BUILD"/sevault-{soft,vm} "$indir/"
	cp "$SV_BUILD/sevault-measure" "$rundir/"
	run_logged "$log" "installing into the test host" make -C "$SV_TOP" install DESTDIR="$indir/root"
	[ "$kernel" != bookworm ] || build_for_bookworm
	run_logged "$log" "building the module for the $kernel kernel" "$SV_TOP/scripts/kmod-build.sh" "$kernel"
	find "$SV_BUILD/kmod/$kernel" -name '*.ko' -exec cp {} "$indir/" \;
}

# Programs of a newer libc do not run in an older tree: what runs in it is built in it.
build_for_bookworm() {
	local folder
	for folder in guest-vault/soft host-ctl; do
		run_logged "$log" "building $folder in the bookworm tree" \
			in_tree "$tree" make -C "/src/$folder" BUILD=/build/bookworm
	done
	cp "$SV_BUILD"/bookworm/sevault-{soft,vm} "$indir/"
}

build_tools() {
	local tool
	mkdir -p "$SV_BUILD/vm/tools"
	for tool in memscan keypat pages asids algprio fillkeys; do
		# Static, since some of them run in the test host.
		gcc -std=gnu11 -O2 -static -Wall -Wextra -Werror -o "$SV_BUILD/vm/tools/$tool" "$SV_TOP/tests/vm/tools/$tool.c"
	done
	gcc -std=gnu11 -O2 -Wall -Wextra -Werror -I"$SV_TOP"/{include,include/port/bare,guest-vault} \
		-o "$SV_BUILD/vm/tools/vaultmem" "$SV_TOP/tests/vm/tools/vaultmem.c" "$SV_TOP/guest-vault/core/window.c" -lm
	gcc -std=gnu11 -O2 -static -Wall -Wextra -Werror -I"$SV_TOP"/{include,include/port/bare,guest-vault} \
		-o "$SV_BUILD/vm/tools/attach" "$SV_TOP"/tests/vm/tools/attach*.c "$SV_TOP/guest-vault/core/window.c"
	cp "$SV_BUILD"/vm/tools/{pages,asids,attach,algprio,fillkeys} "$indir/"
}
