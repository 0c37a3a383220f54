# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# Documents and scripts: links, names, man pages, spelling, shell.

link_findings() {
	local doc line target
	files '*.md' | while read -r doc; do
		look -noE '\]\([^)#: ]+' "$doc" | while IFS= read -r line; do
			target=${line#*](}
			[ -e "$(dirname "$doc")/$target" ] || echo "$doc:${line%%:*}: link to '$target' leads nowhere"
		done
	done
}

check_links() {
	link_findings | found "correct the path, relative to the document"
}

# Words in backquotes that look like one of our files or functions.
named_words() {
	look -noE '`[^` ]+`' "$1" | tr -d '`'
}

name_findings() {
	local doc number word
	files '*.md' | while read -r doc; do
		named_words "$doc" | while IFS=: read -r number word; do
			name_exists "$word" || echo "$doc:$number: '$word' is not in the tree"
		done
		look -noE '\bmake [a-z][a-z-]+' "$doc" | while IFS=: read -r number word; do
			make_target_exists "${word#make }" || echo "$doc:$number: no target for '$word'"
		done
	done
}

name_exists() {
	local word=${1%()}
	[ "$word" = "$1" ] || { git grep --untracked -qE "\b$word\(" -- '*.c' '*.h' '*.sh'; return; }
	case $word in
	build/* | /* | *NAME*) return 0 ;;
	*[*\<\>\{\}\$]*) return 0 ;;
	sv_* | SV_*) git grep --untracked -qwF "${word%%=*}" -- ':!*.md' ':!scripts/check' ;;
	guest-vault/* | host-kmod/* | host-ctl/* | include/* | tests/* | scripts/* | docs/* | .ci/*)
		[ -e "${word%%:*}" ] ;;
	*.c | *.h | *.S | *.lds | *.sh) [ -n "$(files "*/$word" "$word")" ] ;;
	esac
}

# Prose also says "make sure": only names that a Makefile knows or ought to know are looked at.
make_target_exists() {
	case $1 in
	a | an | it | its | the | sure | this | that | no | one | up | every | any | them) return 0 ;;
	esac
	grep -qE "^[a-z. -]*\b$1\b[a-z. -]*:" Makefile
}

check_names() {
	name_findings | found "documents speak of the code as it is: correct the name"
}

# The messages of the table for users: `text` in its first column.
documented_messages() {
	sed -n '/^| What you see/,/^$/s/^| *\([^|]*\)|.*/\1/p' docs/troubleshooting.md | look -oE '`[^`]+`' | tr -d '`'
}

# The third word of a row that expects a message.
expected_messages() {
	sed -nE "s/^\t?(says|others_say|logged) \"[^\"]*\" ['\"](.*)['\"]( .*|\$)/\2/p" tests/vm/cases/bad-input.sh |
		sed -E "s/['\"] .*//"
}

message_findings() {
	local message
	documented_messages | while IFS= read -r message; do
		grep -rqF -e "'$message'" -e "\"$message\"" tests/vm scripts/check ||
			echo "docs/troubleshooting.md:1: no case expects '$message'"
	done
	expected_messages | while IFS= read -r message; do
		documented_messages | grep -xF -e "$message" >/dev/null ||
			echo "tests/vm/cases/bad-input.sh:1: '$message' is not in docs/troubleshooting.md"
	done
}

# The cases expect of the programs what the document promises: the same words in both, '..' for what varies.
check_messages() {
	message_findings | found "the table of docs/troubleshooting.md and the cases say the same"
}

# The commands that users run, each with the section of its man page; each answers --help.
commands='sevault-vm:8 sevault-soft:8'

manpage_findings() {
	local entry page
	for entry in $commands; do
		page=docs/${entry%:*}.${entry#*:}
		[ -e "$page" ] || echo "$page:1: the man page is missing"
	done
	# Style advice is not an error; warnings are, except that pages carry no dates.
	files 'docs/*.[1-8]' | { xargs -r mandoc -Tlint -W warning || [ $? -ge 123 ]; } | look -v 'missing date'
}

# Every long option of --help is explained in the man page.
help_findings() {
	local entry page name option
	quiet_make -C host-ctl && quiet_make -C guest-vault soft || return 0
	for entry in $commands; do
		name=build/${entry%:*}
		page=docs/${entry%:*}.${entry#*:}
		"$name" --help >"$SV_BUILD/check/help" || echo "$name --help fails"
		[ -e "$page" ] || continue
		grep -oE -e '--[a-z][a-z-]+' "$SV_BUILD/check/help" | sort -u | while read -r option; do
			sed 's/\\-/-/g; s/Fl -/--/g' "$page" | grep -wF -e "$option" >/dev/null ||
				echo "$page:1: $option is not explained"
		done
	done
}

check_manpages() {
	need mandoc mandoc
	{ manpage_findings; help_findings; } 2>&1 | found "mandoc -Tlint FILE explains; see mdoc(7)"
}

check_codespell() {
	need codespell codespell
	files . | grep -vE '^(LICENSE|tests/data/)' |
		xargs codespell --quiet-level=2 --ignore-words-list=ist,inout,ot,te,nd,ser,clen,crypted,exept,sme |
		found "correct it, or add the word to the list in scripts/check/text.sh"
}

# Scripts that run; those that are only sourced are read with them.
shell_scripts() {
	local name
	files '*.sh' '.ci/run' 'host-ctl/*' 'tests/vm/*' 'tests/kunit/*' 'scripts/*' | sort -u |
		while read -r name; do
			! head -n 1 "$name" | grep -E '^#!.*\b(ba)?sh\b' >/dev/null || echo "$name"
		done
}

# With pipefail, a writer whose reader has seen enough fails now and then.
hasty_pipes() {
	files '*.sh' '.ci/run' | scan '\| *(grep|look) -[a-zA-Z]*q' | look -v 'sh -c' |
		sed 's|$| <- grep -q ends before its input does: write >/dev/null instead|'
}

check_shellcheck() {
	need shellcheck shellcheck
	{ shellcheck_findings; hasty_pipes; } | found "https://www.shellcheck.net/wiki/SCnnnn explains each"
}

shellcheck_findings() {
	# SC2016: awk and grep programs. SC2046, SC2086: lists are split on purpose. SC1091: files made at run time.
	# SC2015: a && b || die. SC2187: busybox's shell. SC2034 is wrong about what a sourced file sets.
	shell_scripts | { xargs shellcheck -x -a --source-path=SCRIPTDIR --source-path="$SV_TOP" --format=gcc \
		--severity=style --exclude=SC1091,SC2016,SC2015,SC2046,SC2086,SC2187 || [ $? = 123 ]; } | sort -u |
		look -v '/lib\.sh:.*\[SC2034\]'
}
