#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The guest owner, outside the host: owner.py STEP FOLDER

session: judge the platform's certificates (pdh, chain), write godh.b64 and session.b64 for the policy in "policy"
secret:  judge "measure.json" against a digest of our own of the image (SV_OWNER_IMAGE, or "image" in FOLDER for
         the small test images) and the VMSA in "profile", write secret.json
         with a good packet, one with a wrong MAC and one for another measurement
report:  judge the attestation report in "report.b64"

Hashes and MACs are Python's, curves and AES OpenSSL's: nothing is shared with the emulator. Keys of the owner stay in
FOLDER.owner, which the host does not see.
"""
import base64
import hashlib
import hmac
import json
import os
import struct
import subprocess
import sys

CERT = 2084
SIG = 0x414
P384_SPKI = bytes.fromhex("3076301006072a8648ce3d020106052b81040022036200")
USAGE = {"OCA": 0x1001, "PEK": 0x1002, "PDH": 0x1003, "CEK": 0x1004}
SIGNATURES = {"EPYC-v1": 0x800F12}


def openssl(*args, data=None):
    return subprocess.run(["openssl", *args], input=data, check=True, capture_output=True).stdout


def must(ok, what):
    if not ok:
        sys.exit("refused: " + what)
    print("ok:", what)


def le(data):
    return int.from_bytes(data, "little")


def public_pem(cert):
    must(le(cert[0x10:0x14]) == 2, "curve is P-384")
    point = b"\4" + cert[0x14:0x44][::-1] + cert[0x5C:0x8C][::-1]
    der = P384_SPKI + point
    return b"-----BEGIN PUBLIC KEY-----\n" + base64.encodebytes(der) + b"-----END PUBLIC KEY-----\n"


def der_int(value):
    raw = value.to_bytes(value.bit_length() // 8 + 1, "big")
    return b"\2" + bytes([len(raw)]) + raw


def verify(signer, data, rs, what, private):
    body = der_int(le(rs[:72])) + der_int(le(rs[72:144]))
    for name, content in (("key", public_pem(signer)), ("sig", b"\x30" + bytes([len(body)]) + body), ("data", data)):
        with open(os.path.join(private, name), "wb") as f:
            f.write(content)
    rc = subprocess.run(["openssl", "dgst", "-sha256", "-verify", private + "/key", "-signature", private + "/sig",
                         private + "/data"], capture_output=True, check=False).returncode
    must(rc == 0, what)


def cert_signed(cert, signer, name, private):
    for slot in (0, 1):
        at = SIG + slot * 0x208
        if le(cert[at:at + 4]) == USAGE[name]:
            verify(signer, cert[:SIG], cert[at + 8:], f"signature by {name}", private)
            return
    must(False, f"a signature by {name}")


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
    struct.pack_into("<IBBHII", cert, 0, 1, 0, 0, 0, USAGE["PDH"], 3)
    struct.pack_into("<I", cert, 0x10, 2)
    cert[0x14:0x44] = x[::-1]
    cert[0x5C:0x8C] = y[::-1]
    for at in (SIG, SIG + 0x208):
        struct.pack_into("<I", cert, at, 0x1000)
    return bytes(cert)


def session(folder, private):
    pdh = read(folder, "pdh")
    pek, oca, cek = (read(folder, "chain")[i * CERT:(i + 1) * CERT] for i in range(3))
    for cert, name in ((pdh, "PDH"), (pek, "PEK"), (oca, "OCA"), (cek, "CEK")):
        must(le(cert[8:12]) == USAGE[name], f"certificate is a {name}")
    cert_signed(oca, oca, "OCA", private)
    cert_signed(pek, oca, "OCA", private)
    cert_signed(pek, cek, "CEK", private)
    cert_signed(pdh, pek, "PEK", private)
    with open(private + "/pdh.pem", "wb") as f:
        f.write(public_pem(pdh))
    with open(private + "/pek", "wb") as f:
        f.write(pek)
    godh = godh_cert(private)
    z = openssl("pkeyutl", "-derive", "-inkey", private + "/godh.pem", "-peerkey", private + "/pdh.pem")
    nonce, iv, tek, tik = (os.urandom(16) for _ in range(4))
    master = kdf(z, b"sev-master-secret", nonce)
    kek, kik = kdf(master, b"sev-kek"), kdf(master, b"sev-kik")
    wrap = ctr(kek, iv, tek + tik)
    policy = struct.pack("<I", int(read(folder, "policy"), 0))
    blob = nonce + wrap + iv + hmac.new(kik, wrap, "sha256").digest() + hmac.new(tik, policy, "sha256").digest()
    with open(private + "/keys.json", "w", encoding="ascii") as f:
        json.dump({"tek": tek.hex(), "tik": tik.hex(), "policy": policy.hex()}, f)
    write(folder, "godh.b64", base64.b64encode(godh))
    write(folder, "session.b64", base64.b64encode(blob))


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


def secret(folder, private):
    with open(private + "/keys.json", encoding="ascii") as f:
        keys = json.load(f)
    m = json.loads(read(folder, "measure.json"))
    profile = json.loads(read(folder, "profile"))
    own = os.path.join(folder, "image")
    with open(own if os.path.exists(own) else os.environ["SV_OWNER_IMAGE"], "rb") as f:
        content = f.read()
    if profile["es"]:
        content += vmsa(profile) * profile["cpus"]
    digest = hashlib.sha256(content).digest()
    blob = base64.b64decode(m["measure"])
    policy = bytes.fromhex(keys["policy"])
    msg = b"\4" + bytes([m["api-major"], m["api-minor"], m["build-id"]]) + policy + digest + blob[32:]
    must(hmac.new(bytes.fromhex(keys["tik"]), msg, "sha256").digest() == blob[:32],
         f"measurement is that of launch digest {digest.hex()}")
    with open(private + "/digest", "wb") as f:
        f.write(digest)
    data = b"emulated launch secret, 48 bytes of it in total!"
    write(folder, "secret.json", json.dumps({
        "good": packet(keys, blob[:32], data),
        "wrong-mac": packet(keys, blob[:32], data, spoil=True),
        "other-launch": packet(keys, os.urandom(32), data)}).encode())


def report(folder, private):
    r = base64.b64decode(read(folder, "report.b64"))
    must(len(r) == 208, "report has 208 bytes")
    must(r[:16] == base64.b64decode(read(folder, "mnonce.b64")), "report is about our nonce")
    with open(private + "/digest", "rb") as f:
        must(r[16:48] == f.read(), "report has our launch digest")
    with open(private + "/keys.json", encoding="ascii") as f:
        must(r[48:52].hex() == json.load(f)["policy"], "report has our policy")
    with open(private + "/pek", "rb") as f:
        verify(f.read(), r[:52], r[0x40:], "report is signed by the PEK", private)
    write(folder, "report.ok", b"ok\n")


def read(folder, name):
    with open(os.path.join(folder, name), "rb") as f:
        return f.read()


def write(folder, name, data):
    path = os.path.join(folder, name)
    with open(path + ".tmp", "wb") as f:
        f.write(data)
    os.rename(path + ".tmp", path)


def main():
    folder = sys.argv[2].rstrip("/")
    private = os.path.join(os.path.dirname(os.path.dirname(folder)), "owner")
    os.makedirs(private, mode=0o700, exist_ok=True)
    {"session": session, "secret": secret, "report": report}[sys.argv[1]](folder, private)


main()
