#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The guest owner, outside the host: owner.py STEP FOLDER [OPTION...]

FOLDER is where owner and host leave files for each other. Steps of the emulator's own cases:

session: judge the platform (pdh, chain, chip-id) up to the vendor's root, write godh.b64 and session.b64 for the policy
         in "policy"
secret:  judge "measure.json" against a digest of our own of the image (SV_OWNER_IMAGE, or "image" in FOLDER for
         the small test images) and the VMSA in "profile", write secret.json
         with a good packet, one with a wrong MAC and one for another measurement
report:  judge the attestation report in "report.b64"
chain:   judge the platform's certificates with something wrong in each, write "chain.rows"
search:  look in "seen", which is what the host sees of the guest, for all secrets of this launch and for the keys in
         "served" (hexadecimal) with their schedules, and for the secrets in all of the host's memory (SV_HOST_RAM);
         the canary of secret.json must be found in both, and nothing else
noise:   look at "seen", the vault's memory as the host sees it, beside the emulator's list of pages (SV_PAGES)

Steps for sevault-vm (man sevault-vm, "owner"), which launches with --policy, --cpu and --vm-type:

vault-session: as session, from platform.json
vault-secret:  judge launch.json against a digest of --image, write the vault's secret to secret.json; "patterns" in the
               owner's folder then has what must not be found in the host's memory, as lines "NAME HEX"

Keys of the owner stay in the folder --private, which the host does not see; --vendor has those of the chips' vendor.
Hashes and MACs are Python's, curves, RSA and AES OpenSSL's: nothing is shared with the emulator.
"""
import argparse
import base64
import hashlib
import hmac
import json
import os
import struct
import subprocess
import sys
import uuid
import chaintest
import sevcert
from noise import noise as look
from sevcert import CERT, USAGE, Refused, openssl
from vendor import Vendor

SHARED_PAGE = 0x3FF  # the vault's GHCB
SIGNATURES = {"EPYC": 0x800F12, "EPYC-v1": 0x800F12, "EPYC-Rome": 0x830F10, "EPYC-Milan": 0xA00F11}


def must(ok, what):
    if not ok:
        raise Refused("it does not hold that " + what)
    print("ok:", what)


def kdf(key, label, context=b""):
    msg = struct.pack("<I", 1) + label + b"\0" + context + struct.pack("<I", 128)
    return hmac.new(key, msg, hashlib.sha256).digest()[:16]


def ctr(key, iv, data):
    return openssl("enc", "-aes-128-ctr", "-K", key.hex(), "-iv", iv.hex(), data=data)


def godh_cert(private):
    openssl("ecparam", "-name", "secp384r1", "-genkey", "-noout", "-out", private + "/godh.pem")
    der = openssl("pkey", "-in", private + "/godh.pem", "-pubout", "-outform", "DER")
    x, y = der[-96:-48], der[-48:]
    cert = bytearray(CERT)
    struct.pack_into("<IBBHII", cert, 0, 1, 0, 0, 0, USAGE["PDH"], sevcert.ECDH_SHA256)
    struct.pack_into("<I", cert, 0x10, sevcert.CURVE_P384)
    cert[0x14:0x44] = x[::-1]
    cert[0x5C:0x8C] = y[::-1]
    for at in (sevcert.CERT_SIGNED, sevcert.CERT_SIGNED + sevcert.SLOT):
        struct.pack_into("<I", cert, at, 0x1000)
    return bytes(cert)


def wrap_keys(private, pdh, policy):
    """Keys of a launch, and the 128 bytes that carry them to the secure processor."""
    write(private, "pdh.pem", sevcert.ec_pem(pdh))
    godh = godh_cert(private)
    z = openssl("pkeyutl", "-derive", "-inkey", private + "/godh.pem", "-peerkey", private + "/pdh.pem")
    nonce, iv, tek, tik = (os.urandom(16) for _ in range(4))
    master = kdf(z, b"sev-master-secret", nonce)
    kek, kik = kdf(master, b"sev-kek"), kdf(master, b"sev-kik")
    wrap = ctr(kek, iv, tek + tik)
    policy = struct.pack("<I", policy)
    blob = nonce + wrap + iv + hmac.new(kik, wrap, "sha256").digest() + hmac.new(tik, policy, "sha256").digest()
    put_keys(private, {"tek": tek.hex(), "tik": tik.hex(), "policy": policy.hex()})
    return godh, blob


def offer_session(args, pdh, certs, chip_id, policy):
    vendor = Vendor(args.vendor, chip_id)
    pek = sevcert.check_chain(pdh, certs, vendor, read(args.vendor, "ARK"))
    print("ok: PDH <- PEK <- OCA, CEK <- ASK <- ARK, which is trusted")
    write(args.private, "pek", pek)
    godh, blob = wrap_keys(args.private, pdh, policy)
    write(args.folder, "godh.b64", base64.b64encode(godh))
    write(args.folder, "session.b64", base64.b64encode(blob))


def session(args):
    pdh, certs, chip_id = (read(args.folder, name) for name in ("pdh", "chain", "chip-id"))
    offer_session(args, pdh, certs, chip_id, int(read(args.folder, "policy"), 0))


def chain(args):
    pdh, certs, chip_id = (read(args.folder, name) for name in ("pdh", "chain", "chip-id"))
    rows = chaintest.run(pdh, certs, Vendor(args.vendor, chip_id), chip_id)
    write(args.folder, "chain.rows", "".join(f"{'ok' if ok else 'FAIL'}: row {i}, {what}\n"
                                             for i, what, ok in rows).encode())


def vault_session(args):
    platform = json.loads(read(args.folder, "platform.json"))
    pdh, certs, chip_id = (base64.b64decode(platform[name]) for name in ("pdh", "cert-chain", "cpu0-id"))
    offer_session(args, pdh, certs, chip_id, int(args.policy, 0))


def vmsa(profile):
    page = bytearray(4096)

    def seg(at, sel, attr, base=0):
        struct.pack_into("<HHIQ", page, at, sel, attr, 0xFFFF, base)

    for at in (0, 0x20, 0x30, 0x40, 0x50):
        seg(at, 0, 0x93)
    seg(0x10, 0xF000, 0x9B, 0xFFFF0000)
    for at, attr in ((0x60, 0), (0x70, 0x82), (0x80, 0), (0x90, 0x8B)):
        seg(at, 0, attr)
    for at, value in ((0xD0, 0x1000), (0x148, 0x40), (0x158, 0x10), (0x160, 0x400), (0x168, 0xFFFF0FF0), (0x170, 2),
                      (0x178, 0xFFF0), (0x268, 0x0007040600070406), (0x310, SIGNATURES[profile["cpu"]]), (0x3E8, 1)):
        struct.pack_into("<Q", page, at, value)
    if not profile["legacy"]:
        struct.pack_into("<I", page, 0x408, 0x1F80)
        struct.pack_into("<H", page, 0x410, 0x37F)
    return bytes(page)


def packet(keys, measure, data, spoil=False):
    iv = os.urandom(16)
    tek, tik = bytes.fromhex(keys["tek"]), bytes.fromhex(keys["tik"])
    text = ctr(tek, iv, data)
    msg = b"\1" + bytes(4) + iv + struct.pack("<II", len(text), len(text)) + text + measure
    mac = bytearray(hmac.new(tik, msg, "sha256").digest())
    mac[7] ^= spoil
    return {"header": base64.b64encode(bytes(4) + iv + bytes(mac)).decode(), "data": base64.b64encode(text).decode()}


def table_entry(guid, content):
    return uuid.UUID(guid).bytes_le + struct.pack("<I", 20 + len(content)) + content


def vault_table(may_import):
    """The vault's launch secret (include/sevault/secret.h), and what of it nobody else may know."""
    channel, root = os.urandom(32), os.urandom(32)
    body = b"SVSECRT\0" + struct.pack("<HHI", 1, 1, may_import) + os.urandom(16) + channel + os.urandom(16) + root
    body += bytes(480 - 32 - len(body))
    body += hashlib.sha256(body).digest()
    table = table_entry("1e74f542-71dd-4d66-963e-ef4287ff173b",
                        table_entry("6a6c1ab8-0f4e-4a7e-9e5b-7c1d0b5f9a21", body))
    return table + bytes(-len(table) % 16), {"channel-key": channel.hex(), "root-key": root.hex(),
                                             "secret-digest": body[-32:].hex()}


def judge_measure(args, m, image, profile):
    """The launch digest must be ours. Returns what the host says of its launch, for the secret."""
    keys = get_keys(args.private)
    content = image
    if profile["es"]:
        content += vmsa(profile) * profile["cpus"]
    digest = hashlib.sha256(content).digest()
    blob = base64.b64decode(m.get("data") or m["measure"])
    policy = bytes.fromhex(keys["policy"])
    msg = b"\4" + bytes([m["api-major"], m["api-minor"], m["build-id"]]) + policy + digest + blob[32:]
    must(hmac.new(bytes.fromhex(keys["tik"]), msg, "sha256").digest() == blob[:32],
         f"measurement is that of launch digest {digest.hex()}")
    write(args.private, "digest", digest)
    return keys, blob[:32]


def secret(args):
    profile = json.loads(read(args.folder, "profile"))
    own = os.path.join(args.folder, "image")
    known = os.environ["SV_OWNER_VAULT" if profile.get("vault") else "SV_OWNER_IMAGE"]
    with open(own if os.path.exists(own) else known, "rb") as f:
        keys, measure = judge_measure(args, json.loads(read(args.folder, "measure.json")), f.read(), profile)
    canary = os.urandom(32)
    if profile.get("vault"):
        data, keys["secrets"] = vault_table(profile["import"])
    else:
        data, keys["secrets"] = b"emulated launch secret, 48 bytes of it in total!", {}
    keys["secrets"]["canary"] = canary.hex()
    put_keys(args.private, keys)
    write(args.folder, "secret.json", json.dumps({
        "canary": canary.hex(),
        "good": packet(keys, measure, data),
        "wrong-mac": packet(keys, measure, data, spoil=True),
        "other-launch": packet(keys, os.urandom(32), data)}).encode())


def vault_secret(args):
    profile = {"es": True, "cpus": 1, "cpu": args.cpu, "legacy": args.vm_type == "legacy"}
    with open(args.image, "rb") as f:
        keys, measure = judge_measure(args, json.loads(read(args.folder, "launch.json")), f.read(), profile)
    data, secrets = vault_table(not args.no_import)
    patterns = {**secrets, "tek": keys["tek"], "tik": keys["tik"]}
    write(args.private, "patterns", "".join(f"{name} {text}\n" for name, text in patterns.items()).encode())
    sealed = packet(keys, measure, data)
    write(args.folder, "secret.json", json.dumps({"packet-header": sealed["header"], "secret": sealed["data"]}).encode())


def report(args):
    r = base64.b64decode(read(args.folder, "report.b64"))
    must(len(r) == 208, "report has 208 bytes")
    must(r[:16] == base64.b64decode(read(args.folder, "mnonce.b64")), "report is about our nonce")
    must(r[16:48] == read(args.private, "digest"), "report has our launch digest")
    must(r[48:52].hex() == get_keys(args.private)["policy"], "report has our policy")
    must(sevcert.ecdsa_verify(read(args.private, "pek"), r[:52], r[0x40:]), "report is signed by the PEK")
    write(args.folder, "report.ok", b"ok\n")


def schedules(keys):
    """Round keys of the keys that were used, by tests/vm/tools/keypat.c."""
    if not keys:
        return []
    lines = subprocess.run([os.environ["SV_KEYPAT"], "served", *keys], check=True, capture_output=True, text=True).stdout
    return [tuple(line.split()) for line in lines.splitlines()]


def found_in_host(private, patterns):
    """Names of the patterns in all of the host's physical memory, its QEMU's process included."""
    write(private, "patterns", "".join(f"{name} {text}\n" for name, text in patterns).encode())
    out = subprocess.run([os.environ["SV_MEMSCAN"], os.environ["SV_HOST_RAM"], private + "/patterns"], check=True,
                         capture_output=True, text=True).stdout
    words = [line.split() for line in out.splitlines()]
    return {w[1] for w in words if w[0] == "hit"}, next(w[1] for w in words if w[0] == "searched")


def search(args):
    keys = get_keys(args.private)
    secrets = {**keys["secrets"], "tek": keys["tek"], "tik": keys["tik"]}
    patterns = [(f"{name}@{at}", text[at:at + 32]) for name, text in secrets.items() for at in range(0, len(text), 32)]
    canaries = {name for name, _ in patterns if name.startswith("canary")}
    hits, mib = found_in_host(args.private, patterns)
    must(hits == canaries, f"of the secret only the canary is found in the host: {sorted(hits)}")
    patterns += schedules(read(args.folder, "served").decode().split())
    seen = read(args.folder, "seen")
    hits = {name for name, text in patterns if bytes.fromhex(text) in seen}
    must(hits == canaries, f"nothing but the canary is found in what the guest shares: {sorted(hits)}")
    write(args.folder, "found", f"{len(patterns)} patterns in {len(seen) >> 20} MiB of the guest, those of the secret in "
          f"{mib} MiB of the host: only the canary".encode())


def noise(args):
    with open(os.environ["SV_PAGES"], "rb") as f:
        write(args.folder, "noise.txt", look(read(args.folder, "seen"), f.read(), {SHARED_PAGE}).encode())


def get_keys(private):
    return json.loads(read(private, "keys.json"))


def put_keys(private, keys):
    write(private, "keys.json", json.dumps(keys).encode())


def read(folder, name):
    with open(os.path.join(folder, name), "rb") as f:
        return f.read()


def write(folder, name, data):
    path = os.path.join(folder, name)
    with open(path + ".tmp", "wb") as f:
        f.write(data)
    os.rename(path + ".tmp", path)


STEPS = {"session": session, "chain": chain, "secret": secret, "report": report, "search": search, "noise": noise,
         "vault-session": vault_session, "vault-secret": vault_secret}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=STEPS)
    parser.add_argument("folder")
    parser.add_argument("--private", help="the owner's own folder (owner, two levels above FOLDER)")
    parser.add_argument("--vendor", help="the folder of the chips' vendor (vendor, beside the owner's)")
    parser.add_argument("--image", help="the image that the owner expects")
    parser.add_argument("--policy", default="0xf")
    parser.add_argument("--cpu", default="EPYC-v1", choices=SIGNATURES)
    parser.add_argument("--vm-type", default="legacy", choices=("legacy", "init2"))
    parser.add_argument("--no-import", action="store_true", help="the vault may not take keys in the clear")
    args = parser.parse_args()
    above = os.path.dirname(os.path.dirname(os.path.abspath(args.folder)))
    args.private = args.private or os.path.join(above, "owner")
    args.vendor = args.vendor or os.path.join(os.path.dirname(os.path.abspath(args.private)), "vendor")
    os.makedirs(args.private, mode=0o700, exist_ok=True)
    try:
        STEPS[args.step](args)
    except Refused as e:
        sys.exit(f"refused: {e}")


main()
