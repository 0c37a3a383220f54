#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Drive the secure processor through KVM's ioctls, out of order and against policies: policy.py

Rows: what is done, and the firmware's status that must come of it (0: success). Negative rows are the point.
"""
import ctypes
import fcntl
import mmap
import os
import struct
import sys

KVM_CREATE_VM, KVM_MEMORY_ENCRYPT_OP, KVM_SET_USER_MEMORY_REGION = 0xAE01, 0xC008AEBA, 0x4020AE46
INIT, ES_INIT, START, DATA, SECRET, MEASURE, FINISH, STATUS, DECRYPT, ENCRYPT = 0, 1, 2, 3, 5, 6, 7, 16, 17, 18
INVALID_GUEST_STATE, POLICY_FAILURE = 2, 7
TEXT = b"sixteen bytes of"
rows = failures = 0


def check(got, want, what):
    global rows, failures
    rows += 1
    failures += got != want
    print(f"{'ok' if got == want else 'FAIL'}: row {rows}: {what}: {got}, expected {want}")


class Vm:
    def __init__(self, es=False):
        self.fd = fcntl.ioctl(os.open("/dev/kvm", os.O_RDWR), KVM_CREATE_VM, 0)
        self.sev = os.open("/dev/sev", os.O_RDWR)
        self.mem = mmap.mmap(-1, 1 << 20)
        self.addr = ctypes.addressof(ctypes.c_char.from_buffer(self.mem))
        fcntl.ioctl(self.fd, KVM_SET_USER_MEMORY_REGION, struct.pack("<IIQQQ", 0, 0, 0, 1 << 20, self.addr))
        self(ES_INIT if es else INIT)

    def __call__(self, cmd, data=b""):
        """The firmware's status; -errno if KVM refuses by itself."""
        self.data = ctypes.create_string_buffer(data, max(len(data), 1))
        arg = bytearray(struct.pack("<IIQII", cmd, 0, ctypes.addressof(self.data) if data else 0, 0, self.sev))
        try:
            fcntl.ioctl(self.fd, KVM_MEMORY_ENCRYPT_OP, arg)
        except OSError as e:
            return struct.unpack_from("<I", arg, 16)[0] or -e.errno
        return 0

    def start(self, policy):
        return self(START, struct.pack("<IIQIIQII", 0, policy, 0, 0, 0, 0, 0, 0))

    def load(self):
        self.mem[0:64] = TEXT * 4
        return self(DATA, struct.pack("<QII", self.addr, 64, 0))

    def measure(self):
        self.blob = ctypes.create_string_buffer(48)
        return self(MEASURE, struct.pack("<QII", ctypes.addressof(self.blob), 48, 0))

    def debug(self, cmd, src, dst, length):
        return self(cmd, struct.pack("<QQII", src, dst, length, 0))


def main():
    vm = Vm()
    check(vm.start(0x0), 0, "start, debugging allowed")
    check(vm.load(), 0, "load data")
    check(vm.mem[0:16] != TEXT and vm.mem[0:16] != vm.mem[16:32], True,
          "equal plaintext at two addresses: two ciphertexts")
    check(vm(FINISH), INVALID_GUEST_STATE, "finish before measure")
    check(vm.measure(), 0, "measure")
    check(vm.load(), INVALID_GUEST_STATE, "load data after measure")
    check(vm.measure(), INVALID_GUEST_STATE, "measure twice")
    check(vm(FINISH), 0, "finish")
    check(vm(STATUS, bytes(12)), 0, "guest status")
    check(struct.unpack("<III", vm.data.raw)[1:], (0, 3), "policy 0, state running")
    out = mmap.mmap(-1, 4096)
    out_addr = ctypes.addressof(ctypes.c_char.from_buffer(out))
    vm2 = Vm()
    vm2.start(0x0)
    vm2.load()
    vm2.measure()
    vm2(FINISH)
    check(vm2.debug(DECRYPT, vm2.addr, out_addr, 64), 0, "debug: decrypt")
    check(out[0:64] == TEXT * 4, True, "debug: it is what was loaded")
    closed = Vm()
    closed.start(0x1)
    closed.load()
    closed.measure()
    check(closed.debug(DECRYPT, closed.addr, out_addr, 64), POLICY_FAILURE, "debug: decrypt against the policy")
    check(closed.debug(ENCRYPT, out_addr, closed.addr, 64), POLICY_FAILURE, "debug: encrypt against the policy")
    check(Vm().start(0xFF << 16), POLICY_FAILURE, "firmware older than the policy's")
    check(Vm().start(0x40), POLICY_FAILURE, "reserved bit in the policy")
    late = Vm()
    check(late.load() != 0, True, "load data before start")
    sys.exit(bool(failures))


main()
