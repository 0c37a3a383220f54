#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Launch an attested guest with QEMU, as a host would: launch.py FOLDER IMAGE POLICY LEGACY(on|off) [reader|flip]

reader: IMAGE is the one of reader_image(), which prints the secret; flip: the same, with one bit of its ciphertext
changed by the host before the guest starts. Whatever needs the owner is asked for by a file in FOLDER. Ends with 0 if every step went as it must.
"""
import base64
import json
import os
import subprocess
import sys
import time
from sevhost import Qmp, Refused, ask, export_certs, must, put

folder, image, policy, legacy = sys.argv[1:5]
mode = sys.argv[5] if len(sys.argv) > 5 else ""
SECRET_GPA = 0x8000
SECRET = b"emulated launch secret, 48 bytes of it in total!"
RAM = "/dev/shm/guest-ram"
es = bool(int(policy, 0) & 4)


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
    put(folder, "policy", policy.encode())
    put(folder, "profile", json.dumps({"es": es, "cpus": 1, "cpu": "EPYC-v1", "legacy": legacy == "on"}).encode())
    export_certs(folder)
    ask(folder, "session", "session.b64")
    child = start()
    qmp = Qmp("/tmp/qmp", child)
    info = qmp("query-sev")["return"]
    measure = qmp("query-sev-launch-measure")["return"]["data"]
    info["measure"] = measure
    put(folder, "measure.json", json.dumps(info).encode())
    secrets = json.loads(ask(folder, "secret", "secret.json"))
    for bad in ("wrong-mac", "other-launch"):
        must("error" in inject(qmp, secrets[bad]), f"secret refused: {bad}")
    must("return" in inject(qmp, secrets["good"]), "secret accepted")
    nonce = os.urandom(16)
    put(folder, "mnonce.b64", base64.b64encode(nonce))
    reply = qmp("query-sev-attestation-report", mnonce=base64.b64encode(nonce).decode())
    put(folder, "report.b64", reply["return"]["data"].encode())
    ask(folder, "report", "report.ok")
    if mode:
        finish_reader(qmp, child)
        return
    must("return" in qmp("cont"), "the guest runs")
    time.sleep(2)
    must(qmp("query-status")["return"]["running"], "the guest still runs")
    must("error" in inject(qmp, secrets["good"]), "secret refused: the guest runs")
    qmp("quit")
    must(child.wait(20) == 0, "QEMU ended")


try:
    launch()
except Refused as who:
    must(False, f"refused by the {who}")
