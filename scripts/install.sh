#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# install.sh install|uninstall: what `make install` and `make uninstall` do. One list serves both.
#
# Folders come from the environment, as GNU names them: DESTDIR, prefix (/usr/local), sysconfdir (/etc) and those below. What
# has one place whatever the prefix, because others look for it there: /etc/sevault, and module sources in /usr/src.
# Nothing is built and nothing is loaded; as little is root's business as DESTDIR allows.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

prefix=${prefix:-/usr/local}
exec_prefix=${exec_prefix:-$prefix}
bindir=${bindir:-$exec_prefix/bin}
sbindir=${sbindir:-$exec_prefix/sbin}
libdir=${libdir:-$exec_prefix/lib}
mandir=${mandir:-$prefix/share/man}
sysconfdir=${sysconfdir:-/etc}
# systemd and udev look in both /usr/lib and /usr/local/lib.
unitdir=${unitdir:-$prefix/lib/systemd/system}
udevrulesdir=${udevrulesdir:-$prefix/lib/udev/rules.d}
srcdir=${srcdir:-/usr/src}
dest=${DESTDIR:-}

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

# fill FILE: the file with the folders put in, as a file of its own
fill() {
	sed -e "s|@sbindir@|$sbindir|; s|@sysconfdir@|$sysconfdir|; s|@version@|$version|; s|/usr/lib/sevault/|$libdir/sevault/|" \
		"$1" >"$made/$(basename "$1")"
	echo "$made/$(basename "$1")"
}

# put MODE SOURCE TARGET, as install does it; drop is its reverse
put() {
	install -D -m "$1" "$2" "$dest$3"
}

drop() {
	rm -f "$dest$3"
}

# The configuration is the user's: it is not overwritten, and it goes only if it was never changed.
put_config() {
	[ -e "$dest$2" ] || put 644 "$1" "$2"
}

drop_config() {
	! cmp -s "$1" "$dest$2" || rm -f "$dest$2"
}

put_empty() {
	:
}

drop_empty() {
	[ ! -d "$dest$1" ] || find "$dest$1" -depth -type d -empty -delete
}

# list WORD: WORD is put or drop
list() {
	local word=$1 path
	"$word" 755 build/sevault-vm "$sbindir/sevault-vm"
	"$word" 755 build/sevault-soft "$sbindir/sevault-soft"
	"$word" 755 build/sevault-measure "$bindir/sevault-measure"
	"$word" 644 build/vault/vault-plain.fd "$libdir/sevault/vault-plain.fd"
	"$word" 644 build/vault/vault-sev-es.fd "$libdir/sevault/vault-sev-es.fd"
	"$word" 644 docs/sevault-vm.8 "$mandir/man8/sevault-vm.8"
	"$word" 644 docs/sevault-soft.8 "$mandir/man8/sevault-soft.8"
	"$word" 644 docs/sevault-measure.1 "$mandir/man1/sevault-measure.1"
	"$word" 644 "$(fill host-ctl/sevault-vm@.service.in)" "$unitdir/sevault-vm@.service"
	"$word" 644 host-ctl/60-sevault.rules "$udevrulesdir/60-sevault.rules"
	"${word}_config" "$(fill host-ctl/vm.conf)" "$sysconfdir/sevault/vm.conf"
	# The module is built for each kernel: by dkms, or by hand as dkms.conf shows.
	"$word" 644 "$(fill host-kmod/dkms.conf)" "$sources/dkms.conf"
	while read -r path; do
		"$word" 644 "$path" "$sources/$path"
	done < <(module_sources)
	"${word}_empty" "$sources"
	"${word}_empty" "$libdir/sevault"
	"${word}_empty" "$sysconfdir/sevault"
}

module_sources() {
	{
		printf '%s\n' Kbuild LICENSE
		find host-kmod include/port/linux include/sevault -type f -name '*.[ch]'
	} | LC_ALL=C sort
}

cd "$SV_TOP"
word=${1:-}
case $word in
install) act=put ;;
uninstall) act=drop ;;
*) die "install or uninstall?" "use: make install, make uninstall" ;;
esac
for file in build/sevault-{vm,soft,measure} build/vault/vault-{plain,sev-es}.fd; do
	[ -e "$file" ] || die "$file is not built" "make image, and then again: make $word"
done
version=$(build/sevault-soft --version | cut -d' ' -f2)
sources=$srcdir/sevault-$version
list $act
