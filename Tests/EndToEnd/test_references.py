# SPDX-License-Identifier: Apache-2.0
"""Secrets that rest elsewhere: in a variable, a file, or with a program. And the commands that take secrets away."""

import json
import time

import pytest

from dialects import MESSAGES
from gateway import replace
from polling import eventually

PROFILE = "anthropic:ref"


def entry(source, id, provider="default"):
    return {"type": "api_key", "provider": "anthropic", "keyRef": {"source": source, "provider": provider, "id": id}}


def answered_by(gateway, label, within=2.0):
    """Within the two seconds that every change has."""
    def look():
        answer = gateway.send(MESSAGES.path, MESSAGES.body())
        return answer.status == 200 and MESSAGES.text(answer) == f"Hello from {label}."

    eventually(look, f"an answer from {label}", within)


def refused(gateway, within=2.0):
    # With its provider's name: a plain one leads nowhere when nobody has a credential.
    body = MESSAGES.body(model=f"anthropic/{MESSAGES.model}")
    eventually(lambda: gateway.send(MESSAGES.path, body).status == 503, "no answer", within)


def problems(gateway):
    return gateway.health()["problems"]


class Program:
    """A program that holds secrets, and says what the test has it say."""

    def __init__(self, folder):
        self.folder = folder / "vault"
        self.folder.mkdir(mode=0o700)
        self.command = self.folder / "vault"
        self.asked = self.folder / "asked"

    def says(self, body):
        script = f"#!/bin/sh\ncat >> {self.asked}\n{body}\n"
        beside = self.folder / "beside"
        beside.write_text(script)
        beside.chmod(0o700)
        beside.rename(self.command)
        return self

    def has(self, key):
        answer = json.dumps({"protocolVersion": 1, "values": {"team/key": key}})
        return self.says(f"printf '%s' '{answer}'")

    def configuration(self, **more):
        return {"secrets": {"providers": {"vault": {"source": "exec", "command": str(self.command), **more}}}}

    @property
    def questions(self):
        return [json.loads(line) for line in self.asked.read_text().splitlines()] if self.asked.exists() else []


@pytest.fixture
def program(tmp_path):
    return Program(tmp_path)


def test_a_variable_of_the_gateway(start, simulator):
    gateway = start({PROFILE: entry("env", "TEAM_KEY")}, environment={"TEAM_KEY": "sk-sim-ok-variable"})
    answered_by(gateway, "variable")
    shown = gateway.command("models", "auth", "list", environment={"TEAM_KEY": ""})
    assert f"- {PROFILE}=ref:env:TEAM_KEY ready" in shown.stdout
    assert "sk-sim" not in shown.stdout + shown.stderr
    assert "is not set" not in shown.stderr


def test_a_variable_that_comes_later(start, simulator):
    gateway = start({PROFILE: entry("env", "TEAM_KEY")})
    assert gateway.credential(PROFILE)["code"] == "unresolved_ref"
    assert any("The variable TEAM_KEY is not set." in text for text in problems(gateway))
    gateway.write_dotenv({"TEAM_KEY": "sk-sim-ok-dotenv"})
    answered_by(gateway, "dotenv")
    assert problems(gateway) == []


def test_a_file_and_its_changes(start, simulator, tmp_path):
    path = tmp_path / "secrets" / "key"
    gateway = start({PROFILE: entry("file", str(path))})
    refused(gateway)
    replace(path, "sk-sim-ok-first\n")
    answered_by(gateway, "first")
    replace(path, "sk-sim-ok-second")
    answered_by(gateway, "second")
    path.write_text("sk-sim-ok-third\n")
    answered_by(gateway, "third")

    for broken in ["", "two lines\nof text", "x" * 70_000]:
        replace(path, broken)
        eventually(lambda: problems(gateway), "a problem", 2.0)
        answered_by(gateway, "third")
        assert all("stays in use" in text for text in problems(gateway))
        replace(path, "sk-sim-ok-third\n")
        eventually(lambda: problems(gateway) == [], "no problem", 2.0)
    path.chmod(0o644)
    eventually(lambda: any("Other users have access" in text for text in problems(gateway)), "the problem", 2.0)
    answered_by(gateway, "third")
    shown = gateway.command("models", "status")
    assert "stays in use" in shown.stderr + shown.stdout
    path.unlink()
    eventually(lambda: any("is not there" in text for text in problems(gateway)), "the problem", 2.0)
    # What was removed is not used any more.
    refused(gateway)
    assert gateway.credential(PROFILE)["code"] == "unresolved_ref"
    assert all("stays in use" not in text for text in problems(gateway))
    replace(path, "sk-sim-ok-fourth")
    answered_by(gateway, "fourth")


def test_a_new_secret_behind_a_reference_begins_with_fresh_health(start, simulator, tmp_path):
    path = tmp_path / "secrets" / "key"
    replace(path, "sk-sim-401-old")
    gateway = start({PROFILE: entry("file", str(path))})
    refused(gateway)
    assert gateway.credential(PROFILE)["code"] == "disabled_auth"
    replace(path, "sk-sim-ok-new")
    answered_by(gateway, "new")


def test_a_place_in_a_json_file(start, simulator, tmp_path):
    path = tmp_path / "secrets" / "keys.json"
    replace(path, json.dumps({"anthropic": {"key": "sk-sim-ok-json"}}))
    gateway = start(
        {PROFILE: entry("file", "/anthropic/key", "team")},
        config={"secrets": {"providers": {"team": {"source": "file", "path": str(path)}}}})
    answered_by(gateway, "json")


def test_a_program(start, simulator, program):
    program.has("sk-sim-ok-program")
    gateway = start({PROFILE: entry("exec", "team/key", "vault")}, config=program.configuration())
    answered_by(gateway, "program")
    assert program.questions == [{"protocolVersion": 1, "provider": "vault", "ids": ["team/key"]}]
    # Not once more for each request, nor for a command.
    gateway.command("models", "status")
    gateway.command("models", "auth", "list")
    assert len(program.questions) == 1
    # A program that has been replaced is asked anew.
    program.has("sk-sim-ok-replaced")
    answered_by(gateway, "replaced")


WRONG = {
    "hangs": ("sleep 30", "gave no answer within 300 ms"),
    "floods": ("yes 0123456789", "wrote more than 1048576 bytes"),
    "rubbish": ("echo rubbish", "is no JSON object"),
    "fails": ("exit 1", "ended with exit code 1"),
    "empty": (":", "is no JSON object"),
}


@pytest.mark.parametrize("how", WRONG)
def test_a_program_that_goes_wrong_takes_nothing_away(start, simulator, program, how):
    body, why = WRONG[how]
    program.has("sk-sim-ok-program")
    timeout = 300 if how == "hangs" else 5000
    gateway = start({PROFILE: entry("exec", "team/key", "vault")}, config=program.configuration(timeoutMs=timeout))
    answered_by(gateway, "program")
    program.says(body)
    eventually(lambda: any(why in text for text in problems(gateway)), "the problem", 10.0)
    assert all("stays in use" in text for text in problems(gateway))
    assert gateway.health()["status"] == "degraded"
    answered_by(gateway, "program")
    assert why in gateway.command("models", "status").stderr
    program.has("sk-sim-ok-again")
    answered_by(gateway, "again", 10.0)
    assert problems(gateway) == []


def test_doctor_says_that_the_last_secret_of_a_program_is_still_sent(start, simulator, program):
    program.has("sk-sim-ok-vault")
    gateway = start({PROFILE: entry("exec", "team/key", "vault")}, config=program.configuration())
    answered_by(gateway, "vault")
    program.command.chmod(0o777)
    eventually(lambda: any("stays in use" in text for text in problems(gateway)), "the problem", 5.0)
    answered_by(gateway, "vault")
    told = [check for check in json.loads(gateway.command("doctor", "--allow-exec", "--json").stdout)["checks"]
            if check["id"] == "credential-reference-unresolved"]
    assert [check["why"].endswith(" What was last known of it stays in use.") for check in told] == [True], told
    assert "pass it over" not in told[0]["why"]
    assert told[0]["fix"] == f"Run: chmod go-w {program.command}"


def test_a_program_that_never_answered(start, simulator, program):
    program.says("sleep 30")
    gateway = start({PROFILE: entry("exec", "team/key", "vault")}, config=program.configuration())
    began = time.monotonic()
    # Others are served meanwhile, and the end does not wait for it.
    refused(gateway)
    assert gateway.credential(PROFILE)["code"] == "unresolved_ref"
    assert gateway.stop() == 0
    assert time.monotonic() - began < 4


def test_a_program_that_hangs_holds_up_no_other(start, simulator, program, tmp_path):
    (tmp_path / "other").mkdir(mode=0o700)
    hanging = Program(tmp_path / "other").says("sleep 30")
    program.has("sk-sim-ok-program")
    config = program.configuration()
    config["secrets"]["providers"]["hanging"] = {"source": "exec", "command": str(hanging.command)}
    gateway = start(
        {"anthropic:hanging": entry("exec", "team/key", "hanging"), PROFILE: entry("exec", "team/key", "vault")},
        config=config)
    answered_by(gateway, "program")
    # Nor what becomes due later.
    program.has("sk-sim-ok-replaced")
    answered_by(gateway, "replaced")


def test_a_program_that_others_can_change_is_not_started(start, simulator, program):
    program.has("sk-sim-ok-program")
    program.command.chmod(0o777)
    gateway = start({PROFILE: entry("exec", "team/key", "vault")}, config=program.configuration())
    eventually(lambda: any("can be changed by other users" in text for text in problems(gateway)), "the problem", 5.0)
    assert program.questions == []


def test_a_reference_that_is_added_under_the_gateway(start, simulator, tmp_path):
    gateway = start(environment={"TEAM_KEY": "sk-sim-ok-added"})
    added = gateway.command(
        "models", "auth", "add", "--provider", "anthropic", "--profile-id", PROFILE, "--ref", "env:TEAM_KEY")
    assert added.returncode == 0, added.stderr
    answered_by(gateway, "added")


def test_what_is_removed_is_not_used_any_more(start, simulator):
    gateway = start({"anthropic:a": "sk-sim-ok-a", "anthropic:b": "sk-sim-ok-b"}, order={"anthropic": ["anthropic:a"]})
    answered_by(gateway, "a")
    gone = gateway.command("models", "auth", "logout", "anthropic:a", "--yes")
    assert gone.returncode == 0, gone.stderr
    assert "The running gateway takes it up by itself." in gone.stderr
    answered_by(gateway, "b")
    assert gateway.command("models", "auth", "logout", "anthropic:b", "--yes").returncode == 0
    refused(gateway)


def test_what_is_rotated_is_used_at_once(start, simulator):
    gateway = start({"anthropic:a": "sk-sim-401-old"})
    refused(gateway)
    rotated = gateway.command("models", "auth", "rotate", "anthropic:a", stdin="sk-sim-ok-new\n")
    assert rotated.returncode == 0, rotated.stderr
    answered_by(gateway, "new")
