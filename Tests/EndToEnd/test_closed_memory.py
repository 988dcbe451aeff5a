# SPDX-License-Identifier: Apache-2.0
"""No process of ours leaves its memory behind: no core file, and nothing printed when it crashes."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from polling import eventually
from programs import BUILD, GATEWAY, clean_environment

CANARY = "sk-or-CANARY-0123456789"
COMMANDS = [
    ["models", "auth", "paste-token", "--provider", "openrouter"],
    ["models", "auth", "paste-api-key", "--provider", "openrouter"],
    ["env", "set", "OPENROUTER_API_KEY"],
    ["config", "set", "models.providers.openai.apiKey", "--stdin"],
]


def core_limit(pid):
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()
    return next(line.split()[4:6] for line in lines if line.startswith("Max core file size"))


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_that_holds_a_secret(tmp_path, words):
    environment = clean_environment(tmp_path)
    # As a user runs it: nothing tells the run-time library to be quiet.
    del environment["SWIFT_BACKTRACE"]
    process = subprocess.Popen(
        [str(BUILD / GATEWAY), *words], env=environment, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)
    try:
        process.stdin.write(CANARY.encode())
        process.stdin.flush()
        eventually(lambda: core_limit(process.pid) == ["0", "0"], "no core files")
        process.send_signal(signal.SIGSEGV)
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == -signal.SIGSEGV
    printed = (out + err).decode(errors="replace")
    assert printed == "", "a crash prints nothing of the memory"
    assert not [name for name in os.listdir(tmp_path) if name.startswith("core")]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a process as somebody else")
def test_nobody_else_looks_into_it():
    """The files of a closed process in /proc are root's, whoever runs it."""
    process = subprocess.Popen(
        [str(BUILD / GATEWAY), *COMMANDS[0]], env=clean_environment("/nonexistent"), cwd="/", stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=65534, group=65534)
    try:
        eventually(lambda: core_limit(process.pid) == ["0", "0"], "no core files")
        assert os.stat(f"/proc/{process.pid}").st_uid == 0
    finally:
        process.kill()
        process.wait()
