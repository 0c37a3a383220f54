#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Launch and use a vault in exact mode, and have the owner look at its memory as the host sees it: noise.py FOLDER"""
import os
import sys
import time
from sevhost import ask, control, must
from vaulthost import RAM, Host, death_names, use

BOOT_LIMIT = 60
SETTLE_S = 0.5

folder = sys.argv[1]
must(control("exact on") == "ok", "exact mode")
host = Host(folder)
try:
    host.launch()
    must(host.wait(BOOT_LIMIT, death_names()) == "serving", "the vault serves")
    must(use(host) == "right", "and is right")
    time.sleep(SETTLE_S)
    with open(RAM, "rb") as f, open(f"{folder}/seen", "wb") as seen:
        seen.write(f.read())
    print(ask(folder, "noise", "noise.txt").decode())
finally:
    host.close()
    if os.path.exists(f"{folder}/seen"):
        os.unlink(f"{folder}/seen")
