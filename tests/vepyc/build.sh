#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# build.sh: build the virtual EPYC once and print the folder with qemu-system-x86_64 and OVMF.fd
#
# QEMU's source, the tools that compile it and OVMF are Debian 13's, through an apt state of our own. Nothing is taken
# from the network after that. The result is cached, keyed by patches, sources, package list and these scripts; a newer
# QEMU in Debian's archive is taken when one of them changes, or with --fresh.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../scripts/lib.sh"
# shellcheck source=tests/vepyc/debian.sh
. "$(dirname "$0")/debian.sh"
here=$SV_TOP/tests/vepyc

key=$(hash_of "$here"/{build.sh,debian.sh,build.list} "$here"/src/* "$here"/patches/*.patch)
out=$SV_CACHE/vepyc-$key
work=$out.tmp
log=$SV_CACHE/log/vepyc
[ "${1:-}" != --fresh ] || rm -rf "$out"
[ -f "$keyring" ] || die "$keyring is missing: archive signatures cannot be checked" "scripts/setup.sh"

configure_args=(
	--target-list=x86_64-softmmu --without-default-features --enable-tcg --disable-kvm --enable-system
	--disable-user --disable-tools --disable-docs --disable-guest-agent --enable-virtfs --enable-attr
	--enable-fdt=system --enable-nettle --disable-install-blobs --disable-werror
)

# The patches that Debian ships with the source are applied by dpkg-source, ours on top.
unpack_source() {
	local dsc patch
	dsc=$(cd "$work/dl" && ls qemu_10.0.*.dsc)
	cp -r "$work/dl" "$work/tree/build/dl"
	in_build_tree dpkg-source --no-check -x "/build/dl/$dsc" /build/qemu
	for patch in "$here"/patches/*.patch; do
		echo "applying ${patch##*/}"
		in_build_tree patch -d /build/qemu -p1 -F0 --no-backup-if-mismatch <"$patch"
	done
	mkdir "$work/tree/build/qemu/target/i386/vepyc" 2>/dev/null || true
	cp "$here"/src/* "$work/tree/build/qemu/target/i386/vepyc/"
}

# A chroot into the tree of build tools, with /proc and /dev of the machine.
in_build_tree() {
	local map=()
	[ "$(id -u)" = 0 ] || map=(--map-root-user)
	# shellcheck disable=SC2016
	unshare "${map[@]}" --mount --propagation private bash -c '
		set -e
		tree=$1
		shift
		mount --rbind /proc "$tree/proc"
		mount --rbind /dev "$tree/dev"
		exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C TERM=dumb chroot "$tree" "$@"
	' in_build_tree "$work/tree" "$@"
}

configure() {
	in_build_tree bash -c 'mkdir -p /build/qemu/out && cd /build/qemu/out && ../configure "$@"' configure \
		"${configure_args[@]}"
}

compile() {
	in_build_tree ninja -C /build/qemu/out "-j$SV_JOBS" qemu-system-x86_64
}

firmware() {
	(cd "$work" && apt_private download ovmf && dpkg-deb -x ovmf_*.deb ovmf)
	cp "$work/ovmf/usr/share/ovmf/OVMF.fd" "$work/result/"
}

build() {
	rm -rf "$work"
	mkdir -p "$work/tree" "$work/result"
	run_logged "$log-index.log" "reading the package index of Debian 13 (private apt state, signatures checked)" \
		apt_prepare "$work/apt"
	apt_dir=$work/apt
	run_logged "$log-source.log" "downloading QEMU's source" apt_source qemu "$work/dl"
	run_logged "$log-tools.log" "downloading and unpacking the tools that compile it" \
		apt_tree "$here/build.list" "$work/tree"
	run_logged "$log-ovmf.log" "downloading OVMF" firmware
	run_logged "$log-patch.log" "unpacking and patching QEMU" unpack_source
	run_logged "$log-configure.log" "configuring QEMU" configure
	run_logged "$log-compile.log" "compiling QEMU with emulated SEV (-j$SV_JOBS)" compile
	cp "$work/tree/build/qemu/out/qemu-system-x86_64" "$work/result/"
	strip "$work/result/qemu-system-x86_64"
	mv "$work/result" "$out"
	rm -rf "$work"
	say "the virtual EPYC is ready (emulated): $out"
}

take_lock "$SV_CACHE/vepyc.lock" "the build of the virtual EPYC"
[ -x "$out/qemu-system-x86_64" ] || build
echo "$out"
