# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The vendor of the emulated chips: a test ARK and ASK, and the service that signs a chip's CEK.

On real parts the CEK leaves the chip unsigned, and the vendor's server has the signed one for each chip's id. Here the
CEK follows from the id (tests/vepyc/src/keys.c), so that it can be signed without the chip. Formats and algorithms are
those of the first EPYC: RSA with 2048 bits, PSS with SHA-256.
"""
import hmac
import os
import re
import struct
from sevcert import (CERT, CERT_SIGNED, CURVE_P384, ECDSA_SHA256, EC_FIELD, PSS, RSA_BITS, RSA_SHA256, SLOT, USAGE, der,
                     must, openssl, pem)

NAME = re.compile(rb"emulated chip ([ -~]*)\0*")
NO_SIGNATURE = 0x1000
P384_OID = bytes.fromhex("06052b81040022")


def sign(folder, key, data):
    write(folder, "tbs", data)
    return openssl("dgst", "-sha256", *PSS, "-sign", f"{folder}/{key}.pem", f"{folder}/tbs")[::-1]


def modulus(folder, key):
    text = openssl("rsa", "-in", f"{folder}/{key}.pem", "-noout", "-modulus")
    return int(text.strip().rpartition(b"=")[2], 16)


def root(folder, name, signer):
    """A certificate of the ARK or the ASK."""
    half = RSA_BITS // 8
    ident = {n: f"emulated {n}".encode().ljust(16, b"\0") for n in ("ARK", "ASK")}
    cert = struct.pack("<I16s16sI16xII", 1, ident[name], ident[signer], USAGE[name], RSA_BITS, RSA_BITS)
    cert += (65537).to_bytes(half, "little") + modulus(folder, name).to_bytes(half, "little")
    return cert + sign(folder, signer, cert)


def point(folder, scalar):
    """The public key of a P-384 scalar."""
    inner = der(2, b"\1") + der(4, scalar.to_bytes(48, "big")) + der(0xA0, P384_OID)
    write(folder, "cek.pem", pem(der(0x30, inner), "EC PRIVATE KEY"))
    public = openssl("pkey", "-in", f"{folder}/cek.pem", "-pubout", "-outform", "DER")
    return public[-96:-48][::-1], public[-48:][::-1]


def cek(folder, chip):
    seed = b"".join(hmac.new(b"vepyc", b"emulated CEK %d %s" % (i, chip), "sha256").digest() for i in (1, 2))
    x, y = point(folder, int.from_bytes(seed[:47], "big"))
    cert = bytearray(CERT)
    struct.pack_into("<I4xIII", cert, 0, 1, USAGE["CEK"], ECDSA_SHA256, CURVE_P384)
    cert[0x14:0x14 + 48] = x
    cert[0x14 + EC_FIELD:0x14 + EC_FIELD + 48] = y
    struct.pack_into("<II", cert, CERT_SIGNED, USAGE["ASK"], RSA_SHA256)
    cert[CERT_SIGNED + 8:CERT_SIGNED + 8 + RSA_BITS // 8] = sign(folder, "ASK", bytes(cert[:CERT_SIGNED]))
    struct.pack_into("<I", cert, CERT_SIGNED + SLOT, NO_SIGNATURE)
    return bytes(cert)


class Vendor:
    """What the owner gets from the vendor for a chip. FOLDER holds the vendor's keys, which are made at the first use."""

    def __init__(self, folder, chip_id):
        self.folder = folder
        if not os.path.exists(f"{folder}/ASK"):
            establish(folder)
        self.ark = read(folder, "ARK")
        self.ask = read(folder, "ASK")
        self.cek = self.cek_of(chip_id)

    def cek_of(self, chip_id):
        match = NAME.fullmatch(chip_id)
        must(match, "the chip's id is one of an emulated chip")
        return cek(self.folder, match[1])


def establish(folder):
    os.makedirs(folder, mode=0o700, exist_ok=True)
    for name in ("ARK", "ASK"):
        write(folder, name + ".pem", openssl("genrsa", str(RSA_BITS)))
        write(folder, name, root(folder, name, "ARK"))


def read(folder, name):
    with open(f"{folder}/{name}", "rb") as f:
        return f.read()


def write(folder, name, content):
    with open(f"{folder}/{name}.tmp", "wb") as f:
        f.write(content)
    os.rename(f"{folder}/{name}.tmp", f"{folder}/{name}")
