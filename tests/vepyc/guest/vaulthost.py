# SPDX-License-Identifier: GPL-2.0 OR MIT
"""A vault in a SEV-ES VM, launched, used and searched by a host that may be hostile."""
import json
import os
import re
import socket
import struct
import subprocess
import threading
import time
from sevhost import Qmp, Refused, ask, control, export_certs, must, put

RAM, WINDOW = "/dev/shm/vault-ram", "/dev/shm/vault-window"
RAM_LEN = WINDOW_LEN = 4 << 20
PAGE = 4096
GHCB_VERSION = RAM_LEN - PAGE + 0xFFA
BOARD_ANSWER = 2048
SOL_ALG, ALG_SET_KEY = 279, 1


def death_names():
    """Reason to name, from the header that the image was built with."""
    names, defined = {}, {}
    with open("/sv/death.h", encoding="ascii") as f:
        for line in f:
            word = line.split("/*")[0].replace(",", "").split()
            if len(word) == 3 and word[0] == "#define":
                defined[word[1]] = word[2]
            elif len(word) == 3 and word[0].startswith("SV_DEATH_") and word[1] == "=":
                names[int(defined.get(word[2], word[2]))] = word[0][len("SV_DEATH_"):].lower()
    return names


def words(switch, kind):
    return [w[len(kind) + 1:] for w in switch.split() if w.startswith(kind + ":")]


# What a host may answer on the board: magic, version, minor version, place and length of the window, pairs, and the rest.
ANSWER = {"magic": 0x544C5653, "version": 2, "minor": 0, "window": 1 << 32, "length": WINDOW_LEN, "pairs": 1}
FORGED = {"magic": {"magic": 0xD44C5653}, "version": {"version": 0x8002}, "window": {"window": 1 << 20},
          "length": {"length": WINDOW_LEN | 1 << 31}, "pairs": {"pairs": 0xFF01}}


def forged_answer(what):
    return struct.pack("<IHHQIHHII", *{**ANSWER, **FORGED[what]}.values(), 0, 50, 1000000)


class Host:
    """The host's side of one launch. FOLDER is shared with the owner; SWITCH has words as in the table of cases."""

    def __init__(self, folder, switch=""):
        self.folder = folder
        self.options = dict(w.partition("=")[::2] for w in words(switch, "qemu"))
        self.secret = (words(switch, "secret") or ["good"])[0]
        self.policy = self.options.get("policy", "0xf")
        self.legacy = "off" if {"init2", "other-vmsa"} & set(self.options) else "on"
        self.child = self.qmp = self.device = None
        self.canary = ""
        self.keys = []

    def command(self):
        image = f"/sv/vault-{self.options.get('image', 'sev-es')}.fd"
        machine = ("q35,memory-backend=ram,usb=off,vmport=off,smm=off,sata=off,smbus=off,pit=off,pic=off,hpet=off,"
                   "i8042=off")
        args = ["-accel", "kvm", "-cpu", "EPYC-v1,pmu=off", "-smp", self.options.get("smp", "1"), "-nodefaults",
                "-no-user-config", "-no-reboot", "-display", "none", "-bios", image, "-S", "-qmp",
                "unix:/tmp/qmp,server=on,wait=off", "-device", "isa-debug-exit,iobase=0x501,iosize=1", "-m",
                "4M,slots=1,maxmem=8G", "-object",
                f"memory-backend-file,id=ram,size={RAM_LEN},mem-path={RAM},share=on"]
        if "no-window" not in self.options:
            args += ["-object", f"memory-backend-file,id=window,size={WINDOW_LEN},mem-path={WINDOW},share=on",
                     "-device", "pc-dimm,memdev=window,addr=0x100000000"]
        if "no-device" not in self.options:
            args += ["-device", f"vhost-vsock-pci,vhostfd={self.device},guest-cid=3,disable-legacy=on,iommu_platform=on"]
        if "no-sev" not in self.options:
            machine += ",confidential-guest-support=sev0"
            session = f",dh-cert-file={self.folder}/godh.b64,session-file={self.folder}/session.b64"
            args += ["-object", f"sev-guest,id=sev0,cbitpos=51,reduced-phys-bits=5,policy={self.policy},"
                     f"legacy-vm-type={self.legacy}{'' if 'no-owner' in self.options else session}"]
        return ["qemu-system-x86_64", "-M", machine] + args

    def launch(self):
        """Up to the first instruction of the guest. Raises Refused if somebody refuses."""
        profile = {"es": True, "cpus": 1, "cpu": "EPYC-v1", "legacy": "init2" not in self.options, "vault": True,
                   "import": "no-import" not in self.options}
        put(self.folder, "policy", b"0xf")
        put(self.folder, "profile", json.dumps(profile).encode())
        export_certs(self.folder)
        ask(self.folder, "session", "session.b64")
        for path in (RAM, WINDOW):
            if os.path.exists(path):
                os.unlink(path)
        # A host that forges the answer has no use for the module, which would write the true one.
        self.device = os.open("/dev/vhost-vsock" if "answer" in self.options else "/dev/sevault-vhost", os.O_RDWR)
        with open(f"{self.folder}/qemu.log", "wb") as log:
            self.child = subprocess.Popen(self.command(), stdout=log, stderr=log, pass_fds=[self.device])
        os.close(self.device)
        if "answer" in self.options:
            threading.Thread(target=self.forge, daemon=True).start()
        self.qmp = Qmp("/tmp/qmp", self.child)
        if "no-sev" not in self.options and "no-owner" not in self.options:
            self.provision()
        self.qmp("cont")

    def forge(self):
        """Have the answer there whenever the vault looks."""
        answer = forged_answer(self.options["answer"])
        while self.child.poll() is None:
            if os.path.exists(WINDOW):
                with open(WINDOW, "r+b") as f:
                    while self.child.poll() is None:
                        f.seek(BOARD_ANSWER)
                        f.write(answer)
                        f.flush()
                        time.sleep(0.001)
            time.sleep(0.01)

    def provision(self):
        info = self.qmp("query-sev")["return"]
        info["measure"] = self.qmp("query-sev-launch-measure")["return"]["data"]
        put(self.folder, "measure.json", json.dumps(info).encode())
        packets = json.loads(ask(self.folder, "secret", "secret.json"))
        self.canary = packets["canary"]
        where, _, gpa = self.secret.partition("@")
        if where == "none":
            return
        args = {"gpa": int(gpa, 0)} if gpa else {}
        reply = self.qmp("sev-inject-launch-secret", **{"packet-header": packets[where]["header"],
                                                        "secret": packets[where]["data"]}, **args)
        if "error" in reply:
            raise Refused("firmware")

    def ended(self, names):
        """What became of the guest, or None while it runs."""
        status = self.child.poll()
        if status is None:
            try:
                if not self.qmp.has_stopped():
                    return None
                state = self.qmp("query-status")["return"]["status"]
                return end_by_msr(names) if state == "internal-error" else None
            except Refused:
                status = self.child.wait(10)
        if status > 1 and status & 1:
            return "die " + names.get(status >> 1, str(status >> 1))
        return "shutdown" if status == 0 else f"QEMU failed ({status})"

    def wait(self, limit, names):
        """Until it ends or serves or the time is over."""
        end = time.time() + limit
        while time.time() < end:
            what = self.ended(names)
            if what or is_ready():
                return what or "serving"
            time.sleep(0.05)
        return "stuck"

    def close(self):
        """End it, and set the emulator back to what it was started with."""
        if self.child and self.child.poll() is None:
            self.child.kill()
            self.child.wait()
        control("hostile ")
        with open("/sv/exact", encoding="ascii") as f:
            control("exact " + f.read().strip())


def end_by_msr(names):
    """QEMU stops at a termination request and does not say what it was; the emulator does."""
    for line in control("report").splitlines():
        if line.startswith("ended "):
            code = int(line.split()[2])
            return "die " + names.get(code, str(code))
    return "stopped by QEMU"


def set_selftests(on):
    """Does the kernel test ciphers when they are registered?"""
    with open("/sys/module/cryptomgr/parameters/notests", "w", encoding="ascii") as f:
        f.write("N" if on else "Y")


def drivers():
    """The vault's drivers that the kernel lists, and how many of them have passed their self-test."""
    with open("/proc/crypto", encoding="ascii") as f:
        blocks = [dict(re.findall(r"^(\w+) +: (.*)$", b, re.M)) for b in f.read().split("\n\n")]
    ours = [b for b in blocks if b.get("driver", "").endswith("_aes_sevault")]
    return len(ours), sum(b["type"] != "larval" and b["selftest"] == "passed" for b in ours)


def is_ready():
    for base, _, files in os.walk("/sys/kernel/debug/sevault"):
        if "state" in files:
            with open(f"{base}/state", encoding="ascii") as f:
                if "state ready" in " ".join(f.read().split()):
                    break
    else:
        return False
    with open("/proc/crypto", encoding="ascii") as f:
        return "ecb_aes_sevault" in f.read()


def cipher(driver, key, text):
    with socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET, 0) as s:
        s.bind(("skcipher", driver))
        s.setsockopt(SOL_ALG, ALG_SET_KEY, key)
        op, _ = s.accept()
        with op:
            op.sendmsg_afalg([text], op=socket.ALG_OP_ENCRYPT)
            return op.recv(len(text))


def use(host):
    """Encrypt with the vault and with the kernel: right, wrong or error."""
    key, text = os.urandom(32), os.urandom(4096)
    host.keys.append(key.hex())
    try:
        got = cipher("ecb_aes_sevault", key, text)
    except OSError as e:
        print(f"the kernel says {e}", flush=True)
        return "error"
    return "right" if got == cipher("ecb(aes-generic)", key, text) else "wrong"


def search(host):
    """Hand over what the host can see; the canary must be found, nothing else. Our own memory, with the keys that were
    used, is part of the host's: so those are searched for in what the guest shares with the host alone."""
    if not os.path.exists(RAM) or not host.canary:
        return "nothing to search: no secret was sent"
    with open(RAM, "rb") as f:
        ram = f.read()
    window = b""
    if os.path.exists(WINDOW):
        with open(WINDOW, "rb") as f:
            window = f.read()
    print("GHCB protocol version", int.from_bytes(ram[GHCB_VERSION:GHCB_VERSION + 2], "little"), flush=True)
    canary = bytes.fromhex(host.canary)
    put(host.folder, "seen", canary + bytes(PAGE - len(canary)) + ram + window)
    put(host.folder, "served", "\n".join(host.keys).encode())
    try:
        return ask(host.folder, "search", "found").decode()
    except Refused:
        return must(False, "the search finds nothing but the canary")
    finally:
        os.unlink(f"{host.folder}/seen")
