#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# build.sh: build the virtual EPYC once and print the folder with qemu-system-x86_64 and OVMF.fd
#
# QEMU's source, the tools that compile it and OVMF are Debian 13's, through scripts/apt.sh. Nothing is taken from the
# network after that. The result is cached, keyed by patches, sources, package list and these scripts; a newer
# QEMU in Debian's archive is taken when one of them changes, or with --fresh.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../scripts/lib.sh"
# shellcheck source=scripts/apt.sh
. "$SV_TOP/scripts/apt.sh"
here=$SV_TOP/tests/vepyc

key=$(hash_of "$SV_TOP/scripts/apt.sh" "$here"/{build.sh,build.list} "$here"/src/* "$here"/patches/*.patch)
out=$SV_CACHE/vepyc-$key
work=$out.tmp
log=$SV_CACHE/log/vepyc
[ "${1:-}" != --fresh ] || rm -rf "$out"

configure_args=(
	--target-list=x86_64-softmmu --without-default-features --enable-tcg --disable-kvm --enable-system
	--disable-user --disable-tools --disable-docs --disable-guest-agent --enable-virtfs --enable-attr
	--enable-fdt=system --enable-nettle --disable-install-blobs --disable-werror
)

# The patches that Debian ships with the source are applied by dpkg-source, ours on top.
unpack_source() {
	local dsc patch
	dsc=$(cd "$work/dl" && ls qemu_10.0.*.dsc)
	cp -r "$work/dl" "$work/tree/root/dl"
	in_tree "$work/tree" dpkg-source --no-check -x "/root/dl/$dsc" /root/qemu
	for patch in "$here"/patches/*.patch; do
		echo "applying ${patch##*/}"
		in_tree "$work/tree" patch -d /root/qemu -p1 -F0 --no-backup-if-mismatch <"$patch"
	done
	mkdir "$work/tree/root/qemu/target/i386/vepyc" 2>/dev/null || true
	cp "$here"/src/* "$work/tree/root/qemu/target/i386/vepyc/"
}

build_tree() {
	apt_fetch "$here/build.list"
	apt_unpack "$work/tree"
	# pip, which QEMU's configure makes its Python environment with, wants a bundle to exist.
	mkdir -p "$work/tree/etc/ssl/certs"
	cat "$work"/tree/usr/share/ca-certificates/mozilla/*.crt >"$work/tree/etc/ssl/certs/ca-certificates.crt"
}

configure() {
	in_tree "$work/tree" bash -c 'mkdir -p /root/qemu/out && cd /root/qemu/out && ../configure "$@"' configure \
		"${configure_args[@]}"
}

compile() {
	in_tree "$work/tree" ninja -C /root/qemu/out "-j$SV_JOBS" qemu-system-x86_64
}

firmware() {
	(cd "$work" && apt_private download ovmf && dpkg-deb -x ovmf_*.deb ovmf)
	cp "$work/ovmf/usr/share/ovmf/OVMF.fd" "$work/result/"
}

build() {
	rm -rf "$work"
	mkdir -p "$work/tree" "$work/result"
	apt_dir=$work/apt
	run_logged "$log-index.log" "reading the package index of Debian 13 (private apt state, signatures checked)" \
		apt_prepare trixie deb-src
	run_logged "$log-source.log" "downloading QEMU's source" apt_source qemu "$work/dl"
	run_logged "$log-tools.log" "downloading and unpacking the tools that compile it" build_tree
	run_logged "$log-ovmf.log" "downloading OVMF" firmware
	run_logged "$log-patch.log" "unpacking and patching QEMU" unpack_source
	run_logged "$log-configure.log" "configuring QEMU" configure
	run_logged "$log-compile.log" "compiling QEMU with emulated SEV (-j$SV_JOBS)" compile
	cp "$work/tree/root/qemu/out/qemu-system-x86_64" "$work/result/"
	strip "$work/result/qemu-system-x86_64"
	mv "$work/result" "$out"
	rm -rf "$work"
	say "the virtual EPYC is ready (emulated): $out"
}

take_lock "$SV_CACHE/vepyc.lock" "the build of the virtual EPYC"
[ -x "$out/qemu-system-x86_64" ] || build
echo "$out"
