# SPDX-License-Identifier: Apache-2.0
"""What a command that only reads does to the world: it starts nothing, asks nobody but its own gateway, once, and prompts nobody."""

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from answers import CONFIG, PROGRAM, READING, SEED, STORE, WRITING, Host, every_command
from programs import Program

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")

# Everything that could lead somewhere: a program, a shell, a provider, a file elsewhere.
TEMPTING = {
    CONFIG: SEED[CONFIG].replace("{ gateway:", """{ env: { shellEnv: { enabled: true } },
  secrets: { providers: { vault: { source: 'exec', command: 'HOME/vault' } } }, gateway:""", 1),
    STORE: SEED[STORE].replace('"anthropic:work"', '''"anthropic:vault": {"type": "api_key", "provider": "anthropic",
            "keyRef": {"source": "exec", "provider": "vault", "id": "team/key"}},
        "anthropic:work"''', 1),
}
CALLS = "execve,execveat,fork,vfork,clone,clone3,connect,sendto,sendmsg"
CHANGING = {command for command in every_command() if any(" ".join(words).startswith(command) for words in WRITING)}
PLAIN = [line.split() for line in ("--help", "--version", "models --help", "complete -- models auth test ")]


@pytest.fixture(scope="module")
def host():
    made = Host(seed={**SEED, **TEMPTING})
    config = made / CONFIG
    config.write_text(config.read_text().replace("HOME", str(made.base / "home")))
    vault = made.base / "home" / "vault"
    vault.write_text(f"#!/bin/sh\ntouch {made.base}/asked\n")
    vault.chmod(0o700)
    yield made
    made.remove()


@pytest.fixture(scope="module")
def port(host):
    program = Program("agenticflow-enterprise", ["gateway", "run", "--port", "0"], host.environment, host.base / "logs")
    program.await_event("listening")
    yield json.loads((host / "gateway.json").read_text())["port"]
    program.kill()


def traced(host, words, program=PROGRAM):
    """The calls that reach beyond the process; its exit code. Standard input is a terminal at which nobody types."""
    trace = host.base / "trace"
    own, other = pty.openpty()
    try:
        done = subprocess.run(
            ["strace", "-f", "-qq", "-o", str(trace), "-e", f"trace={CALLS},openat", program, *words], stdin=other,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd="/", timeout=30, env=host.environment)
    finally:
        os.close(own)
        os.close(other)
    return trace.read_text(errors="replace"), done.returncode


def beyond(trace, port=None):
    """What it did that a command which reads does not do."""
    found, questions = [], 0
    lines = [line for line in trace.splitlines() if "resumed>" not in line]
    for line in lines[1:]:  # The first one is how it was started.
        call = line.split(" ", 1)[1].strip()
        if call.startswith("openat"):
            found += ["it asked at the terminal"] if '"/dev/tty"' in call else []
        elif call.startswith(("execve", "fork", "vfork")) or call.startswith("clone") and "CLONE_THREAD" not in call:
            found.append(f"it started a process: {call[:100]}")
        elif re.match(r"connect\(.*sin6?_port", call):
            to_ours = port is not None and f'sin_port=htons({port}), sin_addr=inet_addr("127.0.0.1")' in call
            questions += 1
            found += [] if to_ours else [f"it asked somebody: {call[:100]}"]
        elif re.match(r"send(to|msg)\(.*sin6?_port", call):
            found.append(f"it sent something: {call[:100]}")
    return found + (["it asked more than once"] if questions > 1 else [])


@pytest.mark.parametrize("words", READING + PLAIN, ids=" ".join)
def test_without_a_gateway_nobody_is_asked(host, words):
    trace, code = traced(host, words)
    assert code in (0, 1, 2, 69) and beyond(trace) == []
    assert not (host.base / "asked").exists()


@pytest.mark.parametrize("words", READING + PLAIN, ids=" ".join)
def test_beside_a_gateway_it_alone_is_asked_and_once(host, port, words):
    trace, code = traced(host, words)
    assert code in (0, 1, 2) and beyond(trace, port) == []
    if words[:2] == ["models", "status"] and "--plain" not in words:
        assert f"htons({port})" in trace, "what was looked at has no question in it"


def test_how_long_each_takes_is_measured(host):
    """Measured and shown, and not judged: a machine under load is slow."""
    measure = Path(__file__).resolve().parents[2] / "Benchmarks" / "commands"
    done = subprocess.run(
        [sys.executable, str(measure), "--binary", PROGRAM, "--rounds", "1", "--profiles", "10"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    shown = [line for line in done.stdout.splitlines() if re.search(r"  +\d+\.\d  +\d+\.\d    < \d+", line)]
    missing = [command for command in every_command() if not any(line.startswith(f"{command} ") for line in shown)]
    tried = {command for command in missing if any(" ".join(words).startswith(command) for words in READING) and command not in CHANGING}
    assert tried == set() and sum("complete -- " in line for line in shown) == 4


@pytest.mark.parametrize("script", [
    "true | cat", "exec true", "exec 3<>/dev/tcp/127.0.0.1/9", "echo x >/dev/udp/127.0.0.1/9", ": </dev/tty",
])
def test_one_that_does_more_is_found_out(host, script):
    trace, _ = traced(host, ["-c", script], program="/bin/bash")
    assert beyond(trace) != []
