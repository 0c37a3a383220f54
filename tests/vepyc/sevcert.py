# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Certificates of SEV platforms: their formats, and signatures judged by OpenSSL (SEV API, chapter "Certificates")."""
import base64
import os
import subprocess
import tempfile

CERT = 2084
CERT_SIGNED = 0x414
SLOT = 0x208
USAGE = {"ARK": 0, "ASK": 0x13, "OCA": 0x1001, "PEK": 0x1002, "PDH": 0x1003, "CEK": 0x1004}
ECDSA_SHA256, ECDH_SHA256, RSA_SHA256 = 2, 3, 1
CURVE_P384 = 2
EC_FIELD = 72
RSA_BITS = 2048
ROOT_SIGNED = 0x40 + 2 * RSA_BITS // 8
P384_SPKI = bytes.fromhex("3076301006072a8648ce3d020106052b81040022036200")
RSA_ALGORITHM = bytes.fromhex("300d06092a864886f70d0101010500")
PSS = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32", "-sigopt", "rsa_mgf1_md:sha256"]


class Refused(Exception):
    """What the owner does not accept."""


def must(ok, what):
    if not ok:
        raise Refused(what)


def openssl(*args, data=None):
    return subprocess.run(["openssl", *args], input=data, check=True, capture_output=True).stdout


def le(data):
    return int.from_bytes(data, "little")


def pem(der, name="PUBLIC KEY"):
    return f"-----BEGIN {name}-----\n".encode() + base64.encodebytes(der) + f"-----END {name}-----\n".encode()


def der(tag, content):
    n = len(content)
    size = bytes([n]) if n < 0x80 else bytes([0x81, n]) if n < 0x100 else bytes([0x82, n >> 8, n & 0xFF])
    return bytes([tag]) + size + content


def der_int(value):
    return der(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def ec_pem(cert):
    must(le(cert[0x10:0x14]) == CURVE_P384, "curve is P-384")
    x, y = (cert[at:at + EC_FIELD] for at in (0x14, 0x14 + EC_FIELD))
    must(not any(x[48:] + y[48:]), "coordinates are padded with zeros")
    return pem(P384_SPKI + b"\4" + x[:48][::-1] + y[:48][::-1])


def rsa_pem(root):
    half = RSA_BITS // 8
    exponent, modulus = (le(root[at:at + half]) for at in (0x40, 0x40 + half))
    key = der(0x30, der_int(modulus) + der_int(exponent))
    return pem(der(0x30, RSA_ALGORITHM + der(3, b"\0" + key)))


def openssl_verify(key, signature, data, options=()):
    with tempfile.TemporaryDirectory() as tmp:
        names = [os.path.join(tmp, n) for n in ("key", "sig", "data")]
        for name, content in zip(names, (key, signature, data)):
            with open(name, "wb") as f:
                f.write(content)
        return subprocess.run(["openssl", "dgst", "-sha256", *options, "-verify", names[0], "-signature", names[1],
                               names[2]], capture_output=True, check=False).returncode == 0


def ecdsa_verify(signer, data, rs):
    """RS: two little-endian numbers in fields of 72 bytes, as in certificates and reports."""
    body = der(0x30, der_int(le(rs[:EC_FIELD])) + der_int(le(rs[EC_FIELD:2 * EC_FIELD])))
    return openssl_verify(ec_pem(signer), body, data)


def rsa_verify(signer, data, signature):
    return openssl_verify(rsa_pem(signer), signature[:RSA_BITS // 8][::-1], data, PSS)


def check_signature(cert, name, signer, signer_name):
    """Judge the signature that CERT says is by SIGNER_NAME; either slot may hold it."""
    for at in (CERT_SIGNED, CERT_SIGNED + SLOT):
        if le(cert[at:at + 4]) != USAGE[signer_name]:
            continue
        algorithm, signature = le(cert[at + 4:at + 8]), cert[at + 8:at + SLOT]
        if signer_name == "ASK":
            ok = algorithm == RSA_SHA256 and rsa_verify(signer, cert[:CERT_SIGNED], signature)
        else:
            ok = algorithm == ECDSA_SHA256 and ecdsa_verify(signer, cert[:CERT_SIGNED], signature)
        must(ok, f"the {name} is signed by the {signer_name}")
        return
    must(False, f"the {name} has a signature by the {signer_name}")


def check_form(cert, name):
    algorithm = ECDH_SHA256 if name == "PDH" else ECDSA_SHA256
    must(len(cert) == CERT and le(cert[:4]) == 1, f"the {name} is a certificate")
    must(le(cert[8:12]) == USAGE[name] and le(cert[12:16]) == algorithm, f"the {name} is for its use")


def check_root(root, name, signer):
    must(len(root) == ROOT_SIGNED + RSA_BITS // 8 and le(root[:4]) == 1, f"the {name} is a certificate")
    must(le(root[0x24:0x28]) == USAGE[name], f"the {name} is for its use")
    must(le(root[0x38:0x3C]) == le(root[0x3C:0x40]) == RSA_BITS, f"the {name} has {RSA_BITS} bits")
    must(root[0x14:0x24] == signer[0x04:0x14], f"the {name} names its signer")
    must(rsa_verify(signer, root[:ROOT_SIGNED], root[ROOT_SIGNED:]), f"the {name} is signed")


def check_chain(pdh, chain, vendor, trusted_ark):
    """PDH <- PEK <- OCA and CEK <- ASK <- ARK. CHAIN comes from the platform; VENDOR has ARK, ASK, and the CEK that the
    vendor has signed for this chip; TRUSTED_ARK is the one that the owner has known before."""
    must(vendor.ark == trusted_ark, "the ARK is the trusted one")
    must(len(chain) == 3 * CERT, "the chain has three certificates")
    pek, oca, cek = (chain[i * CERT:(i + 1) * CERT] for i in range(3))
    for cert, name in ((pdh, "PDH"), (pek, "PEK"), (oca, "OCA"), (cek, "CEK"), (vendor.cek, "CEK")):
        check_form(cert, name)
    check_root(vendor.ark, "ARK", vendor.ark)
    check_root(vendor.ask, "ASK", vendor.ark)
    check_signature(vendor.cek, "CEK", vendor.ask, "ASK")
    must(cek[:CERT_SIGNED][0x10:] == vendor.cek[:CERT_SIGNED][0x10:], "the CEK is the one of this chip")
    check_signature(oca, "OCA", oca, "OCA")
    check_signature(pek, "PEK", oca, "OCA")
    check_signature(pek, "PEK", vendor.cek, "CEK")
    check_signature(pdh, "PDH", pek, "PEK")
    return pek
