#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# bench-root.sh [trixie|sid]: make the tree of that Debian release in the cache, print its path.
#
# apt resolves and downloads with a configuration, a package state and a cache of its own, and dpkg-deb unpacks;
# no maintainer script runs. So it needs neither root nor a bootstrap tool, and the machine's
# package sources and package database are only read. apt checks the archive's signatures as always.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

suite=${1:-trixie}
list=$SV_TOP/scripts/bench-$suite.list
[ -f "$list" ] || die "no package list for '$suite'" "use: $0 trixie|sid"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -f "$keyring" ] || die "$keyring is missing: archive signatures cannot be checked" "scripts/setup.sh"

key=$(hash_of "$list" "$SV_TOP/scripts/bench-root.sh")
root=$SV_CACHE/root-$suite-$key
work=$root.tmp

# The machine's own mirror, from the machine's own sources: "main" first, then "security" if there is one.
machine_mirror() {
	apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
		awk -v kind="$1" '
			$3 != "main" || $1 !~ /^(https?|file|copy):/ { next }
			$2 ~ /^(bookworm|trixie|forky|sid|stable|oldstable|testing|unstable)$/ && kind == "main" && !found++ { print $1 }
			$2 ~ /-security$/ && kind == "security" && !found++ { print $1 }'
}

write_sources() {
	local main security
	main=${SEVAULT_MIRROR:-$(machine_mirror main)}
	security=$(machine_mirror security)
	[ -n "$main" ] || die "no Debian mirror found in this machine's apt sources" \
		"set SEVAULT_MIRROR to the address of one, as in sources.list"
	echo "deb [signed-by=$keyring] $main $suite main"
	[ "$suite" = sid ] || [ -z "$security" ] ||
		echo "deb [signed-by=$keyring] $security $suite-security main"
}

private_apt() {
	apt-get -q -y -o Dir::Etc::sourcelist="$work.apt/sources.list" -o Dir::Etc::sourceparts=- \
		-o Dir::Etc::preferences=- -o Dir::Etc::preferencesparts=- \
		-o Dir::State="$work.apt/state" -o Dir::State::status="$work.apt/status" \
		-o Dir::Cache="$work.apt/cache" -o APT::Architecture=amd64 -o APT::Architectures=amd64 \
		-o APT::Install-Recommends=0 -o APT::Sandbox::User= -o Acquire::Languages=none \
		-o Acquire::Retries=3 "$@"
}

unpack_all() {
	local deb
	# base-files first: it brings the links of the merged /usr, which the others then follow.
	for deb in "$work.apt"/cache/archives/base-files_*.deb "$work.apt"/cache/archives/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" |
			tar -x -C "$work" --keep-directory-symlink --no-same-owner \
				--exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' --exclude='./usr/share/locale/*'
	done
}

# What maintainer scripts would have left behind, as far as anything here needs it.
finish_tree() {
	local name
	mkdir -p "$work"/{proc,sys,dev,run,tmp,root,etc,src,build,cache,sv,out}
	chmod 1777 "$work/tmp"
	ln -sf mawk "$work/usr/bin/awk"
	[ -e "$work/usr/bin/cc" ] || ln -s gcc "$work/usr/bin/cc"
	echo 'root:x:0:0:root:/root:/bin/bash' >"$work/etc/passwd"
	printf 'root:x:0:\nkvm:x:994:\n' >"$work/etc/group"
	# The unprivileged user that the vault's QEMU runs as in the cases.
	echo 'vault:x:993:993:vault:/:/bin/sh' >>"$work/etc/passwd"
	printf 'nogroup:x:65534:\nvault:x:993:\n' >>"$work/etc/group"
	: >"$work/etc/fstab"
	for name in "$work"/lib/modules/*; do
		[ ! -d "$name/kernel" ] || tree_exec "$work" /usr/sbin/depmod -b "$work" "$(basename "$name")"
	done
}

build() {
	[ ! -d "$root" ] || return 0
	rm -rf "$work" "$work.apt"
	mkdir -p "$work" "$work.apt"/state/lists/partial "$work.apt"/cache/archives/partial
	: >"$work.apt/status"
	write_sources >"$work.apt/sources.list"
	local log=$SV_CACHE/log/root-$suite
	run_logged "$log-index.log" "reading the package index of Debian $suite (private apt state, signatures checked)" \
		private_apt update
	mapfile -t packages < <(list_packages "$list")
	run_logged "$log-download.log" "downloading the packages of the $suite tree" \
		private_apt --download-only install "${packages[@]}"
	run_logged "$log-unpack.log" "unpacking $(du -sh "$work.apt/cache/archives" | cut -f1) of packages" unpack_all
	run_logged "$log-finish.log" "finishing the $suite tree" finish_tree
	rm -rf "$work.apt"
	mv "$work" "$root"
	say "the $suite tree is ready: $(du -sh "$root" | cut -f1) in $root"
}

take_lock "$SV_CACHE/root-$suite.lock" "the $suite tree"
build
echo "$root"
