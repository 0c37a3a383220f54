# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# Debian packages and sources for the virtual EPYC, through an apt state of its own; sourced by build.sh after
# scripts/lib.sh. Nothing of the machine's apt configuration is written and apt checks all signatures.

keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# The machine's own mirror, so that a site's mirror or proxy is respected.
machine_mirror() {
	apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
		awk -v kind="$1" '
			$3 != "main" || $1 !~ /^(https?|file|copy):/ { next }
			kind == "main" && $2 !~ /-/ && !found++ { print $1 }
			kind == "security" && $2 ~ /-security$/ && !found++ { print $1 }'
}

# apt_prepare DIR: an apt state for Debian 13 in DIR, with its index read
apt_prepare() {
	local mirror security uri
	apt_dir=$1
	mirror=${SEVAULT_MIRROR:-$(machine_mirror main)}
	security=$(machine_mirror security)
	[ -n "$mirror" ] || die "no Debian mirror found in this machine's apt sources" \
		"set SEVAULT_MIRROR to the address of one, as in sources.list"
	mkdir -p "$apt_dir"/{state/lists/partial,cache/archives/partial}
	: >"$apt_dir/status"
	for uri in "$mirror trixie" ${security:+"$security trixie-security"}; do
		echo "deb [signed-by=$keyring] $uri main"
		echo "deb-src [signed-by=$keyring] $uri main"
	done >"$apt_dir/sources.list"
	apt_private update
}

apt_private() {
	apt-get -q -y -o Dir::Etc::sourcelist="$apt_dir/sources.list" -o Dir::Etc::sourceparts=- \
		-o Dir::Etc::preferences=- -o Dir::Etc::preferencesparts=- \
		-o Dir::State="$apt_dir/state" -o Dir::State::status="$apt_dir/status" \
		-o Dir::Cache="$apt_dir/cache" -o APT::Architecture=amd64 -o APT::Architectures=amd64 \
		-o APT::Install-Recommends=0 -o APT::Sandbox::User= -o Acquire::Languages=none \
		-o Acquire::Retries=3 "$@"
}

# apt_tree LIST TREE: unpack the packages of LIST and what they depend on into TREE; no maintainer script runs
apt_tree() {
	local deb packages
	mapfile -t packages < <(list_packages "$1")
	apt_private --download-only install "${packages[@]}"
	# base-files first: it brings the links of the merged /usr, which the others then follow.
	for deb in "$apt_dir"/cache/archives/base-files_*.deb "$apt_dir"/cache/archives/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" |
			tar -x -C "$2" --keep-directory-symlink --no-same-owner \
				--exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' --exclude='./usr/share/locale/*'
	done
	mkdir -p "$2"/{proc,sys,dev,run,tmp,root,src,build,cache}
	ln -sf mawk "$2/usr/bin/awk"
	[ -e "$2/usr/bin/cc" ] || ln -s gcc "$2/usr/bin/cc"
	echo 'root:x:0:0:root:/root:/bin/bash' >"$2/etc/passwd"
	echo 'root:x:0:' >"$2/etc/group"
	# pip, which QEMU's configure makes its Python environment with, wants a bundle to exist.
	mkdir -p "$2/etc/ssl/certs"
	cat "$2"/usr/share/ca-certificates/mozilla/*.crt >"$2/etc/ssl/certs/ca-certificates.crt"
}

# apt_source PACKAGE DIR: the files of the newest source package in DIR; apt checks them against the signed index
apt_source() {
	mkdir -p "$2"
	(cd "$2" && apt_private source --download-only "$1")
}
