# SPDX-License-Identifier: GPL-2.0 OR MIT
"""What programs in the test host share: the owner outside, the secure processor, QEMU's monitor, the emulator."""
import ctypes
import fcntl
import json
import os
import socket
import struct
import sys
import time

SEV_ISSUE_CMD = 0xC0105300
PDH_CERT_EXPORT = 5
GET_ID2 = 8
CERT = 2084
CONTROL_PORT = 0x5E0


class Refused(Exception):
    """Somebody would not go on; the text says who."""


def must(ok, what):
    print("ok:" if ok else "FAIL:", what, flush=True)
    if not ok:
        sys.exit(1)


def put(folder, name, data):
    """Write a file that appears at once and in full: the owner may take it away in the next moment."""
    with open(f"{folder}/.{name}", "wb") as f:
        f.write(data)
    os.rename(f"{folder}/.{name}", f"{folder}/{name}")


def ask(folder, what, answer):
    """Have the owner do a step, and return what it wrote to the file ANSWER."""
    put(folder, "ask." + what, b"")
    for _ in range(1200):
        if os.path.exists(f"{folder}/{answer}"):
            with open(f"{folder}/{answer}", "rb") as f:
                return f.read()
        if os.path.exists(f"{folder}/refused.{what}"):
            raise Refused("owner")
        time.sleep(0.05)
    raise TimeoutError(f"the owner did not answer: {what}")


def sev_status(cmd, data=None):
    """Issue a command of the secure processor; its status, -errno if the kernel refuses by itself."""
    arg = bytearray(struct.pack("<IQI", cmd, ctypes.addressof(data) if data else 0, 0).ljust(16, b"\0"))
    with open("/dev/sev", "rb+", buffering=0) as dev:
        try:
            fcntl.ioctl(dev, SEV_ISSUE_CMD, arg)
        except OSError as e:
            return struct.unpack_from("<I", arg, 12)[0] or -e.errno
    return 0


def sev_command(cmd, data):
    must(sev_status(cmd, data) == 0, f"command {cmd} of the secure processor succeeds")


def export_certs(folder):
    pdh, chain = ctypes.create_string_buffer(CERT), ctypes.create_string_buffer(3 * CERT)
    cmd = struct.pack("<QIQI", ctypes.addressof(pdh), CERT, ctypes.addressof(chain), 3 * CERT)
    sev_command(PDH_CERT_EXPORT, ctypes.create_string_buffer(cmd, len(cmd)))
    ident = ctypes.create_string_buffer(128)
    cmd = struct.pack("<QI", ctypes.addressof(ident), 128)
    sev_command(GET_ID2, ctypes.create_string_buffer(cmd, len(cmd)))
    must(ident.raw.startswith(b"emulated chip"), "the chip's id says that it is emulated")
    put(folder, "chip-id", ident.raw)
    put(folder, "chain", chain.raw)
    put(folder, "pdh", pdh.raw)


class Qmp:
    """QEMU's monitor. What becomes of the guest is told by events: QEMU has crashed when it was asked while it ended."""

    def __init__(self, path, child):
        self.sock = socket.socket(socket.AF_UNIX)
        self.pending = b""
        self.stopped = False
        for _ in range(400):
            try:
                self.sock.connect(path)
                break
            except OSError:
                if child.poll() is not None:
                    raise Refused("qemu") from None
                time.sleep(0.05)
        self.receive()
        self("qmp_capabilities")

    def receive(self, flags=0):
        """A message, or None if there is none yet; QEMU has gone: Refused."""
        while b"\n" not in self.pending:
            try:
                data = self.sock.recv(65536, flags)
            except BlockingIOError:
                return None
            except OSError:
                data = b""
            if not data:
                raise Refused("qemu")
            self.pending += data
        line, _, self.pending = self.pending.partition(b"\n")
        return json.loads(line)

    def note(self, message):
        self.stopped = {"STOP": True, "RESUME": False}.get(message["event"], self.stopped)

    def has_stopped(self):
        """Has QEMU stopped the guest by itself?"""
        while message := self.receive(socket.MSG_DONTWAIT):
            self.note(message)
        return self.stopped

    def __call__(self, name, **args):
        try:
            self.sock.sendall(json.dumps({"execute": name, "arguments": args}).encode())
        except OSError:
            raise Refused("qemu") from None
        while "event" in (message := self.receive()):
            self.note(message)
        return message


def control(line):
    """Tell the emulator (tests/vepyc/src/control.c); returns its answer."""
    fd = os.open("/dev/port", os.O_RDWR)
    try:
        for b in line.encode() + b"\n":
            os.pwrite(fd, bytes([b]), CONTROL_PORT)
        answer = bytearray()
        while (b := os.pread(fd, 1, CONTROL_PORT)) != b"\0":
            answer += b
        return answer.decode()
    finally:
        os.close(fd)
