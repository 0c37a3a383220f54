# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Certificate chains that the owner must not accept, made from a good one."""
import copy
import os
import struct
import tempfile
from sevcert import CERT, CERT_SIGNED, ROOT_SIGNED, SLOT, USAGE, Refused, check_chain
from vendor import Vendor

PEK, OCA, CEK = range(3)


class Chain:
    def __init__(self, pdh, chain, vendor):
        self.pdh, self.vendor, self.ark = bytearray(pdh), copy.copy(vendor), vendor.ark
        self.certs = [bytearray(chain[i * CERT:(i + 1) * CERT]) for i in range(3)]
        for name in ("ark", "ask", "cek"):
            setattr(self.vendor, name, bytearray(getattr(vendor, name)))

    def refusal(self):
        """Why the owner refuses it, or None."""
        try:
            check_chain(bytes(self.pdh), b"".join(self.certs), self.vendor, self.ark)
        except Refused as e:
            return str(e)
        return None


def other_vendor(chip_id):
    with tempfile.TemporaryDirectory() as tmp:
        return Vendor(os.path.join(tmp, "vendor"), chip_id)


def flip(cert, at):
    cert[at] ^= 1


def no_signature(cert, slot):
    struct.pack_into("<I", cert, CERT_SIGNED + slot * SLOT, 0x1000)


def set_usage(cert, name):
    struct.pack_into("<I", cert, 8, USAGE[name])


def replace_root(c, other, names):
    for name in names:
        setattr(c.vendor, name, getattr(other, name))


def make_rows(chip_id):
    """(what was done, function on a Chain, part of the refusal)"""
    forged = other_vendor(chip_id)
    neighbour = chip_id.rstrip(b"\0") + b"x"
    return [
        ("a bit of the PDH's key", lambda c: flip(c.pdh, 0x20), "PDH is signed by the PEK"),
        ("a bit of the PDH's signature", lambda c: flip(c.pdh, CERT_SIGNED + 9), "PDH is signed by the PEK"),
        ("a PDH that nobody signed", lambda c: no_signature(c.pdh, 0), "PDH has a signature by the PEK"),
        ("a PDH used as a PEK", lambda c: c.certs.__setitem__(PEK, c.pdh), "PEK is for its use"),
        ("a bit of the PEK's key", lambda c: flip(c.certs[PEK], 0x20), "PEK is signed by the OCA"),
        ("a PEK without the CEK's signature", lambda c: no_signature(c.certs[PEK], 1), "PEK has a signature by the CEK"),
        ("a bit of the CEK's signature of the PEK", lambda c: flip(c.certs[PEK], CERT_SIGNED + SLOT + 9),
         "PEK is signed by the CEK"),
        ("a bit of the OCA's key", lambda c: flip(c.certs[OCA], 0x20), "OCA is signed by the OCA"),
        ("a bit of the platform's CEK", lambda c: flip(c.certs[CEK], 0x20), "CEK is the one of this chip"),
        ("a bit of the vendor's CEK", lambda c: flip(c.vendor.cek, 0x20), "CEK is signed by the ASK"),
        ("a bit in the padding of the vendor's CEK", lambda c: flip(c.vendor.cek, 0x50), "CEK is signed by the ASK"),
        ("a bit of the ASK's signature", lambda c: flip(c.vendor.cek, CERT_SIGNED + 9), "CEK is signed by the ASK"),
        ("the unsigned CEK", lambda c: setattr(c.vendor, "cek", c.certs[CEK]), "CEK has a signature by the ASK"),
        ("a CEK for another use", lambda c: set_usage(c.certs[CEK], "OCA"), "CEK is for its use"),
        ("a bit of the ASK's key", lambda c: flip(c.vendor.ask, 0x160), "ASK is signed"),
        ("a bit of the ARK's signature of the ASK", lambda c: flip(c.vendor.ask, ROOT_SIGNED + 9), "ASK is signed"),
        ("an ASK that names another signer", lambda c: flip(c.vendor.ask, 0x14), "ASK names its signer"),
        ("the ARK as the ASK", lambda c: setattr(c.vendor, "ask", c.vendor.ark), "ASK is for its use"),
        ("a bit of the ARK", lambda c: flip(c.vendor.ark, 0x160), "ARK is the trusted one"),
        ("a chain of another ARK, right in itself", lambda c: replace_root(c, forged, ("ark", "ask", "cek")),
         "ARK is the trusted one"),
        ("the ASK of another ARK", lambda c: replace_root(c, forged, ("ask", "cek")), "ASK is signed"),
        ("a CEK that another ASK signed", lambda c: replace_root(c, forged, ("cek",)), "CEK is signed by the ASK"),
        ("the CEK of another chip", lambda c: setattr(c.vendor, "cek", c.vendor.cek_of(neighbour)),
         "CEK is the one of this chip"),
        ("a chain that is too short", lambda c: c.certs.pop(), "chain has three certificates"),
    ]


def run(pdh, chain, vendor, chip_id):
    """The rows as (number, what, accepted as it must be)."""
    results = [(0, "the chain as it is", Chain(pdh, chain, vendor).refusal() is None)]
    for i, (what, change, refusal) in enumerate(make_rows(chip_id), 1):
        c = Chain(pdh, chain, vendor)
        change(c)
        got = c.refusal()
        results.append((i, f"{what}: {got}", got is not None and refusal in got))
    return results
