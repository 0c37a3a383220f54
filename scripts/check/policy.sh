# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# House rules that need no tool: licences, includes, no conditional code, layout.

# The licence that a file must carry: see LICENSE.
licence_of() {
	case $1 in
	host-kmod/ring/*) echo 'GPL-2.0 OR MIT' ;;
	host-kmod/* | Kbuild) echo 'GPL-2.0' ;;
	*) echo 'GPL-2.0 OR MIT' ;;
	esac
}

# Files that take a licence line: sources of any kind, not documents and not data.
licensed_files() {
	files '*.c' '*.h' '*.S' '*.lds' '*.sh' '*.service' '*.conf' '*.cfg' '*.py' '*.mk' Makefile '*/Makefile' \
		Kbuild '*/Kbuild' '*Kconfig' '*.config' '.ci/run' 'host-ctl/sevault-vm' 'docs/*.[1-8]'
}

spdx_findings() {
	local name line want
	licensed_files | while read -r name; do
		want="SPDX-License-Identifier: $(licence_of "$name")"
		line=$(sed -n '1,2{/SPDX-License-Identifier/p}' "$name" | head -n 1)
		line=${line%% \*/}
		[ "${line#"${line%%SPDX*}"}" = "$want" ] ||
			echo "$name:1: expected '$want', found '${line:-nothing}'"
	done
}

check_spdx() {
	spdx_findings | found "put the licence line first (after #! in scripts); which one: LICENSE"
}

# include_rule FILE: an extended expression of what it may include, nothing when it has no rule
include_rule() {
	local own='"[a-z0-9_]+\.h"' port='<port\.h>' sev='<sevault/(wire|vring|shm|image|secret)\.h>'
	local kernel='<(linux|crypto|asm|uapi|trace)/[a-z0-9_/-]+\.h>'
	case $1 in
	include/port/linux/*) echo '<(linux|asm)/[a-z0-9_/-]+\.h>' ;;
	include/port/bare/*) echo '<std(bool|def|int|arg)\.h>' ;;
	include/sevault/shm.h | include/sevault/vring.h) echo "$port" ;;
	include/sevault/death.h | include/sevault/vhost.h) echo '-' ;;
	include/sevault/image.h | include/sevault/secret.h) echo "$port" ;;
	include/sevault/wire.h) echo "$port|<sevault/(vring|shm)\.h>" ;;
	# The vector engines, and nobody else, see the compiler's intrinsics.
	guest-vault/core/crypto/x86/*) echo "\"(\.\./)?[a-z0-9_]+\.h\"|<[a-z]*mmintrin\.h>" ;;
	# Of the service it knows the numbers of algorithms and of refusals.
	guest-vault/core/crypto/*) echo "$port|<sevault/wire\.h>|$own" ;;
	guest-vault/core/*) echo "$port|$sev|$own|\"crypto/[a-z0-9_]+\.h\"" ;;
	guest-vault/plat/*) echo "$port|<(io|console|mach|vmgexit)\.h>|<mach_reset\.S>|<sevault/(death|image|shm|vring)\.h>|$own|\"\.\./(layout|die)\.h\"" ;;
	guest-vault/main.c) echo "$port|$sev|<(console|mach)\.h>|\"(core|core/crypto|plat)/[a-z0-9_]+\.h\"" ;;
	# What lies below a folder of the module, and the parameters, which all share.
	host-kmod/ring/*) echo "$port|$sev|\"ring/[a-z0-9_]+\.h\"" ;;
	host-kmod/vault/*) echo "$kernel|$port|$sev|\"(params|compat|complain|(ring|vault)/[a-z0-9_]+)\.h\"" ;;
	host-kmod/crypto/*) echo "$kernel|$port|$sev|\"(params|compat|complain|(vault|crypto)/[a-z0-9_]+)\.h\"" ;;
	host-kmod/vhost/*) echo "$kernel|$port|$sev|<sevault/vhost\.h>|\"(params|compat|complain|(ring|vault|vhost)/[a-z0-9_]+)\.h\"" ;;
	host-kmod/tests/*) echo "$kernel|<kunit/[a-z-]+\.h>|$port|$sev|\"([a-z]+/)?[a-z0-9_]+\.[ch]\"" ;;
	host-kmod/*) echo "$kernel|$port|$sev|\"([a-z]+/)?[a-z0-9_]+\.h\"" ;;
	esac
}

include_findings() {
	local name rule
	files '*.c' '*.h' '*.S' '*.lds' | while read -r name; do
		rule=$(include_rule "$name")
		[ -n "$rule" ] || continue
		look -nE '^[[:space:]]*#[[:space:]]*include' "$name" |
			look -vE "include[[:space:]]+($rule)([[:space:]]|$)" | sed "s|^|$name:|"
	done
}

check_includes() {
	include_findings | found "docs/architecture.md says which folder may include what"
}

check_noifdef() {
	files '*.c' | scan '^[[:space:]]*#[[:space:]]*(if|ifdef|ifndef|elif|else)\b' |
		found "choose by object file, by include path, or by an inline stub in a header"
}

style_sources() {
	files '*.c' '*.h' '*.S' '*.lds' '*.sh' Makefile '*/Makefile' Kbuild '.ci/run' 'host-ctl/*'
}

style_blank() {
	{ style_sources; files '*.md' '*.cfg' '*.config'; } | scan '[[:space:]]+$' |
		sed 's/$/<- blank at the end/'
}

# too_wide LIMIT: of the files on standard input. A message is not broken, so that it can be searched for.
too_wide() {
	local name
	while read -r name; do
		expand -t 8 "$name" |
			awk -v f="$name" -v w="$1" 'length($0) > w && !/"/ { print f ":" NR ": " length($0) " columns, not " w }'
	done
}

style_width() {
	files '*.c' '*.h' '*.S' | too_wide 100
	files '*.lds' '*.sh' Makefile '*/Makefile' Kbuild '.ci/run' 'host-ctl/*' | too_wide 132
}

style_length() {
	local name lines limit
	style_sources | while read -r name; do
		lines=$(wc -l <"$name")
		# Tests are tables, read row by row.
		case $name in */tests/* | tests/*) limit=750 ;; *) limit=500 ;; esac
		[ "$lines" -le $limit ] || echo "$name:$lines: more than $limit lines: split it by duty"
	done
}

style_words() {
	files '*.c' '*.h' | look -v '^include/port/' |
		scan '^typedef |\b(TODO|FIXME|XXX|HACK)\b|/\*{4,}|[*=]{8,}|^//.*-{8,}' |
		sed 's/$/ <- no typedef, no banner, no note to self/'
}

style_spaces() {
	files '*.c' '*.h' | scan '^ {8,}' | sed 's/$/ <- indent with tabs/'
}

style_final_newline() {
	local name
	style_sources | while read -r name; do
		[ -z "$(tail -c 1 "$name")" ] || echo "$name:$(wc -l <"$name"): no newline at the end"
	done
}

check_style() {
	{ style_blank; style_width; style_length; style_words; style_spaces; style_final_newline; } 2>&1 |
		found "fix by hand; editors read .editorconfig and .clang-format"
}

# A registry, a mirror or a path of somebody's machine has no place in the product.
check_hostnames() {
	local words='https?://[a-z0-9.-]*(mirror|registry|artifact|proxy|internal|nexus)[a-z0-9.-]*'
	words+='|\.internal\b|\.corp\b|metadata\.google|/home/[a-z]+/|/root/\.|/work/(main|shared|team)'
	words+='|\b(10\.[0-9]{1,3}|192\.168|172\.(1[6-9]|2[0-9]|3[01]))(\.[0-9]{1,3}){2}\b'
	files . | look -vE '^scripts/check/(policy|seeds)\.sh$' | scan "$words" |
		found "name the distribution's own host or take the machine's configuration"
}
