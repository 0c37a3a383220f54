#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Run random bytes as a guest's code on KVM: random-code.py SECONDS SEED

Nothing is expected of the guest. What is looked at is whether the machine below survives. Code starts in real mode, in
32-bit or in 64-bit mode; timer signals end each attempt.
"""
import ctypes
import fcntl
import mmap
import os
import random
import signal
import struct
import sys
import time

KVM_CREATE_VM, KVM_CREATE_VCPU, KVM_RUN = 0xAE01, 0xAE41, 0xAE80
KVM_GET_VCPU_MMAP_SIZE = 0xAE04
KVM_SET_USER_MEMORY_REGION = 0x4020AE46
KVM_GET_SUPPORTED_CPUID, KVM_SET_CPUID2 = 0xC008AE05, 0x4008AE90
KVM_GET_REGS, KVM_SET_REGS = 0x8090AE81, 0x4090AE82
KVM_GET_SREGS, KVM_SET_SREGS = 0x8138AE83, 0x4138AE84
MEM = 1 << 20
TABLES = 0x1000


def segment(base, limit, sel, typ, long_mode, big):
    return struct.pack("<QIHBBBBBBBBBB", base, limit, sel, typ, 1, 0, big, 1, long_mode, limit > 0xFFFF, 0, 0, 0)


def set_mode(sregs, mode):
    real = mode == 16
    code = segment(0, 0xFFFF if real else 0xFFFFFFFF, 8 * (not real), 11, mode == 64, mode == 32)
    data = segment(0, 0xFFFF if real else 0xFFFFFFFF, 16 * (not real), 3, 0, not real)
    sregs[0:24 * 6] = code + data * 5
    cr0, cr4, efer = {16: (0x10, 0, 0), 32: (0x11, 0x600, 0), 64: (0x80000011, 0x620, 0x500)}[mode]
    # After 8 segments, GDT and IDT of 16 bytes each: cr0, cr2, cr3, cr4, cr8, efer
    struct.pack_into("<QQQQQQ", sregs, 24 * 8 + 32, cr0, 0, TABLES, cr4, 0, efer)


def main():
    seconds, seed = int(sys.argv[1]), int(sys.argv[2])
    rng = random.Random(seed)
    kvm = open("/dev/kvm", "rb+", buffering=0)
    mem = mmap.mmap(-1, MEM)
    addr = ctypes.addressof(ctypes.c_char.from_buffer(mem))
    size = fcntl.ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0)
    signal.signal(signal.SIGALRM, lambda *_: None)
    end, runs = time.time() + seconds, 0
    while time.time() < end:
        vm = fcntl.ioctl(kvm, KVM_CREATE_VM, 0)
        fcntl.ioctl(vm, KVM_SET_USER_MEMORY_REGION, struct.pack("<IIQQQ", 0, 0, 0, MEM, addr))
        vcpu = fcntl.ioctl(vm, KVM_CREATE_VCPU, 0)
        cpuid = bytearray(struct.pack("<II", 200, 0) + bytes(200 * 40))
        fcntl.ioctl(kvm, KVM_GET_SUPPORTED_CPUID, cpuid)
        fcntl.ioctl(vcpu, KVM_SET_CPUID2, cpuid)
        run = mmap.mmap(vcpu, size)
        for _ in range(20):
            mem[0:MEM] = rng.randbytes(MEM)
            # 64-bit mode: one page table entry of 2 MiB that maps all of it.
            struct.pack_into("<Q", mem, TABLES, TABLES + 0x1003)
            struct.pack_into("<Q", mem, TABLES + 0x1000, TABLES + 0x2003)
            struct.pack_into("<Q", mem, TABLES + 0x2000, 0x83)
            sregs = bytearray(0x138)
            fcntl.ioctl(vcpu, KVM_GET_SREGS, sregs)
            set_mode(sregs, rng.choice((16, 16, 32, 64)))
            try:
                fcntl.ioctl(vcpu, KVM_SET_SREGS, bytes(sregs))
            except OSError:
                print("sregs", rng, bytes(sregs).hex())
                raise
            regs = bytearray(struct.pack("<18Q", *[rng.getrandbits(20) for _ in range(16)], rng.getrandbits(16), 2))
            fcntl.ioctl(vcpu, KVM_SET_REGS, bytes(regs))
            attempt(vcpu, run)
            runs += 1
        run.close()
        os.close(vcpu)
        os.close(vm)
    print(f"{runs} attempts with seed {seed}")


def attempt(vcpu, run):
    """Up to a few exits: an exit by I/O is answered with what is there."""
    for _ in range(8):
        # Again and again: the first signal may come before KVM_RUN has begun.
        signal.setitimer(signal.ITIMER_REAL, 0.004, 0.004)
        try:
            fcntl.ioctl(vcpu, KVM_RUN, 0)
        except OSError:
            return
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        # Go on after I/O and MMIO alone; halts, shutdowns and failures end it.
        if struct.unpack_from("<I", run, 8)[0] not in (2, 6):
            return


main()
