# SPDX-License-Identifier: Apache-2.0
"""A disk without room: the update fails, the store stays, and with room it works again."""

import json
import os
import subprocess

import pytest
from harness import OLD, SECRET, STORE, Folder

# In a mount namespace of its own, so that nothing outlives the test. $1 the folder to mount on, $2 the prepared
# folder, $3 the writer, $4 the secret.
SCRIPT = r"""
set -u
mount -t tmpfs -o size=64k,mode=700 none "$1" || exit 100
cp -a "$2" "$1/agent"
fill() { dd if=/dev/zero of="$1/filler" bs=1k count=1024 2>/dev/null; }
fill "$1"; : > "$1/agent/probe" && echo x > "$1/agent/probe" && exit 101
rm -f "$1/agent/probe"; fill "$1"
"$3" add "$1/agent" anthropic:new "$4" 2>"$2/stderr"; echo "$?" > "$2/code"
cp "$1/agent/auth-profiles.json" "$2/after"; ls -A "$1/agent" > "$2/names"
rm "$1/filler"
"$3" add "$1/agent" anthropic:new "$4"; echo "$?" > "$2/code2"
cp "$1/agent/auth-profiles.json" "$2/after2"
"""


def test_a_full_disk_keeps_the_old_store(writer, tmp_path, report):
    folder = Folder(tmp_path, OLD)
    folder.reset()
    place = tmp_path / "disk"
    place.mkdir()
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    command = [*unshare, "bash", "-c", SCRIPT, "-", str(place), str(folder.path), writer, SECRET]
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    except FileNotFoundError:
        pytest.skip("unshare is not installed; ENOSPC by strace stands for it")
    if "code2" not in os.listdir(folder.path):
        pytest.skip(f"no tmpfs may be mounted here ({result.stderr.strip()}); ENOSPC by strace stands for it")

    def left(name):
        return (folder.path / name).read_text()

    assert left("code").strip() == "74", left("stderr")
    assert "No space left on device" in left("stderr") and SECRET not in left("stderr")
    assert left("after") == OLD
    assert ".new-" not in left("names")
    assert left("code2").strip() == "0"
    assert json.loads(left("after2"))["profiles"]["anthropic:new"]["key"] == SECRET
    report("full disk (a tmpfs of 64 KB): refused with exit 74, old store kept, works again with room")
