#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR MIT
"""The platform's keys through /dev/sev: status, new keys, reset, and what the owner says to each: keys.py FOLDER

Rows: what is done, and what must come of it. The chip's own key, the CEK, must outlive everything.
"""
import ctypes
import os
import struct
import sys
from sevhost import CERT, Refused, ask, export_certs, put, sev_status

FACTORY_RESET, PLATFORM_STATUS, PEK_GEN, PEK_CSR, PDH_GEN, PEK_CERT_IMPORT = 0, 1, 2, 3, 4, 6
KEY = slice(0x08, 0x414)
SIGNER = (0x414, 0x61C)
NO_SIGNATURE = 0x1000
folder = sys.argv[1]
rows = failures = 0


def check(got, want, what):
    global rows, failures
    rows += 1
    failures += got != want
    print(f"{'ok' if got == want else 'FAIL'}: row {rows}: {what}: {got}, expected {want}", flush=True)


def export():
    """PDH, PEK, OCA and CEK."""
    export_certs(folder)
    with open(f"{folder}/pdh", "rb") as pdh, open(f"{folder}/chain", "rb") as chain:
        return [pdh.read()] + [chain.read(CERT) for _ in range(3)]


def owner_accepts():
    if os.path.exists(f"{folder}/session.b64"):
        os.unlink(f"{folder}/session.b64")
    try:
        ask(folder, "session", "session.b64")
    except Refused:
        os.unlink(f"{folder}/refused.session")
        return False
    return True


def same(old, new):
    return "".join(name for name, a, b in zip(("PDH ", "PEK ", "OCA ", "CEK "), old, new) if a[KEY] == b[KEY]).strip()


def command(cmd, *fields):
    data = ctypes.create_string_buffer(struct.pack("<" + "QI" * (len(fields) // 2), *fields))
    return sev_status(cmd, data if fields else None)


def main():
    put(folder, "policy", b"0x1")
    status = ctypes.create_string_buffer(12)
    check(sev_status(PLATFORM_STATUS, status), 0, "status")
    check((status.raw[0], status.raw[1], status.raw[7]), (1, 55, 21), "API version and build")
    first = export()
    check(owner_accepts(), True, "the owner accepts the platform")
    csr = ctypes.create_string_buffer(CERT)
    check(command(PEK_CSR, ctypes.addressof(csr), CERT), 0, "PEK_CSR")
    check(csr.raw[KEY] == first[1][KEY], True, "it asks for the PEK that is in use")
    check([struct.unpack_from("<I", csr.raw, at)[0] for at in SIGNER], [NO_SIGNATURE] * 2, "nobody has signed it")
    check(command(PEK_CERT_IMPORT, ctypes.addressof(csr), CERT, ctypes.addressof(csr), CERT) != 0, True,
          "PEK_CERT_IMPORT is not emulated")
    check(sev_status(PDH_GEN), 0, "PDH_GEN")
    second = export()
    check(same(first, second), "PEK OCA CEK", "what stays after PDH_GEN")
    check(owner_accepts(), True, "the owner accepts the new PDH")
    check(sev_status(PEK_GEN), 0, "PEK_GEN")
    third = export()
    check(same(second, third), "CEK", "what stays after PEK_GEN")
    check(owner_accepts(), True, "the owner accepts the new PEK")
    put(folder, "pdh", second[0])
    check(owner_accepts(), False, "the owner refuses the old PDH with the new PEK")
    check(sev_status(FACTORY_RESET), 0, "FACTORY_RESET")
    fourth = export()
    check(same(third, fourth), "CEK", "what stays after FACTORY_RESET")
    check(owner_accepts(), True, "the owner accepts the platform again")
    sys.exit(bool(failures))


main()
