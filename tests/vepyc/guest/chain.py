#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Hand the platform's certificates to the owner, who judges them and what can be made of them: chain.py FOLDER"""
import sys
from sevhost import ask, export_certs

export_certs(sys.argv[1])
rows = ask(sys.argv[1], "chain", "chain.rows").decode()
print(rows)
sys.exit("FAIL" in rows)
