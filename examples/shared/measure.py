# SPDX-License-Identifier: Apache-2.0
"""Runs a command, and writes to a file how much memory it had at the most.

    measure.py FILE COMMAND...

Its exit code is the command's.
"""
import resource
import subprocess
import sys

code = subprocess.run(sys.argv[2:], check=False).returncode
with open(sys.argv[1], "w", encoding="utf-8") as to:
    to.write(f"{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MiB\n")
sys.exit(code if code >= 0 else 128 - code)
