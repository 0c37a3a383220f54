#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR MIT
"""One row of the table of hostile cases (docs/virtual-epyc-cases.md): attack.py FOLDER NAME

Launches the vault as a host would, with the row's attack, and holds what becomes of it against the row. Afterwards the
owner, outside, searches all that the host could see for everything that is secret. Ends with 0 if the row is met.
"""
import os
import sys
import time
from sevhost import Refused, control, must
from vaulthost import (PAGE, RAM, RAM_LEN, WINDOW, WINDOW_LEN, Host, death_names, drivers, is_ready, search,
                       set_selftests, use, words)

folder, name = sys.argv[1:3]
PRIVATE = range(1 << 20, RAM_LEN - PAGE, PAGE)
GHCB = RAM_LEN - PAGE
BOOT_LIMIT = 60
STUCK_LIMIT = 8
DEATH_LIMIT = 6
SELFTEST_LIMIT = 60
NR_DRIVERS = 6


def read_row():
    with open("/sv/virtual-epyc-cases.md", encoding="ascii") as f:
        for line in f:
            cells = [c.strip().strip("`") for c in line.strip().strip("|").split("|")]
            if len(cells) == 6 and cells[0] == name:
                return cells[3:]
    return must(False, f"there is a row {name}")


def tamper(how, old):
    """The host writes to the guest's memory while the guest waits; returns how many bytes that changed."""
    kind, _, what = how.partition("-")
    with open(WINDOW if kind == "window" else RAM, "r+b") as f:
        before = f.read()
        mem = bytearray(before)
        pages = {"ram": PRIVATE, "ghcb": [GHCB], "window": range(0, WINDOW_LEN, PAGE)}[kind]
        for at in pages:
            page = slice(at, at + PAGE)
            if what == "flip":
                mem[at + at // PAGE * 16 % PAGE] ^= 1
            elif what == "flips":
                for line in range(at, at + PAGE, 64):
                    mem[line] ^= 1
            elif what == "replay":
                mem[page] = old[page]
            elif what == "swap" and not at & PAGE:
                mem[at:at + 2 * PAGE] = mem[at + PAGE:at + 2 * PAGE] + mem[page]
            elif what == "zero":
                mem[page] = bytes(PAGE)
            elif what == "noise":
                mem[page] = os.urandom(PAGE)
        f.seek(0)
        f.write(mem)
    return sum(a != b for a, b in zip(before, mem))


def begin(switch, old):
    """The attack begins, on a vault that runs."""
    if words(switch, "emu"):
        must(control("hostile " + ":".join(words(switch, "emu"))) == "ok", "the emulator knows the behaviour")
    for how in words(switch, "memory"):
        changed = tamper(how, old)
        must(changed, f"the host has changed {changed} bytes")


def read_ram():
    with open(RAM, "rb") as f:
        return f.read()


def verdict(host, names, results):
    """What became of a vault whose users got RESULTS."""
    end = time.time() + (DEATH_LIMIT if "error" in results else 0.5)
    while not host.ended(names) and time.time() < end:
        time.sleep(0.05)
    what = host.ended(names)
    if what:
        return what
    if "wrong" in results:
        return "wrong answers"
    return "serving" if results == {"right"} else "silent"


def attack_serving(host, switch, names):
    must(use(host) == "right", "the vault serves before the attack")
    old = read_ram()
    must(use(host) == "right", "and again")
    time.sleep(0.2)
    begin(switch, old)
    results = set()
    for _ in range(int((words(switch, "load") or ["3"])[0])):
        results.add(use(host))
        if host.ended(names):
            break
    return verdict(host, names, results)


def attack_selftests(host, switch, names):
    """From the first driver's self-test on."""
    old = read_ram()
    while drivers()[0] < 2:
        time.sleep(0.05)
    must(drivers()[1] < NR_DRIVERS, "the drivers' self-tests have not ended before the attack")
    begin(switch, old)
    end = time.time() + SELFTEST_LIMIT
    while time.time() < end and drivers()[1] < NR_DRIVERS and is_ready() and not host.ended(names):
        time.sleep(0.1)
    print("drivers and self-tests passed:", *drivers(), flush=True)
    return verdict(host, names, {use(host)} if drivers()[1] == NR_DRIVERS else {"error"})


def attack(host, when, switch, names, limit):
    """From the launch to the verdict."""
    try:
        set_selftests(when == "self-test")
        host.launch()
        what = host.wait(limit, names)
    except Refused as who:
        return f"refused by the {who}"
    if when == "boot":
        return attack_serving(host, "", names) if what == "serving" else what
    must(what == "serving", "the vault comes to serve")
    return (attack_serving if when == "serving" else attack_selftests)(host, switch, names)


def run(row, names):
    when, switch, expected = row
    host = Host(folder, switch)
    behaviours = ":".join(words(switch, "emu"))
    must(control("exact on") == "ok", "exact mode")
    must(control("hostile " + (behaviours if when == "boot" else "")) == "ok", "the emulator knows the behaviour")
    start = time.time()
    try:
        what = attack(host, when, switch, names, STUCK_LIMIT if "stuck" in expected else BOOT_LIMIT)
        acted = control("report")
        print(f"after {time.time() - start:.1f} s: {what}; acted: {acted.split()}", flush=True)
        for line in acted.splitlines():
            must(line.startswith("ended ") or int(line.split()[2]) > 0, f"the behaviour came to act: {line}")
        return what, search(host)
    finally:
        host.close()
        set_selftests(False)


def main():
    row = read_row()
    what, found = run(row, death_names())
    expected = [e.strip() for e in row[2].split(" or ")]
    must(what in expected or (what.startswith("die ") and "die" in expected), f"{what}; expected: {row[2]}")
    print(f"{what}; {found}")


main()
