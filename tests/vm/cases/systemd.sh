# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: a host with systemd and a volume in crypttab and fstab: mounted at boot, and at shutdown closed before the vault ends
# boot: systemd.default_device_timeout_sec=400 systemd.journald.forward_to_console=1
# kernel: stock
# mode: plain
# timeout: 600
# Three phases: before systemd, as its last unit, and after it has shut down (tests/vm/exitrd).
. /sv/tests/luks.sh

# The volume is made with the process form of the vault, which is quicker.
make_volume() {
	local dev
	modprobe -a dm_crypt ext4
	vault_up soft
	dev=$(disk 0)
	luks_format "$dev" 4096
	luks_open "$dev" v
	mkfs.ext4 -q /dev/mapper/v
	cryptsetup close v
	end_vault TERM
	rmmod sevault
	install -m 600 /tmp/passphrase /etc/secret.key
}

# What an administrator types after make install.
set_up_host() {
	cp -rT --preserve=mode /sv/root /
	own_qemu
	echo 'sevault:x:992:992:sevault:/:/bin/sh' >>/etc/passwd
	echo 'sevault:x:992:' >>/etc/group
	# In the place of dkms: the module as it was built for this kernel.
	mkdir -p /etc/modprobe.d
	echo "install sevault insmod /sv/sevault.ko import=1" >/etc/modprobe.d/sevault.conf
	echo 'secret /dev/disk/by-id/virtio-scratch0 /etc/secret.key luks' >/etc/crypttab
	echo '/dev/mapper/secret /secret ext4 defaults 0 2' >/etc/fstab
	mkdir -p /secret
	systemctl enable sevault-vm@vm
}

# The last unit of the boot is this case; it, or a boot that does not get there, shuts the machine down.
set_up_case() {
	local units=/etc/systemd/system name
	cat >$units/sv-case.service <<-END
		[Unit]
		RequiresMountsFor=/secret
		After=basic.target
		SuccessAction=poweroff
		FailureAction=poweroff
		[Service]
		Type=oneshot
		Environment=PHASE=during
		ExecStart=/bin/bash /sv/tests/run-case.sh systemd $OUT
		StandardOutput=append:$OUT/log
		StandardError=append:$OUT/log
	END
	cat >$units/sv-case.target <<-END
		[Unit]
		Wants=basic.target sv-case.service
		After=basic.target sv-case.service
		JobTimeoutSec=400
		JobTimeoutAction=poweroff
	END
	ln -sf sv-case.target $units/default.target
	# Not needed here, and slow under emulation
	for name in ldconfig systemd-{hwdb-update,journal-catalog-update,firstboot,binfmt,update-done}; do
		ln -sf /dev/null "$units/$name.service"
	done
	mkdir -p $units/systemd-udev-trigger.service.d
	cat >$units/systemd-udev-trigger.service.d/few.conf <<-END
		[Service]
		ExecStart=
		ExecStart=-udevadm trigger --type=all --action=add --subsystem-match=block --subsystem-match=misc
	END
	tr -d - </proc/sys/kernel/random/uuid >/etc/machine-id
}

before() {
	make_volume
	set_up_host
	set_up_case
	dmesg >"$OUT/dmesg-before"
	dmesg -C
	touch /run/wants-systemd
}

during() {
	local name
	note "systemd is there at $(cut -d' ' -f1 /proc/uptime) s"
	need "the volume is not mounted" mountpoint -q /secret
	need "the volume does not go through the vault" grep -q " crypt $LUKS_CIPHER " <(dmsetup table secret)
	need "the unit is not active" systemctl -q is-active sevault-vm@vm
	systemctl status --no-pager sevault-vm@vm || true
	for name in 1 2 3 4; do
		dd if=/dev/urandom of=/secret/new$name bs=64k count=8 status=none
	done
	(cd /secret && sha256sum new*) >"$OUT/sums"
	systemctl show -p MainPID --value sevault-vm@vm >"$OUT/vault.pid"
	journalctl --no-pager -o short-monotonic >"$OUT/journal"
}

after() {
	local dev
	cat /run/at-the-end
	cp "$OUT/vault.pid" /run/ 2>/dev/null || true
	journalctl --no-pager -o short-monotonic -D /run/log/journal >"$OUT/journal" || true
	need "the host did not boot with the volume mounted: $OUT/journal" test -s "$OUT/sums"
	refuse "a volume is open after shutdown" grep '^volume' /run/at-the-end
	need "the vault did not outlive the volume" grep -q '^vault [0-9]' /run/at-the-end
	dmesg >"$OUT/dmesg-during"
	refuse "the kernel lost something" grep -E 'I/O error|EXT4-fs (error|warning)|lost|is gone' "$OUT/dmesg-during"
	end_vault TERM
	dev=$(find_disk 0)
	cp /etc/secret.key /tmp/passphrase
	kernel_open "$dev" k 4096
	e2fsck -fn /dev/mapper/k >"$OUT/e2fsck" || fail "the file system is damaged: $(tail -n 2 "$OUT/e2fsck" | tr '\n' ' ')"
	mount -o ro /dev/mapper/k /mnt
	(cd /mnt && sha256sum --quiet -c "$OUT/sums") || fail "what was written before the shutdown is lost"
	umount /mnt
	ok "booted, wrote and shut down with systemd $(systemctl --version | awk 'NR == 1 { print $2 }'); all is on the disk"
}

"$PHASE"
