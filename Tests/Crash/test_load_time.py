# SPDX-License-Identifier: Apache-2.0
"""Prints how long a large store takes to read. Not a gate: the machine decides."""

import json
import subprocess

from harness import Folder

COUNT = 10_000


def test_a_large_store_is_read(writer, tmp_path, report):
    entry = {"type": "token", "provider": "openai", "token": "sk-" + "x" * 60, "expires": 1800000000000}
    profiles = {f"openai:p{number}": entry for number in range(COUNT)}
    folder = Folder(tmp_path, json.dumps({"version": 1, "profiles": profiles}, indent=2))
    folder.reset()
    result = subprocess.run([writer, "load", str(folder.path), "3"], capture_output=True, text=True, check=True)
    rows = [line.split() for line in result.stdout.splitlines()]
    assert [int(count) for count, _ in rows] == [COUNT] * 3
    best = min(float(milliseconds) for _, milliseconds in rows)
    report(f"{COUNT} profiles ({len(folder.text) >> 10} KB) read in {best:.0f} ms by this build (debug unless said so)")
