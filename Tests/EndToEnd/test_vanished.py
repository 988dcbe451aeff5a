# SPDX-License-Identifier: Apache-2.0
"""What is deleted or moved away under a running gateway: it goes on, says so, and makes nothing in its place."""

import fcntl
import json
import shutil
import signal

import pytest

from dialects import MESSAGES
from gateway import TOKEN, replace
from polling import eventually

ONE = {"anthropic:one": "sk-sim-ok-one"}


def problems(gateway):
    return gateway.health()["problems"]


def is_served(gateway):
    return gateway.send(MESSAGES.path, MESSAGES.body()).status == 200


def settle(gateway):
    """Until what a request taught is written."""
    eventually(lambda: (gateway.agent_folder / "auth-health.jsonl").exists(), "the journal")


@pytest.mark.parametrize("is_used_before", [True, False], ids=["used before", "not used before"])
def test_a_state_directory_comes_back_as_it_went(start, is_used_before):
    gateway = start(ONE)
    if is_used_before:
        assert is_served(gateway)
        settle(gateway)
    aside = gateway.state.with_name("state.old")
    gateway.state.rename(aside)
    told = eventually(lambda: problems(gateway), "that it is told")
    assert told[0].startswith(f"The state directory {gateway.state} is gone. What was last read from it stays in use")
    assert is_served(gateway)
    # What it has learned cannot be written; it is kept.
    told = eventually(lambda: problems(gateway) if len(problems(gateway)) == 2 else None, "the journal's problem")
    assert "are not being written" in told[1] and f"{gateway.agent_folder} is gone." in told[1]
    assert not gateway.state.exists()
    aside.rename(gateway.state)
    eventually(lambda: problems(gateway) == [], "that all is well")
    assert is_served(gateway)
    settle(gateway)
    assert not (gateway.state / "state.old").exists()
    assert gateway.stop() == 0


def test_a_configuration_that_is_gone_is_not_begun_anew(start):
    gateway = start(ONE)
    assert gateway.command("config", "set", "gateway.limits.maxAttempts", "3").returncode == 0
    copy = gateway.config_path.with_name(f"{gateway.config_path.name}.bak")
    gateway.config_path.unlink()
    told = eventually(lambda: problems(gateway), "that it is told")
    assert "is not there, and copies of it are." in told[0] and told[0].endswith("What was last read from it stays in use.")
    for words in ["models auth paste-api-key --provider openai", "config set gateway.port 18800", "gateway run"]:
        answer = gateway.command(*words.split(), stdin="sk-proj-0123456789abcdef")
        assert answer.returncode == 78 and "cp -p" in answer.stderr, answer
    assert not gateway.config_path.exists() and is_served(gateway)
    assert "copies of it are" in gateway.command("gateway", "status").stdout
    shutil.copy(copy, gateway.config_path)
    eventually(lambda: problems(gateway) == [], "that all is well")
    assert TOKEN in gateway.config_path.read_text() and is_served(gateway)


def test_a_journal_that_cannot_be_written_is_a_problem_until_it_can(start):
    gateway = start(ONE)
    assert is_served(gateway)
    settle(gateway)
    journal = gateway.agent_folder / "auth-health.jsonl"
    journal.chmod(0o400)
    assert is_served(gateway)
    told = eventually(lambda: problems(gateway), "that it is told")
    assert told[0].startswith("The waiting times of credentials are not being written, and a restart would forget them.")
    assert told[0] in gateway.command("gateway", "status").stdout.replace("~", str(gateway.folder))
    assert "[gateway-problem]" in gateway.command("doctor").stdout
    journal.chmod(0o600)
    eventually(lambda: problems(gateway) == [], "that all is well")


@pytest.mark.parametrize("how", ["removed", "moved", "restored"])
def test_a_gateway_whose_lock_was_replaced_is_seen_again(start, how):
    """Somebody clears up, or a backup is unpacked over a state directory in use."""
    gateway = start(ONE)
    lock, note = gateway.state / "gateway.lock", gateway.state / "gateway.json"
    pid, said = gateway.program.pid, json.loads(note.read_text())
    if how == "moved":
        lock.rename(gateway.state / "gateway.lock.old")
    else:
        lock.unlink()
    if how == "restored":
        lock.write_text("1         \n")
        replace(note, json.dumps({"pid": 1, "host": "127.0.0.1", "port": 9, "commandToken": "agl_ofAnotherTime"}))
    eventually(lambda: any(line.get("event") == "lock_retaken" for line in gateway.program.events()), "the lock")
    eventually(lambda: json.loads(note.read_text()) == said, "its note")
    assert f"Gateway:   running (pid {pid}, " in gateway.command("gateway", "status").stdout
    assert gateway.command("gateway", "health").returncode == 0
    refused = gateway.command("gateway", "run", "--port", "0")
    assert refused.returncode == 78 and f"Process {pid} holds" in refused.stderr, refused
    assert is_served(gateway) and problems(gateway) == []
    assert gateway.stop() == 0 and not note.exists()


def test_a_second_gateway_that_was_faster_is_told(start):
    gateway = start(ONE)
    gateway.program.signal(signal.SIGSTOP)
    (gateway.state / "gateway.lock").unlink()
    with open(gateway.state / "gateway.lock", "w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        gateway.program.signal(signal.SIGCONT)
        told = eventually(lambda: problems(gateway), "that it is told")
        assert told[0].startswith("A second gateway runs on this state directory: the lock ") and is_served(gateway)
    eventually(lambda: problems(gateway) == [], "that it has its lock again")
