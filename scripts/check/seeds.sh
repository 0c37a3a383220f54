# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# Do the checks find anything? In a clone, one violation for each, which must make it fail.

# A file of the image that every check of the core looks at.
portable=guest-vault/core/crypto/util.c

# plant NAME: the violation that check NAME is there for
plant() {
	case $1 in
	spdx) sed -i 1d $portable ;;
	includes) echo '#include <stdio.h>' >>$portable ;;
	noifdef) printf '#ifdef X\n#endif\n' >>host-kmod/vault/sgl.c ;;
	style) echo 'typedef int seed;' >>include/sevault/vring.h ;;
	hostnames) echo 'http://debian.mirror.example.org/debian' >>README.md ;;
	links) echo '[seed](no-such-file.md)' >>README.md ;;
	names) printf 'See `sv_no_such_%s()`.\n' function >>docs/protocol.md ;;
	messages) sed -i 's/in use, another vault is attached/in use already/' docs/troubleshooting.md ;;
	codespell) printf 't%s vault\n' eh >>README.md ;;
	shellcheck) echo 'echo "$not_set"' >>scripts/setup.sh ;;
	checkpatch) echo 'int  sv_seed ( void );' >>include/sevault/vring.h ;;
	kerneldoc)
		printf '/**\n * sv_seed - no argument here\n * @x: not there\n */\nvoid sv_seed(void);\n' >>host-kmod/vault/sgl.h ;;
	kmod-sparse | sparse) seed_portable 'return *(u8 __shared *)p;' ;;
	compilers) seed_portable 'u32 unused_seed; return *p;' ;;
	tidy | cppcheck | analyzer) seed_soft 'char *p = malloc(1); free(p); free(p);' ;;
	symbols) printf 'int stray(void);\nint stray(void)\n{\n\treturn 1;\n}\n' >>$portable ;;
	circles) seed_circle ;;
	documented) : >guest-vault/soft/say_more.c ;;
	nosse) printf 'void sv_seed(void);\nvoid sv_seed(void)\n{\n\t__asm__("pxor %%xmm1, %%xmm1");\n}\n' >>$portable ;;
	segments) sed -i 's/FLAGS(5)/FLAGS(7)/' guest-vault/plat/vault.lds.S ;;
	size) sed -i 's/\(define SV_STACK_LEN\).*/\1 0x400/' guest-vault/plat/layout.h ;;
	esac
}

seed_portable() {
	printf 'u8 sv_seed(u8 *p);\nu8 sv_seed(u8 *p)\n{\n\t%s\n}\n' "$1" |
		tee -a host-kmod/ring/vring_dev.c >>$portable
}

# The ring below the slots takes one of them.
seed_circle() {
	printf 'int %s(void);\n' sv_chan_take sv_seed >>host-kmod/ring/vring_dev.c
	printf 'int sv_seed(void)\n{\n\treturn sv_chan_take();\n}\n' >>host-kmod/ring/vring_dev.c
}

seed_soft() {
	printf '#include <stdlib.h>\nvoid sv_seed(void);\nvoid sv_seed(void)\n{\n\t%s\n}\n' "$1" >>guest-vault/soft/say.c
}

seeded='spdx includes noifdef style hostnames links names messages codespell shellcheck checkpatch kerneldoc kmod-sparse sparse
	compilers tidy cppcheck analyzer symbols circles documented nosse segments size'

# The files that plant() touches: nothing else is looked at.
planted="^(README|docs/protocol|$portable|guest-vault/soft/say|host-kmod/(vault/sgl|ring/vring_dev)"
planted+='|include/sevault/vring|scripts/setup)'

seed_findings() {
	local name
	for name in $seeded; do
		git -C "$1" checkout -q . && git -C "$1" clean -qfd
		(cd "$1" && plant "$name")
		! CHECK_ONLY=$planted "$1/scripts/check.sh" "$name" >"$SV_BUILD/check/seed-$name" 2>&1 ||
			echo "scripts/check/seeds.sh: check '$name' does not find what was planted for it"
	done
}

check_seeds() {
	local work rc=0
	work=$(mktemp -d)
	git clone -q --shared "$SV_TOP" "$work/clone"
	seed_findings "$work/clone" | found "a check that cannot fail checks nothing: mend it" || rc=1
	rm -rf "$work"
	return $rc
}
