# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# The owner of SEV-ES vaults. Sourced by scripts/vm/host.sh.

# The owner is not in the test host: sevault-vm and the owner leave files for each other, once per launch. The owner works in
# folders that the test host does not see.
answer_owner() {
	local file mailbox desk=$rundir/owner/desk
	for file in "$outdir"/*/owner/{platform,launch}.json; do
		[ -s "$file" ] || continue
		mailbox=${file%/*}
		mkdir -p "$desk"
		mv "$file" "$desk/"
		! "owner_$(basename "$file" .json)" || continue
		tail -n 1 "$rundir/owner/log" >"$mailbox/refused"
		say "the owner: $(cat "$mailbox/refused")"
	done
}

log_owner() {
	echo "$*" >>"$rundir/owner/log"
}

owner_platform() {
	owner vault-session --policy 0xf || return
	"${hook[owner_says]}" "the platform's certificates are good, up to the test root: here is a session for it, policy 0xf"
	mv "$desk/godh.b64" "$mailbox/"
	mv "$desk/session.b64" "$mailbox/"
}

offline_digest() {
	"$rundir/sevault-measure" --cpu EPYC-v1 --profile legacy "$indir/vault-sev-es.fd" | sed -n 's/^legacy *//p'
}

# No secret unless three agree on the digest: the secure processor, owner.py and sevault-measure.
owner_launch() {
	local measured
	owner vault-secret --image "$indir/vault-sev-es.fd" --cpu EPYC-v1 --vm-type legacy || return
	measured=$(od -An -v -tx1 "$rundir/owner/private/digest" | tr -d ' \n')
	if [ "$measured" != "$(offline_digest)" ]; then
		echo "refused: the launch has digest $measured, sevault-measure says $(offline_digest)" >>"$rundir/owner/log"
		return 1
	fi
	cp "$rundir/owner/private/patterns" "$rundir/owner/patterns"
	"${hook[owner_says]}" "the launch measurement is that of $measured,"
	"${hook[owner_says]}" "as computed offline: here is the secret for this launch"
	mv "$desk/secret.json" "$mailbox/"
}

owner() {
	python3 "$SV_TOP/tests/vepyc/owner.py" "$1" "$desk" --private "$rundir/owner/private" "${@:2}" >>"$rundir/owner/log" 2>&1
}
