# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# Booting the test host (L1); sourced by run-vm.sh and demo.sh, which provide verdict().

kernel=${kernel:-stock}

# prepare_host NAME: the folder build/vm/NAME, the tree, the kernel and its initramfs
prepare_host() {
	local version=none
	rundir=$SV_BUILD/vm/$1
	indir=$rundir/in
	outdir=$rundir/out
	take_lock "$rundir.lock" "the VM cases in build/vm/$1"
	rm -rf "$rundir"
	mkdir -p "$indir" "$outdir"
	tree=$("$SV_TOP/scripts/bench-root.sh" trixie)
	if [ "$kernel" = debug ]; then
		image=$("$SV_TOP/scripts/debug-kernel.sh")/bzImage
		mkdir -p "$indir/modules"
		cp "${image%/*}"/modules.{builtin,builtin.modinfo,order} "$indir/modules/"
		mem=3072
	else
		image=$(echo "$tree"/boot/vmlinuz-*)
		version=${image##*/vmlinuz-}
		mem=2048
	fi
	"$SV_TOP/tests/vm/initramfs.sh" "$tree" "$version" "$rundir/initramfs.gz"
}

# stage_input: a copy of what is under test, so that edits during a run do not reach it
stage_input() {
	mkdir -p "$indir/tests"
	cp -r "$SV_TOP"/tests/vm/{*.sh,cases} "$indir/tests/"
	if [ -n "${SV_STAGE:-}" ]; then
		"$SV_STAGE"
	fi
}

# Physical memory of L1 is a shared file, so that it can be searched from outside.
ram_path() {
	local free
	free=$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1)
	if [ "${free:-0}" -gt $((mem * 1024 * 2)) ]; then
		echo "/dev/shm/sevault-ram.$$"
	else
		echo "$rundir/ram"
	fi
}

start_qemu() {
	local smp=$1 cpus
	cpus=$(nproc)
	[ "$smp" != many ] || smp=$((cpus < 4 ? cpus : 4))
	rm -f "$rundir"/{results,qmp.in,qmp.out,console}
	mkfifo "$rundir/qmp.in" "$rundir/qmp.out"
	: >"$rundir/results"
	ram=$(ram_path)
	truncate -s 96M "$rundir/disk0" "$rundir/disk1"
	QEMU_MODULE_DIR=$tree/usr/lib/x86_64-linux-gnu/qemu \
	tree_exec "$tree" /usr/bin/qemu-system-x86_64 \
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
	trap 'stop_qemu' EXIT
	# Opened for both ways, so that neither open blocks and QEMU never sees the end of the file.
	exec {qmp_in}<>"$rundir/qmp.in" {qmp_out}<>"$rundir/qmp.out"
	echo '{"execute":"qmp_capabilities"}' >&"$qmp_in"
}

stop_qemu() {
	[ -z "${qemu_pid:-}" ] || kill -KILL "$qemu_pid" 2>/dev/null || true
	[ -z "${qemu_pid:-}" ] || wait "$qemu_pid" 2>/dev/null || true
	qemu_pid=
	rm -f "$ram"
	exec {qmp_in}>&- {qmp_out}>&-
	trap - EXIT
}

# boot_host SMP CASE...: run until all cases have reported; sets unfinished to those that a hang or
# crash of the machine kept from running
boot_host() {
	local smp=$1 current='' deadline line word name rest seen=0 ended=0
	shift
	unfinished=("$@")
	say "booting the test host ($kernel kernel, ${#unfinished[@]} cases)"
	start_qemu "$smp"
	deadline=$((EPOCHSECONDS + 180))
	while :; do
		while IFS= read -r line; do
			seen=$((seen + 1))
			read -r word name rest <<<"${line%$'\r'}"
			case $word in
			up) say "the test host is up: $name $rest" ;;
			begin)
				current=$name
				deadline=$((EPOCHSECONDS + rest + 90))
				say "case $kernel/$name"
				;;
			ok | skip | fail)
				verdict "$word" "$name" "$rest"
				current=
				unfinished=("${unfinished[@]:1}")
				deadline=$((EPOCHSECONDS + 60))
				;;
			"done") ended=1 ;;
			esac
		done < <(tail -n "+$((seen + 1))" "$rundir/results")
		! kill -0 "$qemu_pid" 2>/dev/null || [ "$EPOCHSECONDS" -lt "$deadline" ] || break
		if ! kill -0 "$qemu_pid" 2>/dev/null; then
			[ "$seen" -lt "$(wc -l <"$rundir/results")" ] || break
		fi
		answer_requests
		sleep 0.2
	done
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

# Requests that only the outside can serve: a case leaves a file in its folder and waits for the answer.
answer_requests() {
	:
}
