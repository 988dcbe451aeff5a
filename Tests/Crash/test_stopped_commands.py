# SPDX-License-Identifier: Apache-2.0
"""The real command line, killed or disturbed at every system call that touches its files: nothing stored is lost."""

import json
import subprocess
import sys

import pytest
from instance import FULL, STORE
from stopping import Command, Judge
from test_stopped_doctor import COMMANDS
from writing_commands import WRITING_COMMANDS

# They write nothing: Tests/EndToEnd/test_bad_files.py and test_probes.py look whether that is so.
READING = {
    "gateway status", "gateway health", "gateway token", "models status", "models list", "models explain", "models aliases list",
    "models fallbacks list", "models image-fallbacks list", "models auth list", "models auth order get",
    "agents list", "config get", "config validate", "config path", "env list", "completion",
}
# Only where a good answer ends a cooldown: what `clear-cooldown` does.
AS_OTHERS_DO = {"models auth test"}


@pytest.mark.parametrize("command", WRITING_COMMANDS, ids=[command.name for command in WRITING_COMMANDS])
def test_a_command_that_is_stopped_loses_nothing(program, command, tmp_path, report):
    findings = Judge(tmp_path, command, program).judge()
    report(f"kill -9, ENOSPC, EIO, EROFS in {command.name}: {findings.sentence}")
    listed = "\n".join(findings.problems[:40])
    assert not findings.problems, listed
    assert findings.changing >= 10


def test_every_command_that_writes_is_among_them(program):
    shown = json.loads(subprocess.run([program, "--experimental-dump-help"], capture_output=True, check=True).stdout)

    def leaves(command, words):
        below = [one for one in command.get("subcommands", []) if one["commandName"] != "help" and one["shouldDisplay"]]
        return [leaf for one in below for leaf in leaves(one, [*words, one["commandName"]])] or [" ".join(words)]

    lines = [" ".join(command.line) + " " for command in [*WRITING_COMMANDS, *COMMANDS]]
    tried = {words for words in leaves(shown["command"], []) if any(line.startswith(f"{words} ") for line in lines)}
    assert set(leaves(shown["command"], [])) - tried == READING | AS_OTHERS_DO


# A writer as it should not be: it empties the file and then fills it; and it does not look at what the system says.
TWIN = """
import os, sys
path, text, mode = sys.argv[1:]
try:
    old = open(path).read()
    if mode == "lies":
        beside = os.path.dirname(path) + "/." + os.path.basename(path) + ".new-1.tmp"
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file: file.write(old.replace("work", text))
        os.rename(beside, path)
    else:
        with open(path, "w") as file: file.write(old.replace("work", text))
except OSError as error:
    if mode == "lies": sys.exit(0)
    print("error: ", error, "why: ", "fix: ")
    sys.exit(74)
"""


@pytest.mark.parametrize(
    ("mode", "telling"),
    [("in-place", "neither the old one nor the new one"), ("lies", "claims success")])
def test_it_finds_a_command_without_the_safeguard(tmp_path, report, mode, telling):
    store = tmp_path / "0" / "instance" / "state" / STORE
    twin = Command(mode, ("-c", TWIN, str(store), "home", mode), seed=FULL, changes=(STORE,))
    findings = Judge(tmp_path, twin, sys.executable, workers=1).judge()
    report(f"twin that {mode}: {findings.sentence}")
    assert any(telling in problem for problem in findings.problems), findings.problems[:10]
