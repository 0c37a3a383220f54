# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# What make install puts where, and that make uninstall leaves nothing of it.

installed_files='644 etc/sevault/vm.conf
755 usr/local/bin/sevault-measure
644 usr/local/lib/sevault/vault-plain.fd
644 usr/local/lib/sevault/vault-sev-es.fd
644 usr/local/lib/systemd/system/sevault-vm@.service
644 usr/local/lib/udev/rules.d/60-sevault.rules
755 usr/local/sbin/sevault-soft
755 usr/local/sbin/sevault-vm
644 usr/local/share/man/man1/sevault-measure.1
644 usr/local/share/man/man8/sevault-soft.8
644 usr/local/share/man/man8/sevault-vm.8'

install_root=$SV_BUILD/check/install

# The module's sources are all that git has of them.
expected_files() {
	local name
	echo "$installed_files"
	echo "644 $1/dkms.conf"
	git ls-files --cached --others --exclude-standard --deduplicate -- Kbuild LICENSE 'host-kmod/*.[ch]' \
		'include/port/linux/*.h' 'include/sevault/*.h' | while read -r name; do
		echo "644 $1/$name"
	done
}

found_files() {
	(cd "$install_root" && find . ! -type d -printf '%m %P\n')
}

list_findings() {
	local sources
	sources=$(cd "$install_root" && echo usr/src/sevault-*)
	diff <(expected_files "$sources" | LC_ALL=C sort) <(found_files | LC_ALL=C sort) |
		sed -n 's/^< /scripts\/install.sh:1: not installed: /p; s/^> /scripts\/install.sh:1: not expected: /p' || true
	grep -rlE '@[a-z]+@' "$install_root/etc" "$install_root/usr/local/lib/systemd" "$install_root/$sources/dkms.conf" |
		sed 's/$/:1: a folder was not put in/' || true
}

# An edited configuration survives both; nothing else does.
uninstall_findings() {
	echo '# edited' >>"$install_root/etc/sevault/vm.conf"
	make install DESTDIR="$install_root"
	make uninstall DESTDIR="$install_root"
	[ "$(found_files)" = '644 etc/sevault/vm.conf' ] || echo "scripts/install.sh:1: uninstall leaves $(found_files)"
	tail -n 1 "$install_root/etc/sevault/vm.conf" | grep -x '# edited' >/dev/null ||
		echo "scripts/install.sh:1: an edited configuration is lost"
	make install DESTDIR="$install_root/new" prefix=/usr
	[ -e "$install_root/new/usr/sbin/sevault-vm" ] || echo "scripts/install.sh:1: prefix is not obeyed"
	make uninstall DESTDIR="$install_root/new" prefix=/usr
	find "$install_root/new" \( ! -type d -o -name '*sevault*' \) -printf 'scripts/install.sh:1: uninstall leaves %P\n'
}

# The sources that were installed are enough to build the module.
module_findings() {
	local tree sources folders
	tree=$("$SV_TOP/scripts/bench-root.sh" trixie)
	folders=("$tree"/usr/src/linux-headers-*-amd64)
	sources=$(cd "$install_root" && echo usr/src/sevault-*)
	in_tree "$tree" make -C "${folders[0]#"$tree"}" M="/build/check/install/$sources" -j"$SV_JOBS" modules \
		>"$SV_BUILD/check/install.build.log" 2>&1 ||
		echo "scripts/install.sh:1: the module's sources do not build: build/check/install.build.log"
	rm -rf "${install_root:?}/$sources"
}

# What systemd makes of the unit: at most 2.0 of exposure.
unit_findings() {
	local unit=$install_root/unit/sevault-vm@.service exposure
	command -v systemd-analyze >/dev/null || return 0
	mkdir -p "${unit%/*}"
	# The program is not here.
	sed 's|^ExecStart=.*|ExecStart=/bin/true|' "$install_root/usr/local/lib/systemd/system/sevault-vm@.service" >"$unit"
	exposure=$(systemd-analyze security --no-pager --offline=yes "$unit" 2>/dev/null |
		sed -n 's/.*Overall exposure level.*: \([0-9.]*\) .*/\1/p')
	awk -v e="${exposure:-10}" 'BEGIN { exit !(e <= 2.0) }' ||
		echo "host-ctl/sevault-vm@.service.in:1: exposure ${exposure:-unknown}, not at most 2.0"
	rm -rf "${unit%/*}"
}

check_install() {
	quiet_make -C guest-vault all soft && quiet_make -C host-ctl || return 1
	rm -rf "$install_root"
	make install DESTDIR="$install_root"
	{ list_findings; unit_findings; module_findings; make install DESTDIR="$install_root"; uninstall_findings; } 2>&1 |
		found "scripts/install.sh has the one list for both"
}
