# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# Debian packages and sources of any release through an apt state of our own, in the folder apt_dir, which the caller
# names. Sourced after scripts/lib.sh.
#
# apt resolves and downloads, dpkg-deb unpacks; no maintainer script runs. So none of it needs root, and the machine's
# package sources and package database are only read. apt checks the archive's signatures as always.

# shellcheck disable=SC2154
apt_keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# The machine's own mirror (main or security), so that a site's mirror or proxy is respected.
apt_mirror() {
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
		awk -v kind="$1" '
			$3 != "main" || $1 !~ /^(https?|file|copy|mirror(\+[a-z]+)?):/ { next }
			$2 ~ /^(bookworm|trixie|forky|sid|stable|oldstable|testing|unstable)$/ && kind == "main" && !found++ { print $1 }
			$2 ~ /-security$/ && kind == "security" && !found++ { print $1 }'
}

# apt_prepare SUITE [deb-src]: make the state and read the release's index; that of the source packages when asked for
apt_prepare() {
	local main security uri type
	[ -f "$apt_keyring" ] || die "$apt_keyring is missing: archive signatures cannot be checked" "scripts/setup.sh build"
	main=${SEVAULT_MIRROR:-$(apt_mirror main)}
	[ -n "$main" ] || die "no Debian mirror found in this machine's apt sources" \
		"set SEVAULT_MIRROR to the address of one, as in sources.list"
	security=$(apt_mirror security)
	mkdir -p "$apt_dir"/{state/lists/partial,cache/archives/partial}
	: >"$apt_dir/status"
	{
		echo "$main $1"
		[ "$1" = sid ] || [ -z "$security" ] || echo "$security $1-security"
	} | while read -r uri; do
		for type in deb ${2:-}; do echo "$type [signed-by=$apt_keyring] $uri main"; done
	done >"$apt_dir/sources.list"
	apt_private update
}

# Its status file says that nothing is installed: an install by it would overwrite the machine's own packages. Hence no
# program that could do so.
apt_private() {
	apt-get -q -y -o APT::Get::Download-Only=true -o Dir::Bin::dpkg=/bin/false \
		-o Dir::Etc::sourcelist="$apt_dir/sources.list" -o Dir::Etc::sourceparts=- \
		-o Dir::Etc::preferences=- -o Dir::Etc::preferencesparts=- \
		-o Dir::State="$apt_dir/state" -o Dir::State::status="$apt_dir/status" \
		-o Dir::Cache="$apt_dir/cache" -o APT::Architecture=amd64 -o APT::Architectures=amd64 \
		-o APT::Install-Recommends=0 -o APT::Sandbox::User= -o Acquire::Languages=none \
		-o Acquire::Retries=3 "$@"
}

# apt_fetch LIST: download the packages that the file LIST names and what they depend on
apt_fetch() {
	local packages
	mapfile -t packages < <(list_packages "$1")
	apt_private --download-only install "${packages[@]}"
}

# apt_unpack TREE: unpack all that was downloaded, and make up for what maintainer scripts would have done
apt_unpack() {
	local deb
	# base-files first: it brings the links of the merged /usr, which the others then follow.
	for deb in "$apt_dir"/cache/archives/base-files_*.deb "$apt_dir"/cache/archives/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" |
			tar -x -C "$1" --keep-directory-symlink --no-same-owner \
				--exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' --exclude='./usr/share/locale/*'
	done
	mkdir -p "$1"/{proc,sys,dev,run,tmp,root,etc,src,build,cache}
	chmod 1777 "$1/tmp"
	ln -sf mawk "$1/usr/bin/awk"
	[ -e "$1/usr/bin/cc" ] || ln -s gcc "$1/usr/bin/cc"
	echo 'root:x:0:0:root:/root:/bin/bash' >"$1/etc/passwd"
	echo 'root:x:0:' >"$1/etc/group"
}

# apt_source PACKAGE DIR: the files of the newest source package in DIR; apt checks them against the signed index
apt_source() {
	mkdir -p "$2"
	(cd "$2" && apt_private source --download-only "$1")
}
