# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# The test host (L1): prepare it, boot it, watch what it reports. Sourced by run-vm.sh, demo.sh and tests/vepyc/run.sh, with what
# belongs to it: scripts/vm/stage.sh, outside.sh and owner.sh. A caller sets these, names its functions with set_hooks, then
# calls prepare_host, stage_input and boot_host.

# stock, debug or bookworm
kernel=stock
# of the vault VMs: plain or sev-es
mode=plain
# The emulator is the virtual EPYC (docs/virtual-epyc.md): always in mode sev-es.
on_epyc=
# Its memory holds, in exact mode, what the host itself would find there: ciphertext.
exact=on
# before the name of a case, in what is shown
label=stock

# verdict WORD CASE TEXT   a case has reported ok, skip or fail
# requests                 several times a second while the host runs: what do the cases want from outside?
# owner_says TEXT          the owner of a SEV-ES vault has decided
declare -A hook=([verdict]=count_verdict [requests]=answer_requests [owner_says]=log_owner)

# shellcheck source=scripts/vm/stage.sh
. "$SV_TOP/scripts/vm/stage.sh"
# shellcheck source=scripts/vm/outside.sh
. "$SV_TOP/scripts/vm/outside.sh"
# shellcheck source=scripts/vm/owner.sh
. "$SV_TOP/scripts/vm/owner.sh"

# set_hooks NAME=FUNCTION...: what the caller does in its own way
set_hooks() {
	local pair
	for pair in "$@"; do
		[ -n "${hook[${pair%%=*}]:-}" ] || die "there is no hook '${pair%%=*}'" "see the head of scripts/vm/host.sh"
		declare -F "${pair#*=}" >/dev/null || die "hook ${pair%%=*}: there is no function '${pair#*=}'"
		hook[${pair%%=*}]=${pair#*=}
	done
}

# prepare_host NAME: the folder build/vm/NAME, the trees, the kernel and its initramfs
prepare_host() {
	local version=none
	rundir=$SV_BUILD/vm/$1
	indir=$rundir/in
	outdir=$rundir/out
	[ "$mode" = plain ] || on_epyc=yes
	# One that is built already may be given, while working on it.
	[ -z "$on_epyc" ] || SV_VEPYC=${SV_VEPYC:-$("$SV_TOP/tests/vepyc/build.sh")}
	take_lock "$rundir.lock" "the VM cases in build/vm/$1"
	rm -rf "$rundir"
	mkdir -p "$indir" "$outdir"
	# The emulator around the test host is Debian 13's in any case: in that of Debian 12 a nested vault faults.
	outer=$("$SV_TOP/scripts/bench-root.sh" trixie)
	tree=$outer
	[ "$kernel" != bookworm ] || tree=$("$SV_TOP/scripts/bench-root.sh" bookworm)
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
	[ -z "$on_epyc" ] || prepare_emulator
	"$SV_TOP/tests/vm/initramfs.sh" "$tree" "$version" "$rundir/initramfs.gz"
}

prepare_emulator() {
	tree_loader "$outer"
	export SV_VEPYC SV_VEPYC_LOADER="${loader[*]}" SV_VEPYC_OBJECT=exact=$exact
	# The check of the timer at boot gives up too early when the machine is busy.
	SV_CMDLINE="no_timer_check ${SV_CMDLINE:-}"
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
	tree_loader "$outer"
	[ -z "$on_epyc" ] || loader=("$SV_TOP/tests/vepyc/qemu.sh")
	cpus=$(nproc)
	[ "$smp" != many ] || smp=$((cpus < 4 ? cpus : 4))
	rm -f "$rundir"/{results,qmp.in,qmp.out,console,disk0,disk1}
	mkfifo "$rundir/qmp.in" "$rundir/qmp.out"
	: >"$rundir/results"
	ram=$(ram_path)
	truncate -s 48M "$rundir/disk0" "$rundir/disk1"
	QEMU_MODULE_DIR=$outer/usr/lib/x86_64-linux-gnu/qemu \
	setpriv --pdeathsig KILL "${loader[@]}" "$outer/usr/bin/qemu-system-x86_64" \
		-L "$outer/usr/share/qemu" -L "$outer/usr/share/seabios" \
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
	say "booting the test host ($label, ${#unfinished[@]} cases)"
	start_qemu "$smp"
	exec {results}<"$rundir/results"
	deadline=$((EPOCHSECONDS + 420))
	while :; do
		while next_result; do
			take_result
		done
		[ -z "$gone" ] || break
		[ "$EPOCHSECONDS" -lt "$deadline" ] || break
		# Once more after its end: it may have written just before.
		kill -0 "$qemu_pid" 2>/dev/null || gone=1
		"${hook[requests]}"
		[ "$mode" = plain ] || answer_owner
		sleep 0.2
	done
	exec {results}<&-
	stop_qemu
	[ $ended = 1 ] || blame "$current"
}

# take_result: what one line means; the variables are those of boot_host
take_result() {
	read -r word name rest <<<"$line"
	case $word in
	up) say "the test host ($label) is up: $name $rest" ;;
	begin)
		current=$name
		deadline=$((EPOCHSECONDS + rest + 90))
		say "case $label/$name"
		;;
	ok | skip | fail)
		"${hook[verdict]}" "$word" "$name" "$rest"
		current=
		unfinished=("${unfinished[@]:1}")
		deadline=$((EPOCHSECONDS + 60))
		;;
	"done") ended=1 ;;
	esac
}

# blame CASE: the machine went away or hung while CASE ran (or before any)
blame() {
	local name=${1:-${unfinished[0]:-}}
	[ -n "$name" ] || return 0
	mkdir -p "$outdir/$name"
	cp "$rundir/console" "$rundir/qemu.log" "$outdir/$name/"
	"${hook[verdict]}" fail "$name" \
		"the test host hung or died: $(tr -d '\r' <"$rundir/console" | tail -n 1 | cut -c1-160)"
	unfinished=("${unfinished[@]:1}")
}

# boot_until_done SMP LIMIT CASE...: all cases, with as many boots as hangs make necessary; LIMIT CASE prints its time limit
boot_until_done() {
	local smp=$1 limit=$2 name
	unfinished=("${@:3}")
	while [ ${#unfinished[@]} -gt 0 ]; do
		[ "$kernel" != debug ] || [ "${unfinished[-1]}" = leaks ] || unfinished+=(leaks)
		for name in "${unfinished[@]}"; do
			echo "$name $("$limit" "$name")"
		done >"$indir/cases"
		boot_host "$smp" "${unfinished[@]}"
	done
}

passed=0 failed=0 skipped=0

# count_verdict WORD CASE TEXT
count_verdict() {
	case $1 in
	ok) passed=$((passed + 1)); echo "ok - $label/$2 # $3" ;;
	skip) skipped=$((skipped + 1)); echo "ok - $label/$2 # SKIP $3" ;;
	fail)
		failed=$((failed + 1))
		echo "not ok - $label/$2 # $3"
		[ ! -d "$outdir/$2" ] || say "  logs: ${outdir#"$SV_TOP"/}/$2"
		;;
	esac
}

# closing_line: and the exit status that goes with it
closing_line() {
	echo "$passed passed, $failed failed, $skipped skipped"
	[ $failed = 0 ]
}
