# SPDX-License-Identifier: Apache-2.0
"""A disk without room: the configuration and every older copy of it stay, however often the change is tried."""

import os
import pathlib
import subprocess

import pytest

NAME = "agenticflow-enterprise.json"

SCRIPT = r"""
set -u
mount -t tmpfs -o size=64k,mode=700 none "$1" || exit 100
export AGENTICFLOW_STATE_DIR="$1/state" HOME="$1"
umask 077; mkdir "$1/state"
printf '{gateway: {port: 0}, note: "%s"}' "$(head -c 3000 /dev/zero | tr '\0' x)" > "$1/state/$4"
for n in 1 2 3 4; do "$3" config set gateway.port "$n" >/dev/null || exit 102; done
mkdir "$2/before" "$2/after"
cp "$1"/state/$4* "$2/before/"
dd if=/dev/zero of="$1/filler" bs=1k count=1024 2>/dev/null
for n in 5 6 7 8 9 10 11 12; do "$3" config set gateway.port "$n" 2>>"$2/stderr"; echo "$?" >> "$2/codes"; done
ls -A "$1/state" > "$2/names"
cp "$1"/state/$4* "$2/after/"
rm "$1/filler"
"$3" config set gateway.port 13 >/dev/null; echo "$?" > "$2/code2"
cp "$1/state/$4" "$1/state/$4.bak" "$2/"
"""


def test_a_full_disk_keeps_the_configuration_and_its_copies(tmp_path, report):
    program = pathlib.Path(os.environ["BUILD_DIR"]) / "agenticflow-enterprise"
    place, out = tmp_path / "disk", tmp_path / "out"
    place.mkdir()
    out.mkdir()
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    command = [*unshare, "bash", "-c", SCRIPT, "-", str(place), str(out), str(program), NAME]
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    except FileNotFoundError:
        pytest.skip("unshare is not installed")
    if not (out / "code2").exists():
        assert result.returncode == 100, result.stderr
        pytest.skip(f"no tmpfs may be mounted here ({result.stderr.strip()})")
    assert (out / "codes").read_text().split() == ["74"] * 8, (out / "stderr").read_text()
    assert "No space left on device" in (out / "stderr").read_text()
    assert ".new-" not in (out / "names").read_text()

    def copies(folder):
        return {path.name: path.read_text() for path in folder.iterdir() if not path.name.endswith(".lock")}

    assert len(copies(out / "before")) == 5
    assert copies(out / "after") == copies(out / "before")
    assert (out / "code2").read_text().strip() == "0"
    assert "port: 13" in (out / NAME).read_text() and "port: 4" in (out / f"{NAME}.bak").read_text()
    report("full disk (a tmpfs of 64 KB): 8 changes of the configuration refused with exit 74, all 5 copies kept")
