# SPDX-License-Identifier: Apache-2.0
"""The real command line, killed or disturbed at every system call that touches its files: nothing stored is lost."""

import os
import pathlib
import subprocess
import sys

import pytest
from instance import CONFIG, FULL, STORE, TYPED
from stopping import Command, Judge
from writing_commands import MAY_BE_MISSING, WRITING_COMMANDS


@pytest.fixture(scope="session")
def program():
    path = pathlib.Path(os.environ["BUILD_DIR"]) / "agenticflow-enterprise"
    assert path.exists(), f"{path} is not there. Run: swift build"
    return str(path)


def words(command: Command) -> list[str]:
    """The words that name the command, without what it is given."""
    found = []
    for word in command.line:
        if not word.isascii() or not word.replace("-", "").isalpha() or word.startswith("-"):
            break
        found.append(word)
    return found


def is_known(program: str, command: Command) -> bool:
    depth = {"models": 2, "gateway": 2, "config": 2, "env": 2, "agents": 2, "doctor": 1}[command.line[0]]
    if command.line[0] == "models" and command.line[1] in ("auth", "aliases", "fallbacks", "image-fallbacks"):
        depth = 4 if command.line[2] == "order" else 3
    result = subprocess.run([program, *command.line[:depth], "--help"], capture_output=True, text=True)
    usage = f"agenticflow-enterprise {' '.join(command.line[:depth])} "
    return result.returncode == 0 and usage in " ".join(result.stdout.split()) + " "


@pytest.mark.parametrize("command", WRITING_COMMANDS, ids=[command.name for command in WRITING_COMMANDS])
def test_a_command_that_is_stopped_loses_nothing(program, command, tmp_path, report):
    if not is_known(program, command):
        assert any(" ".join(command.line).startswith(words) for words in MAY_BE_MISSING), f"no command {command.line}"
        pytest.skip(f"this program does not know: {' '.join(command.line)}")
    findings = Judge(tmp_path, command, program).judge()
    report(f"kill -9, ENOSPC, EIO, EROFS in {command.name}: {findings.sentence}")
    listed = "\n".join(findings.problems[:40])
    assert not findings.problems, listed
    assert findings.changing >= 10


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
