#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Launch an attested guest with QEMU, as a host would: launch.py FOLDER IMAGE POLICY LEGACY(on|off) [reader|flip]

reader: IMAGE is the one of reader_image(), which prints the secret; flip: the same, with one bit of its ciphertext
changed by the host before the guest starts. Whatever needs the owner is asked for by a file in FOLDER. Ends with 0 if every step went as it must.
"""
import base64
import ctypes
import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
import time

SEV_ISSUE_CMD = 0xC0105300
PDH_CERT_EXPORT = 5
GET_ID2 = 8
CERT = 2084

folder, image, policy, legacy = sys.argv[1:5]
mode = sys.argv[5] if len(sys.argv) > 5 else ""
SECRET_GPA = 0x8000
SECRET = b"emulated launch secret, 48 bytes of it in total!"
RAM = "/dev/shm/guest-ram"
es = bool(int(policy, 0) & 4)


def must(ok, what):
    print("ok:" if ok else "FAIL:", what, flush=True)
    if not ok:
        sys.exit(1)


def put(name, data):
    with open(f"{folder}/{name}", "wb") as f:
        f.write(data)


def ask(what, answer):
    put("ask." + what, b"")
    for _ in range(600):
        if os.path.exists(f"{folder}/{answer}"):
            with open(f"{folder}/{answer}", "rb") as f:
                return f.read()
        if os.path.exists(f"{folder}/refused.{what}"):
            must(False, f"the owner accepts: {what}")
        time.sleep(0.1)
    must(False, f"the owner answers: {what}")


def sev_command(cmd, data):
    arg = struct.pack("<IQI", cmd, ctypes.addressof(data), 0).ljust(16, b"\0")
    with open("/dev/sev", "rb+", buffering=0) as dev:
        fcntl.ioctl(dev, SEV_ISSUE_CMD, bytearray(arg))


def export_certs():
    pdh, chain = ctypes.create_string_buffer(CERT), ctypes.create_string_buffer(3 * CERT)
    cmd = struct.pack("<QIQI", ctypes.addressof(pdh), CERT, ctypes.addressof(chain), 3 * CERT)
    sev_command(PDH_CERT_EXPORT, ctypes.create_string_buffer(cmd, len(cmd)))
    put("pdh", pdh.raw)
    put("chain", chain.raw)
    ident = ctypes.create_string_buffer(128)
    cmd = struct.pack("<QI", ctypes.addressof(ident), 128)
    sev_command(GET_ID2, ctypes.create_string_buffer(cmd, len(cmd)))
    must(ident.raw.startswith(b"emulated chip"), "the chip's id says that it is emulated")


class Qmp:
    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX)
        for _ in range(200):
            try:
                self.sock.connect(path)
                break
            except OSError:
                time.sleep(0.1)
        self.file = self.sock.makefile("r")
        self.file.readline()
        self("qmp_capabilities")

    def __call__(self, name, **args):
        self.sock.sendall(json.dumps({"execute": name, "arguments": args}).encode())
        while True:
            reply = json.loads(self.file.readline())
            if "event" not in reply:
                return reply


def start():
    args = ["qemu-system-x86_64", "-accel", "kvm", "-cpu", "EPYC-v1", "-M", "q35,confidential-guest-support=sev0",
            "-m", "128", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-bios", image, "-S",
            "-object", f"sev-guest,id=sev0,cbitpos=51,reduced-phys-bits=5,policy={policy},legacy-vm-type={legacy},"
            f"dh-cert-file={folder}/godh.b64,session-file={folder}/session.b64", "-qmp",
            "unix:/tmp/qmp,server=on,wait=off"]
    if mode:
        args += ["-object", f"memory-backend-file,id=ram,size=128M,mem-path={RAM},share=on", "-machine",
                 "memory-backend=ram", "-debugcon", f"file:{folder}/printed", "-device",
                 "isa-debug-exit,iobase=0xf4,iosize=1"]
    return subprocess.Popen(args)


def inject(qmp, secret):
    return qmp("sev-inject-launch-secret", **{"packet-header": secret["header"], "secret": secret["data"],
                                              "gpa": SECRET_GPA})


def finish_reader(qmp, child):
    """The host's view of the secret must be ciphertext, the guest's the text; and one bit of it matters."""
    with open(RAM, "r+b") as f:
        f.seek(SECRET_GPA)
        seen = f.read(48)
        must(SECRET[:16] not in seen and len(set(seen)) > 24, f"the host sees ciphertext: {seen[:16].hex()}...")
        if mode == "flip":
            f.seek(SECRET_GPA + 16)
            f.write(bytes([seen[16] ^ 1]))
    qmp("cont")
    must(child.wait(60) == 0x2A * 2 + 1, "the guest ended in an orderly way")
    with open(f"{folder}/printed", "rb") as f:
        printed = f.read()
    want = [True, mode != "flip", True]
    for i in range(3):
        block = slice(16 * i, 16 * i + 16)
        must((printed[block] == SECRET[block]) == want[i],
             f"block {i} of the secret is {'as sent' if want[i] else 'garbled by the flipped bit'}")


def launch():
    put("policy", policy.encode())
    put("profile", json.dumps({"es": es, "cpus": 1, "cpu": "EPYC-v1", "legacy": legacy == "on"}).encode())
    export_certs()
    ask("session", "session.b64")
    child = start()
    qmp = Qmp("/tmp/qmp")
    info = qmp("query-sev")["return"]
    measure = qmp("query-sev-launch-measure")["return"]["data"]
    info["measure"] = measure
    put("measure.json", json.dumps(info).encode())
    secrets = json.loads(ask("secret", "secret.json"))
    for bad in ("wrong-mac", "other-launch"):
        must("error" in inject(qmp, secrets[bad]), f"secret refused: {bad}")
    must("return" in inject(qmp, secrets["good"]), "secret accepted")
    nonce = os.urandom(16)
    put("mnonce.b64", base64.b64encode(nonce))
    reply = qmp("query-sev-attestation-report", mnonce=base64.b64encode(nonce).decode())
    put("report.b64", reply["return"]["data"].encode())
    ask("report", "report.ok")
    if mode:
        finish_reader(qmp, child)
        return
    must("return" in qmp("cont"), "the guest runs")
    time.sleep(2)
    must(qmp("query-status")["return"]["running"], "the guest still runs")
    must("error" in inject(qmp, secrets["good"]), "secret refused: the guest runs")
    qmp("quit")
    must(child.wait(20) == 0, "QEMU ended")


launch()
