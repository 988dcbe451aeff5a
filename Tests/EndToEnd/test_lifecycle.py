"""Start, end, restart and sudden death of the gateway."""

import json
import os
import signal
import socket
import stat
import subprocess

import pytest

from dialects import ALL, CHAT, MESSAGES, frames
from gateway import TOKEN, replace, store
from polling import eventually
from programs import BUILD, GATEWAY, Program
from rawhttp import Ended

each_dialect = pytest.mark.parametrize("dialect", ALL, ids=str)
each_signal = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)


def is_refused(gateway):
    """Whether new connections are turned away."""
    try:
        with gateway.connect() as connection:
            connection.send(gateway.request("/livez"))
            return connection.answer().status == 503
    except (ConnectionError, Ended):
        return True


def advice(text):
    """The three lines of an error, by their names."""
    found = dict(line.strip().split(": ", 1) for line in text.splitlines() if ": " in line)
    assert {"error", "why", "fix"} <= set(found), text
    return found


# The end.


@each_signal
@each_dialect
def test_open_requests_finish_before_the_end(start, simulator, dialect, number):
    provider = dialect.provider
    gateway = start({f"{provider}:work": "sk-sim-ok-work"})
    simulator.rules({"label": "work", "fault": "slow-stream", "parameters": {"events": 30, "microseconds": 50_000}})
    with gateway.connect() as streaming, gateway.connect() as plain, gateway.connect() as idle:
        streaming.send(gateway.request(dialect.path, dialect.body(stream=True)))
        plain.send(gateway.request(dialect.path, dialect.body()))
        idle.send(gateway.request("/livez"))
        assert idle.answer().status == 200
        assert streaming.more(1)
        eventually(lambda: simulator.total() == 2, "both requests at the upstream")
        gateway.program.signal(number)

        # Nobody new is let in, and who has asked for nothing is sent away.
        eventually(lambda: is_refused(gateway), "new connections refused")
        assert idle.ending == "fin"
        assert gateway.program.exit_code is None
        # What was under way ends complete; then so does the process.
        rest, ending = streaming.rest()
        assert (rest[-5:], ending) == (b"0\r\n\r\n", "fin")
        assert dialect.terminal in rest
        answer = plain.answer()
        assert answer.ending == "whole"
        assert dialect.text(answer).startswith("Hello from work.")
        assert plain.ending == "fin"
    assert gateway.program.wait() == 0
    assert {line["end"] for line in gateway.log() if line["route"] == dialect.path} == {"complete"}


def test_who_asks_a_gateway_that_stops_hears_so_and_kills_nothing(start, simulator):
    gateway = start({"anthropic:work": "sk-sim-ok-work"}, gateway={"deadlines": {"drainSeconds": 60}})
    simulator.rules({"label": "work", "fault": "slow-stream", "parameters": {"events": 400, "microseconds": 40_000}})
    with gateway.connect() as connection:
        connection.send(gateway.request(MESSAGES.path, MESSAGES.body(stream=True)))
        assert connection.more(1)
        gateway.program.signal(signal.SIGTERM)
        stopping = gateway.program.await_event("stopping")
        assert (stopping["connections"], stopping["drainSeconds"]) == (1, 60)

        status = gateway.command("gateway", "status")
        pid = gateway.program.pid
        assert "Gateway:   draining" in status.stdout
        assert f"- Process {pid} was told to stop: it takes nothing new, and lets open requests finish until " in status.stdout
        assert "fix: When it has ended, run: agenticflow-enterprise gateway run" in status.stdout
        assert json.loads(gateway.command("gateway", "status", "--json").stdout)["state"] == "draining"

        health = gateway.command("gateway", "health")
        assert (health.returncode, health.stderr.splitlines()[0]) == (69, "error: The gateway stops.")

        doctor = json.loads(gateway.command("doctor", "--json").stdout)
        assert "gateway-hung" not in json.dumps(doctor)
        assert "kill" not in json.dumps(doctor)

        models = gateway.command("models", "status")
        assert "warning: The gateway of this instance stops." in models.stderr and "gateway run" not in models.stderr
    assert gateway.program.wait() == 0


def test_what_a_killed_gateway_has_left_says_nothing_of_the_next_one(start, tmp_path):
    """It was killed while it stopped; the next one still asks its login shell."""
    os.mkfifo(tmp_path / "turn")
    shell = tmp_path / "shell"
    shell.write_text(f"#!/bin/sh\ntouch '{tmp_path}/asked'\nread line < '{tmp_path}/turn'\nexit 3\n")
    shell.chmod(0o700)
    gateway = start.prepare(
        {"anthropic:work": "sk-sim-ok-work"}, environment={"SHELL": str(shell)},
        config={"env": {"shellEnv": {"enabled": True, "timeoutMs": 100_000}}})
    replace(gateway.state / "gateway.json", json.dumps({"pid": 1, "stoppingUntil": 1000}))
    gateway.program = Program(GATEWAY, ["gateway", "run", "--port", "0"], gateway.environment, gateway.logs)
    eventually((tmp_path / "asked").exists, "the question")
    for words in (["gateway", "status"], ["gateway", "health"], ["models", "status"]):
        said = gateway.command(*words)
        assert "stop" not in said.stdout + said.stderr and "draining" not in said.stdout, said
    (tmp_path / "turn").write_text("go on\n")
    gateway.program.await_event("listening")
    assert "Gateway:   running" in gateway.command("gateway", "status").stdout
    assert gateway.stop() == 0


def test_a_request_behind_the_one_under_way_is_told_of_the_end(start, simulator):
    gateway = start({"anthropic:work": "sk-sim-ok-work"})
    simulator.rules({"label": "work", "fault": "slow-stream", "parameters": {"events": 30, "microseconds": 40_000}})
    with gateway.connect() as connection:
        connection.send(gateway.request(MESSAGES.path, MESSAGES.body(stream=True)))
        first = connection.answer(so_far=lambda body: b"Hello" in body)
        gateway.program.signal(signal.SIGTERM)
        eventually(lambda: is_refused(gateway), "new connections refused")
        connection.send(gateway.request(MESSAGES.path, MESSAGES.body()))
        rest, ending = connection.rest()
    assert first.status == 200
    assert b"message_stop" in rest
    # It is refused in words or by the end of the connection, and never half served.
    assert simulator.total() == 1
    after = rest[rest.index(b"0\r\n\r\n") + 5 :]
    assert after == b"" or (b" 503 " in after and b'"draining"' in after)
    assert gateway.program.wait() == 0


@each_dialect
def test_the_drain_has_a_deadline(start, simulator, dialect):
    gateway = start({f"{dialect.provider}:work": "sk-sim-ok-work"}, gateway={"deadlines": {"drainSeconds": 0.3}})
    simulator.rules({"label": "work", "fault": "slow-stream", "parameters": {"events": 2000, "microseconds": 40_000}})
    with gateway.connect() as connection:
        connection.send(gateway.request(dialect.path, dialect.body(stream=True)))
        assert connection.more(1)
        assert gateway.stop() == 0
        rest, _ = connection.rest()
        # A cut-off answer never looks like a complete one.
        assert not rest.endswith(b"0\r\n\r\n")
        assert dialect.terminal not in rest
    simulator.await_outcome("work", "cancelled")
    assert any(event.get("event") == "drain_deadline_passed" for event in gateway.program.events())


def test_an_idle_gateway_ends_at_once(start, simulator):
    gateway = start({"anthropic:work": "sk-sim-ok-work"})
    with gateway.connect() as connection:
        assert MESSAGES.ask(gateway)[0] == "Hello from work."
        assert gateway.stop() == 0
        assert connection.ending == "fin"
    assert not (gateway.state / "gateway.json").exists()
    assert gateway.program.stdout == ""


def test_a_hangup_ends_nothing(start, simulator):
    gateway = start({"anthropic:work": "sk-sim-ok-work"})
    gateway.program.signal(signal.SIGHUP)
    assert MESSAGES.ask(gateway)[0] == "Hello from work."


# The start.


def test_a_second_gateway_on_the_same_state_directory(start, simulator):
    gateway = start({"anthropic:work": "sk-sim-ok-work"})
    second = gateway.command("gateway", "run", "--port", "0")

    assert second.returncode == 78
    assert second.stdout == ""
    told = advice(second.stderr)
    assert f"~/{gateway.state.name}" in told["error"] + told["why"]
    assert str(gateway.program.pid) in told["error"] + told["why"]
    # The first one goes on, and is still found.
    assert MESSAGES.ask(gateway)[0] == "Hello from work."
    assert json.loads((gateway.state / "gateway.json").read_text())["port"] == gateway.port


def test_a_port_that_is_taken(start, simulator):
    gateway = start()
    other = start.prepare()
    refused = other.command("gateway", "run", "--port", str(gateway.port))

    assert refused.returncode >= 64
    assert str(gateway.port) in advice(refused.stderr)["error"]


@pytest.mark.parametrize("config", ["{ gateway: ", "[]", "{ gateway: { auth: { token: 'a' } } } }"])
def test_a_configuration_that_cannot_be_read_is_not_started_with(start, config):
    gateway = start.prepare()
    gateway.write_config(config)
    refused = gateway.command("gateway", "run", "--port", "0")

    assert refused.returncode == 78
    assert f"~/{gateway.state.name}/{gateway.config_path.name}" in advice(refused.stderr)["error"]
    assert gateway.config_path.read_text() == config


@pytest.mark.parametrize("bind", ["0.0.0.0", "lan", "::"])
def test_listening_for_everybody_must_be_allowed(start, bind):
    gateway = start.prepare(gateway={"bind": bind})
    refused = gateway.command("gateway", "run", "--port", "0")

    assert refused.returncode == 78
    assert "allowPlainRemote" in refused.stderr


def test_from_nothing(start, simulator):
    """The first start on an empty state directory makes a token, and says how to see it."""
    gateway = start.prepare()
    gateway.config_path.unlink()
    gateway.start()

    assert "agw_" not in gateway.program.stderr
    assert "agenticflow-enterprise gateway token --show" in gateway.program.stderr
    shown = gateway.command("gateway", "token", "--show")
    assert (shown.returncode, shown.stderr) == (0, "")
    token = shown.stdout.strip()
    assert token.startswith("agw_") and len(token) >= 40
    masked = gateway.command("gateway", "token").stdout
    assert token not in masked and token[8:-8] not in masked
    assert gateway.send("/healthz", token=token).json["status"] == "ok"
    assert gateway.send("/healthz", token=TOKEN).status == 401
    # The next start uses the same one.
    assert gateway.stop() == 0
    gateway.start()
    assert gateway.send("/healthz", token=token).status == 200


def test_what_it_writes_is_for_its_owner_alone(start, simulator):
    gateway = start({"anthropic:bad": "sk-sim-401-bad"})
    gateway.send(MESSAGES.path, MESSAGES.body())
    eventually((gateway.agent_folder / "auth-health.jsonl").exists, "the journal")
    assert gateway.stop() == 0
    for path in [gateway.state, *gateway.state.rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), f"{path} has {mode:o}"


def test_no_core_file(start):
    gateway = start()
    limits = open(f"/proc/{gateway.program.pid}/limits").read()
    [line] = [line for line in limits.splitlines() if line.startswith("Max core file size")]
    assert line.split()[4:6] == ["0", "0"]


def test_an_environment_file_that_others_can_read_is_tightened_and_said_once(start, simulator):
    gateway = start.prepare(dotenv={"ANTHROPIC_API_KEY": "sk-sim-ok-dotenv"})
    gateway.dotenv_path.chmod(0o644)
    gateway.start()

    assert MESSAGES.ask(gateway)[0] == "Hello from dotenv."
    assert stat.S_IMODE(gateway.dotenv_path.stat().st_mode) == 0o600
    said = [event for event in gateway.program.events() if event.get("event") == "permissions_tightened"]
    assert [event["path"] for event in said] == [str(gateway.dotenv_path)]


# What survives.


def refuse_one(start, simulator):
    """A gateway one of whose credentials has been put aside for ten minutes."""
    gateway = start(
        {"anthropic:bad": "sk-sim-429-after-600-bad", "anthropic:good": "sk-sim-ok-good"},
        order={"anthropic": ["anthropic:bad", "anthropic:good"]})
    assert MESSAGES.ask(gateway)[0] == "Hello from good."
    assert simulator.counts() == {"bad": 1, "good": 1}
    return gateway


def check_still_aside(gateway, simulator, before):
    assert gateway.credential("anthropic:bad")["windows"] == before
    assert MESSAGES.ask(gateway)[0] == "Hello from good."
    assert simulator.counts()["bad"] == 1


def test_health_survives_a_restart(start, simulator):
    gateway = refuse_one(start, simulator)
    before = gateway.credential("anthropic:bad")["windows"]
    stored = gateway.store_path.read_bytes()

    assert gateway.stop() == 0
    gateway.start()

    check_still_aside(gateway, simulator, before)
    assert gateway.store_path.read_bytes() == stored


def test_sudden_death_loses_at_most_the_last_moment_and_no_credential(start, simulator):
    gateway = refuse_one(start, simulator)
    before = gateway.credential("anthropic:bad")["windows"]
    stored = gateway.store_path.read_bytes()
    journal = gateway.agent_folder / "auth-health.jsonl"
    # On the disk within two seconds, and a little for a slow machine.
    eventually(lambda: journal.exists() and b"anthropic:bad" in journal.read_bytes(), "the journal's line", within=5)

    gateway.kill()
    gateway.start()

    check_still_aside(gateway, simulator, before)
    assert gateway.store_path.read_bytes() == stored


@pytest.mark.parametrize("harm", [b'{"v":1,"id":"anthropic:good","agent":"main","windows":[{"rea', b"\x00\xff\n", b"[]\nnull\n{}\n"])
def test_a_torn_journal_costs_its_torn_lines_alone(start, simulator, harm):
    gateway = refuse_one(start, simulator)
    before = gateway.credential("anthropic:bad")["windows"]
    assert gateway.stop() == 0
    with open(gateway.agent_folder / "auth-health.jsonl", "ab") as file:
        file.write(harm)
    gateway.start()

    check_still_aside(gateway, simulator, before)


def test_sudden_death_in_the_middle_of_a_stream_is_seen_as_one(start, simulator):
    gateway = start({"openai:work": "sk-sim-ok-work"})
    simulator.rules({"label": "work", "fault": "slow-stream", "parameters": {"events": 2000, "microseconds": 20_000}})
    with gateway.connect() as connection:
        connection.send(gateway.request(CHAT.path, CHAT.body(stream=True)))
        connection.answer(so_far=lambda body: b"Hello" in body)
        gateway.kill()
        gateway.was_ended_by_us = True
        rest, ending = connection.rest()
    assert not rest.endswith(b"0\r\n\r\n")
    simulator.await_outcome("work", "cancelled")


# The commands beside it.


def test_status_and_health_beside_a_running_gateway(start, simulator):
    gateway = start({"anthropic:work": "sk-sim-ok-work"})
    status = gateway.command("gateway", "status", "--json")
    assert (status.returncode, status.stderr) == (0, "")
    told = json.loads(status.stdout)
    assert (told["state"], told["pid"]) == ("running", gateway.program.pid)
    assert told["url"] == gateway.url
    assert "Gateway: ok" in gateway.command("gateway", "health").stdout

    gateway.write_store({}) and None
    (gateway.store_path).write_text("{")
    eventually(lambda: gateway.health()["problems"], "a problem")
    degraded = gateway.command("gateway", "health")
    # It serves, and says what is wrong.
    assert degraded.returncode == 0
    assert "Gateway: degraded" in degraded.stdout and str(gateway.store_path) in degraded.stdout
    assert gateway.stop() == 0
    told = json.loads(gateway.command("gateway", "status", "--json").stdout)
    assert (told["state"], told["pid"]) == ("stopped", None)
    assert gateway.command("gateway", "health").returncode != 0


def test_no_token_is_made_over_one_that_cannot_be_read(start):
    """It would stand in the configuration for ever, before the one that clients have."""
    gateway = start.prepare()
    configuration = gateway.state / "agenticflow-enterprise.json"
    configuration.write_text("{gateway: {port: 0}}")
    variables = gateway.state / ".env"
    variables.write_text("AGENTICFLOW_GATEWAY_TOKEN=agw_of-the-file-0123456789\n")
    variables.chmod(0o600)
    os.link(variables, gateway.state / "second-name")
    result = gateway.command("gateway", "run")
    assert result.returncode == 78, result.stderr
    assert "no new one was made" in result.stderr
    assert "agw_of-the-file" not in result.stderr
    assert configuration.read_text() == "{gateway: {port: 0}}"


def test_another_listener_on_the_port_hears_no_token(start):
    """The command line asks only a gateway that holds the state directory's lock."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.5)
    gateway = start.prepare(gateway={"port": listener.getsockname()[1]})
    assert gateway.command("gateway", "status", "--json").returncode == 0
    assert gateway.command("gateway", "health").returncode != 0
    with pytest.raises(TimeoutError):
        listener.accept()
    listener.close()


def test_a_reader_of_the_log_that_has_stalled_does_not_keep_the_gateway_from_its_end(start):
    gateway = start.prepare({"openai:work": "sk-sim-ok-work"})
    reader, writer = os.pipe()
    process = subprocess.Popen(
        [str(BUILD / GATEWAY), "gateway", "run", "--port", "0"], env=gateway.environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=writer)
    try:
        place = gateway.state / "gateway.json"
        gateway.port = json.loads(eventually(lambda: place.exists() and place.read_text(), "its place"))["port"]
        with gateway.connect() as connection:
            # Refusals are logged with some 200 bytes each: far more than a pipe holds.
            for _ in range(1000):
                connection.send(gateway.request(CHAT.path, CHAT.body(model="openai/gpt-5@openai:none")))
                assert connection.answer().status >= 400
        process.terminate()
        assert process.wait(timeout=20) == 0
    finally:
        process.kill()
        process.wait()
        os.close(reader)
        os.close(writer)


@pytest.mark.parametrize("until", [10**12 * 10, 10**15, 253402300799999])
def test_a_cooldown_noted_far_ahead_by_another_program_lasts_a_week(start, until):
    gateway = start.prepare()
    document = store({"openai:work": "sk-sim-ok-work"})
    document["usageStats"] = {"openai:work": {"cooldownUntil": until, "errorCount": 3}}
    replace(gateway.store_path, json.dumps(document))
    gateway.start()
    answer = gateway.send(CHAT.path, CHAT.body())
    assert answer.status == 503
    assert 6 * 86_400 < int(answer.field("retry-after")) <= 7 * 86_400 + 60
    assert gateway.send("/api/v1/explain?model=openai/gpt-5").status == 200
