# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# Booting the test host (L1); sourced by run-vm.sh and demo.sh, which provide verdict().

kernel=${kernel:-stock}
# Of the vault VMs: in mode sev-es the test host runs on the virtual EPYC (docs/virtual-epyc.md).
mode=${mode:-plain}

# prepare_host NAME: the folder build/vm/NAME, the tree, the kernel and its initramfs
prepare_host() {
	local version=none
	rundir=$SV_BUILD/vm/$1
	indir=$rundir/in
	outdir=$rundir/out
	# One that is built already may be given, while working on it.
	[ "$mode" = plain ] || SV_VEPYC=${SV_VEPYC:-$("$SV_TOP/tests/vepyc/build.sh")}
	take_lock "$rundir.lock" "the VM cases in build/vm/$1"
	rm -rf "$rundir"
	mkdir -p "$indir" "$outdir"
	tree=$("$SV_TOP/scripts/bench-root.sh" trixie)
	if [ "$kernel" = debug ]; then
		image=$("$SV_TOP/scripts/debug-kernel.sh")/bzImage
		mkdir -p "$indir/modules"
		cp "${image%/*}"/modules.{builtin,builtin.modinfo,order} "$indir/modules/"
		mem=3072
		SV_CMDLINE="cryptomgr.fuzz_iterations=3 ${SV_CMDLINE:-}"
	else
		image=$(echo "$tree"/boot/vmlinuz-*)
		version=${image##*/vmlinuz-}
		mem=2048
	fi
	[ "$mode" = plain ] || prepare_emulator
	"$SV_TOP/tests/vm/initramfs.sh" "$tree" "$version" "$rundir/initramfs.gz"
}

prepare_emulator() {
	tree_loader "$tree"
	# In exact mode, what this machine finds in the test host's memory is what the host itself would find: ciphertext.
	export SV_VEPYC SV_VEPYC_LOADER="${loader[*]}" SV_VEPYC_OBJECT=exact=on
	# The check of the timer at boot gives up too early when the machine is busy.
	SV_CMDLINE="no_timer_check ${SV_CMDLINE:-}"
}

# stage_input: build what is under test and copy it, so that edits during a run do not reach it
stage_input() {
	mkdir -p "$indir/tests"
	cp -r "$SV_TOP"/tests/vm/{*.sh,cases} "$indir/tests/"
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
	cp "$SV_BUILD"/vault/*.fd "$SV_BUILD/sevault-soft" "$indir/"
	run_logged "$log" "building sevault-vm" make -C "$SV_TOP/host-ctl"
	cp "$SV_BUILD/sevault-vm" "$indir/"
	cp "$SV_BUILD/sevault-measure" "$rundir/"
	run_logged "$log" "building the module for the $kernel kernel" "$SV_TOP/scripts/kmod-build.sh" "$kernel"
	find "$SV_BUILD/kmod/$kernel" -name '*.ko' -exec cp {} "$indir/" \;
}

build_tools() {
	local tool
	mkdir -p "$SV_BUILD/vm/tools"
	for tool in memscan keypat pages; do
		# Static, since some of them run in the test host.
		gcc -std=gnu11 -O2 -static -Wall -Wextra -Werror -o "$SV_BUILD/vm/tools/$tool" "$SV_TOP/tests/vm/tools/$tool.c"
	done
	gcc -std=gnu11 -O2 -Wall -Wextra -Werror -I"$SV_TOP"/{include,include/port/bare,guest-vault} \
		-o "$SV_BUILD/vm/tools/vaultmem" "$SV_TOP/tests/vm/tools/vaultmem.c" "$SV_TOP/guest-vault/core/window.c" -lm
	cp "$SV_BUILD/vm/tools/pages" "$indir/"
}

# Left in memory by runs that were killed: files named after a process that there is no more.
remove_orphans() {
	local file
	for file in /dev/shm/sevault-ram.*; do
		[ ! -e "$file" ] || kill -0 "$(cut -d. -f2 <<<"$file")" 2>/dev/null || rm -f "$file"
	done
}

# Physical memory of L1 is a shared file, so that it can be searched from outside. There must be room for a copy of it, and in
# mode sev-es for one of the emulator.
ram_path() {
	local free
	remove_orphans
	free=$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1)
	if [ "${free:-0}" -gt $((mem * 1024 * 5 / 2)) ]; then
		echo "/dev/shm/sevault-ram.$$"
	else
		echo "$rundir/ram"
	fi
}

start_qemu() {
	local smp=$1 cpus loader
	tree_loader "$tree"
	[ "$mode" = plain ] || loader=("$SV_TOP/tests/vepyc/qemu.sh")
	cpus=$(nproc)
	[ "$smp" != many ] || smp=$((cpus < 4 ? cpus : 4))
	rm -f "$rundir"/{results,qmp.in,qmp.out,console,disk0,disk1}
	mkfifo "$rundir/qmp.in" "$rundir/qmp.out"
	: >"$rundir/results"
	ram=$(ram_path)
	truncate -s 48M "$rundir/disk0" "$rundir/disk1"
	QEMU_MODULE_DIR=$tree/usr/lib/x86_64-linux-gnu/qemu \
	setpriv --pdeathsig KILL "${loader[@]}" "$tree/usr/bin/qemu-system-x86_64" \
		-L "$tree/usr/share/qemu" -L "$tree/usr/share/seabios" \
		-nodefaults -no-user-config -display none -no-reboot \
		-accel tcg,thread=multi -cpu max -smp "$smp" -m "$mem" \
		-object "memory-backend-file,id=ram,size=${mem}M,mem-path=$ram,share=on" \
		-M q35,memory-backend=ram \
		-kernel "$image" -initrd "$rundir/initramfs.gz" \
		-append "console=ttyS0 panic=-1 quiet mitigations=off rcupdate.rcu_cpu_stall_timeout=120 ${SV_CMDLINE:-}" \
		-chardev "file,id=con,path=$rundir/console" -serial chardev:con \
		-chardev "file,id=res,path=$rundir/results" -serial chardev:res \
		-chardev "pipe,id=qmp,path=$rundir/qmp" -mon chardev=qmp,mode=control \
		-device isa-debug-exit,iobase=0x501,iosize=1 \
		-fsdev "local,id=tree,path=$tree,security_model=none,readonly=on,multidevs=remap" \
		-device virtio-9p-pci,fsdev=tree,mount_tag=tree \
		-fsdev "local,id=in,path=$indir,security_model=none,readonly=on,multidevs=remap" \
		-device virtio-9p-pci,fsdev=in,mount_tag=in \
		-fsdev "local,id=out,path=$outdir,security_model=none,multidevs=remap" \
		-device virtio-9p-pci,fsdev=out,mount_tag=out \
		-drive "if=none,id=d0,file=$rundir/disk0,format=raw,cache=unsafe" -device virtio-blk-pci,drive=d0,serial=scratch0 \
		-drive "if=none,id=d1,file=$rundir/disk1,format=raw,cache=unsafe" -device virtio-blk-pci,drive=d1,serial=scratch1 \
		>"$rundir/qemu.log" 2>&1 </dev/null &
	qemu_pid=$!
	# Opened for both ways, so that neither open blocks and QEMU never sees the end of the file.
	exec {qmp_in}<>"$rundir/qmp.in" {qmp_out}<>"$rundir/qmp.out"
	echo '{"execute":"qmp_capabilities"}' >&"$qmp_in"
}

# Safe to call at any time; the callers do so on exit.
stop_qemu() {
	[ -n "${qemu_pid:-}" ] || return 0
	kill -KILL "$qemu_pid" 2>/dev/null || true
	wait "$qemu_pid" 2>/dev/null || true
	qemu_pid=
	rm -f "$ram" "$ram.snapshot" "$ram.emulator"
	exec {qmp_in}>&- {qmp_out}>&-
}

# next_result: the next whole line of the file "results" into line. It starts no process: bash 5.2 spins or waits for ever once
# the number of an earlier process substitution comes up again, and one in this loop, five times a second, met that.
next_result() {
	local text
	if ! IFS= read -r text <&"$results"; then
		partial+=$text
		return 1
	fi
	line=$partial${text%$'\r'}
	partial=
}

# boot_host SMP CASE...: run until all cases have reported; sets unfinished to those that a hang or
# crash of the machine kept from running
boot_host() {
	local smp=$1 current='' deadline line word name rest results partial='' ended=0 gone=''
	shift
	unfinished=("$@")
	say "booting the test host (${label:-$kernel}, ${#unfinished[@]} cases)"
	start_qemu "$smp"
	exec {results}<"$rundir/results"
	deadline=$((EPOCHSECONDS + 420))
	while :; do
		while next_result; do
			read -r word name rest <<<"$line"
			case $word in
			up) say "the test host (${label:-$kernel}) is up: $name $rest" ;;
			begin)
				current=$name
				deadline=$((EPOCHSECONDS + rest + 90))
				say "case ${label:-$kernel}/$name"
				;;
			ok | skip | fail)
				verdict "$word" "$name" "$rest"
				current=
				unfinished=("${unfinished[@]:1}")
				deadline=$((EPOCHSECONDS + 60))
				;;
			"done") ended=1 ;;
			esac
		done
		[ -z "$gone" ] || break
		[ "$EPOCHSECONDS" -lt "$deadline" ] || break
		# Once more after its end: it may have written just before.
		kill -0 "$qemu_pid" 2>/dev/null || gone=1
		answer_requests
		[ "$mode" = plain ] || answer_owner
		sleep 0.2
	done
	exec {results}<&-
	stop_qemu
	[ $ended = 1 ] || blame "$current"
}

# blame CASE: the machine went away or hung while CASE ran (or before any)
blame() {
	local name=${1:-${unfinished[0]:-}}
	[ -n "$name" ] || return 0
	mkdir -p "$outdir/$name"
	cp "$rundir/console" "$rundir/qemu.log" "$outdir/$name/"
	verdict fail "$name" "the test host hung or died: $(tr -d '\r' <"$rundir/console" | tail -n 1 | cut -c1-160)"
	unfinished=("${unfinished[@]:1}")
}

# qmp COMMAND EVENT: have QEMU do something and wait until it says that it has
qmp() {
	local line
	echo "{\"execute\":\"$1\"}" >&"$qmp_in"
	while IFS= read -r -t 20 -u "$qmp_out" line; do
		[[ $line != *"\"event\": \"$2\""* ]] || return 0
	done
	die "QEMU did not answer '$1' within 20 s" "see $rundir/qemu.log"
}

# look TOOL ARGS...: memscan or vaultmem over the last snapshot
look() {
	local low=0x100000000
	# q35 puts at most 2 GiB below 4 GiB when the machine has more than fits there.
	[ "$mem" -lt 2816 ] || low=0x80000000
	"$SV_BUILD/vm/tools/$1" -l $low "$ram.snapshot" "${@:2}"
}

# search CASE-FOLDER: for the case's patterns and for what only the owner knows, the hits by page owner
search() {
	cp "$1/patterns" "$rundir/patterns"
	[ ! -e "$rundir/owner/patterns" ] || owner_patterns >>"$rundir/patterns"
	touch "$1/pages"
	look memscan "$rundir/patterns" "$1/pages"
}

# The process that runs the test host: beside the host's memory it has what stands for the inside of a CPU.
copy_emulator() {
	python3 "$SV_TOP/tests/vm/tools/procmem.py" "$qemu_pid" "$ram.emulator" "$rundir/emulator-pages" "$ram"
}

# The keys of the last launch: as they are, and expanded as AES keys.
owner_patterns() {
	local name hex
	while read -r name hex; do
		echo "$name $hex"
		"$SV_BUILD/vm/tools/keypat" "$name" "$hex"
	done <"$rundir/owner/patterns"
}

# What only the outside can do: a case leaves a word in its file "request" and waits for "answer".
#   snapshot   stop the machine, copy all of its physical memory, go on
#   expand     make "patterns" from the keys in the file "keys" (hexadecimal, one per line)
#   search     look in the last snapshot for the patterns in the file "patterns"
#   emulator   look for the patterns of the last search in the emulator that plays the CPU, where they must be
#   vaultmem   list what the vault's memory holds in the last snapshot; its pages are in the file "pages"
answer_requests() {
	local request dir word
	for request in "$outdir"/*/request; do
		[ -s "$request" ] || continue
		dir=${request%/request}
		read -r word <"$request"
		rm -f "$request"
		case $word in
		snapshot)
			qmp stop STOP
			cp --sparse=always "$ram" "$ram.snapshot"
			[ "$mode" = plain ] || copy_emulator
			qmp cont RESUME
			;;
		search) search "$dir" >"$dir/found" ;;
		emulator) "$SV_BUILD/vm/tools/memscan" "$ram.emulator" "$rundir/patterns" "$rundir/emulator-pages" >"$dir/emulator" ;;
		vaultmem) look vaultmem "$dir/pages" >"$dir/vaultmem" ;;
		expand) expand_keys "$dir/keys" >"$dir/patterns" ;;
		*) echo "unknown request $word" >"$dir/answer.tmp" ;;
		esac
		echo "$word" >>"$dir/answer.tmp"
		mv "$dir/answer.tmp" "$dir/answer"
	done
}

# A vault's owner is not in the test host: sevault-vm and the owner leave files for each other, once per launch. The owner
# works in folders that the test host does not see.
answer_owner() {
	local file mailbox desk=$rundir/owner/desk
	for file in "$outdir"/*/owner/{platform,launch}.json; do
		[ -s "$file" ] || continue
		mailbox=${file%/*}
		mkdir -p "$desk"
		mv "$file" "$desk/"
		! "owner_$(basename "$file" .json)" || continue
		tail -n 1 "$rundir/owner/log" >"$mailbox/refused"
		say "the owner: $(cat "$mailbox/refused")"
	done
}

# demo.sh has one of its own, which shows it.
owner_says() {
	echo "$*" >>"$rundir/owner/log"
}

owner_platform() {
	owner vault-session --policy 0xf || return
	owner_says "the platform's certificates are good, up to the test root: here is a session for it, policy 0xf"
	mv "$desk/godh.b64" "$mailbox/"
	mv "$desk/session.b64" "$mailbox/"
}

offline_digest() {
	"$rundir/sevault-measure" --cpu EPYC-v1 --profile legacy "$indir/vault-sev-es.fd" | sed -n 's/^legacy *//p'
}

# No secret unless three agree on the digest: the secure processor, owner.py and sevault-measure.
owner_launch() {
	local measured
	owner vault-secret --image "$indir/vault-sev-es.fd" --cpu EPYC-v1 --vm-type legacy || return
	measured=$(od -An -v -tx1 "$rundir/owner/private/digest" | tr -d ' \n')
	if [ "$measured" != "$(offline_digest)" ]; then
		echo "refused: the launch has digest $measured, sevault-measure says $(offline_digest)" >>"$rundir/owner/log"
		return 1
	fi
	cp "$rundir/owner/private/patterns" "$rundir/owner/patterns"
	owner_says "the launch measurement is that of $measured,"
	owner_says "as computed offline: here is the secret for this launch"
	mv "$desk/secret.json" "$mailbox/"
}

owner() {
	python3 "$SV_TOP/tests/vepyc/owner.py" "$1" "$desk" --private "$rundir/owner/private" "${@:2}" >>"$rundir/owner/log" 2>&1
}

expand_keys() {
	local keys
	mapfile -t keys <"$1"
	"$SV_BUILD/vm/tools/keypat" key "${keys[@]}"
}
