"""`models auth clear-cooldown`: what is held against a credential ends at once, with a gateway or without one."""

import json
import os
import signal

import pytest

from dialects import CHAT, MESSAGES, MODELS
from gateway import TOKEN
from polling import eventually
from rawhttp import exchange

CLEAR = ["models", "auth", "clear-cooldown"]
PATH = "/api/v1/credentials/clear"


def cooled(start, simulator, profiles=None, **options):
    """A gateway each of whose credentials has been refused; the provider is well again."""
    gateway = start(profiles or {"anthropic:work": "sk-sim-429-after-600-work"}, **options)
    assert gateway.send(MESSAGES.path, MESSAGES.body()).status == 503
    simulator.rules({"fault": "ok"})
    return gateway


def state_of(gateway, profile="anthropic:work"):
    explained = json.loads(gateway.command("models", "explain", "--model", MODELS["anthropic"], "--json").stdout)
    return next(line["code"] for line in explained["candidates"] if line["profile"] == profile)


def test_a_running_gateway_uses_it_at_once(start, simulator):
    gateway = cooled(start, simulator)
    assert state_of(gateway) == "cooldown_rate_limit"

    done = gateway.command(*CLEAR, "anthropic:work")

    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("anthropic:work: cooldown cleared: rate_limit of claude-")
    assert lines[0].endswith(", 1 failure counted") and lines[1] == "The running gateway uses it from now on."
    # No waiting: the very next request.
    assert gateway.send(MESSAGES.path, MESSAGES.body()).status == 200
    assert state_of(gateway) == "ok"
    event = next(line for line in gateway.program.events() if line.get("event") == "cooldowns_cleared")
    assert (event["asked"], event["cleared"], event["profiles"]) == (1, 1, "main/anthropic:work")


def test_it_is_remembered_over_a_restart(start, simulator):
    gateway = cooled(start, simulator)
    assert gateway.command(*CLEAR, "--all").returncode == 0
    assert gateway.stop() == 0
    assert "cooldown" not in gateway.command("models", "status").stdout
    gateway.start()
    assert gateway.credential("anthropic:work")["code"] == "ok"


def test_without_a_gateway_the_journal_is_what_changes(start, simulator):
    gateway = cooled(start, simulator)
    assert gateway.stop() == 0
    assert state_of(gateway) == "cooldown_rate_limit"

    done = gateway.command(*CLEAR, "anthropic:work", "--json")

    shown = json.loads(done.stdout)
    assert (shown["view"], shown["agentId"], shown["asked"]) == ("files", "main", 1)
    assert [entry["profileId"] for entry in shown["cleared"]] == ["anthropic:work"]
    assert [window["reason"] for window in shown["cleared"][0]["windows"]] == ["rate_limit"]
    assert state_of(gateway) == "ok"
    gateway.start()
    assert gateway.send(MESSAGES.path, MESSAGES.body()).status == 200


def test_what_another_program_noted_in_the_store_is_cleared_too(start, simulator):
    gateway = start.prepare({"anthropic:work": "sk-sim-ok-work"})
    document = json.loads(gateway.store_path.read_text())
    document["usageStats"] = {"anthropic:work": {
        "errorCount": 3, "disabledUntil": 4_000_000_000_000, "disabledReason": "billing"}}
    gateway.store_path.write_text(json.dumps(document))
    before = gateway.store_path.read_bytes()
    assert state_of(gateway) == "disabled_billing"
    assert "billing until 2096" in gateway.command(*CLEAR, "anthropic:work").stdout
    assert state_of(gateway) == "ok"
    assert gateway.store_path.read_bytes() == before


@pytest.mark.parametrize("is_running", [True, False], ids=["beside-a-gateway", "alone"])
def test_only_what_was_meant(start, simulator, is_running):
    gateway = cooled(start, simulator, {
        "anthropic:a": "sk-sim-401-a", "anthropic:b": "sk-sim-402-b", "openai:c": "sk-sim-401-c"})
    simulator.rules()
    assert gateway.send(CHAT.path, CHAT.body()).status == 503
    if not is_running:
        assert gateway.stop() == 0

    def held():
        view = json.loads(gateway.command("models", "status", "--json").stdout)
        return {entry["profileId"] for entry in view["auth"]["unusableProfiles"]}

    assert held() == {"anthropic:a", "anthropic:b", "openai:c"}
    assert gateway.command(*CLEAR, "anthropic:a").returncode == 0
    assert held() == {"anthropic:b", "openai:c"}
    # Limited to a model: neither of them is.
    limited = gateway.command(*CLEAR, "anthropic:b", "--model", "anthropic/claude-haiku-4-5")
    assert "nothing was held against it with anthropic/claude-haiku-4-5" in limited.stdout
    assert gateway.command(*CLEAR, "anthropic:b", "--model", "m").returncode == 65
    assert held() == {"anthropic:b", "openai:c"}
    assert gateway.command(*CLEAR, "--provider", "openai").returncode == 0
    assert held() == {"anthropic:b"}
    assert gateway.command(*CLEAR, "--all").stdout.startswith("anthropic:b: cooldown cleared: billing until ")
    assert held() == set()
    again = gateway.command(*CLEAR, "--all")
    assert (again.returncode, again.stdout) == (0, "Nothing was held against any of 3.\n")
    assert gateway.command(*CLEAR, "anthropic:a").stdout == "anthropic:a: nothing was held against it.\n"


def test_one_model_alone(start, simulator):
    gateway = start({"anthropic:work": "sk-sim-ok-work"})
    for model in ("claude-a", "claude-b"):
        simulator.rules({"model": model, "fault": "404"})
        gateway.send(MESSAGES.path, MESSAGES.body(model=f"anthropic/{model}"))
    simulator.rules({"model": "claude-a", "fault": "429-after-600"})
    gateway.send(MESSAGES.path, MESSAGES.body(model="anthropic/claude-a"))
    done = gateway.command(*CLEAR, "anthropic:work", "--model", "anthropic/claude-b")
    assert "nothing was held against it with anthropic/claude-b" in done.stdout
    done = gateway.command(*CLEAR, "anthropic:work", "--model", "anthropic/claude-a")
    assert "rate_limit of claude-a until" in done.stdout
    simulator.rules()
    assert gateway.send(MESSAGES.path, MESSAGES.body(model="anthropic/claude-a")).status == 200


def test_an_inherited_credential_is_cleared_for_all(start, simulator):
    gateway = cooled(start, simulator, config={"agents": {"list": [{"id": "main", "default": True}, {"id": "work"}]}})
    done = gateway.command(*CLEAR, "anthropic:work", "--agent", "work")
    assert "cooldown cleared" in done.stdout
    assert gateway.send(MESSAGES.path, MESSAGES.body()).status == 200


@pytest.mark.parametrize(("words", "code", "said"), [
    ([], 64, "No credential was named."),
    (["anthropic:wrok"], 65, "Did you mean anthropic:work?"),
    (["anthropic:../x"], 65, 'There is no credential "anthropic:../x"'),
    (["anthropic:\x1b[31m"], 65, "u{1b}"),
    (["anthropic:work", "--all"], 64, "Leave one of them out."),
    (["anthropic:work", "--provider", "anthropic"], 64, "Leave one of them out."),
    (["--provider", "antropic"], 64, "Did you mean anthropic?"),
    (["--all", "--agent", "nobody"], 64, 'There is no agent "nobody"'),
])
def test_what_cannot_be_meant(start, simulator, words, code, said):
    gateway = cooled(start, simulator)
    refused = gateway.command(*CLEAR, *words)
    assert (refused.returncode, refused.stdout) == (code, ""), refused.stderr
    assert said in refused.stderr and "why:" in refused.stderr and "fix:" in refused.stderr
    assert "\x1b" not in refused.stderr
    assert state_of(gateway) == "cooldown_rate_limit"


def test_a_gateway_that_hangs_is_not_passed_over(start, simulator):
    gateway = cooled(start, simulator)
    eventually(lambda: (gateway.agent_folder / "auth-health.jsonl").exists(), "the journal")
    os.kill(gateway.program.pid, signal.SIGSTOP)
    try:
        before = (gateway.agent_folder / "auth-health.jsonl").read_bytes()
        done = gateway.command(*CLEAR, "anthropic:work")
        assert (done.returncode, done.stdout) == (69, "")
        assert "Nothing was cleared" in done.stderr and "does not answer" in done.stderr
        assert (gateway.agent_folder / "auth-health.jsonl").read_bytes() == before
    finally:
        os.kill(gateway.program.pid, signal.SIGCONT)
    assert gateway.credential("anthropic:work")["code"] == "cooldown_rate_limit"


# The route itself.

BODY = {"credentials": [{"agent": "main", "profile": "anthropic:work"}]}


def test_the_route_clears_and_says_what(start, simulator):
    gateway = cooled(start, simulator)
    answer = gateway.send(PATH, BODY)
    assert answer.status == 200
    entry = answer.json["cleared"][0]
    assert (entry["agent"], entry["profile"], entry["failures"]) == ("main", "anthropic:work", 1)
    assert entry["windows"][0]["reason"] == "rate_limit"
    assert gateway.send(PATH, BODY).json == {"cleared": []}
    assert gateway.send(PATH, {"credentials": [{"agent": "main", "profile": "anthropic:nobody"}]}).json == {"cleared": []}


def test_what_is_newer_than_the_proof_stays(start, simulator):
    gateway = cooled(start, simulator)
    assert gateway.send(PATH, {**BODY, "notedBefore": 1_000_000}).json == {"cleared": []}
    assert gateway.send(PATH, {**BODY, "lanes": ["billing"]}).json == {"cleared": []}
    assert gateway.credential("anthropic:work")["code"] == "cooldown_rate_limit"


@pytest.mark.parametrize(("options", "status"), [
    ({"token": None}, 401), ({"token": "agw_" + "x" * 40}, 401),
    ({"host": "evil.example"}, 400),
    ({"fields": [("Origin", "http://evil.example")]}, 400), ({"fields": [("Sec-Fetch-Site", "same-site")]}, 400),
])
def test_nobody_else_may(start, simulator, options, status):
    gateway = cooled(start, simulator)
    assert gateway.send(PATH, BODY, **options).status == status
    assert gateway.credential("anthropic:work")["code"] == "cooldown_rate_limit"


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_form_of_a_web_page_cannot_ask_for_it(start, simulator, kind):
    gateway = cooled(start, simulator)
    body = json.dumps(BODY)
    head = f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{gateway.port}\r\nAuthorization: Bearer {TOKEN}\r\n"
    head += (f"Content-Type: {kind}\r\n" if kind else "") + f"Content-Length: {len(body)}\r\n\r\n"
    answer = exchange(gateway.port, (head + body).encode())
    assert (answer.status, answer.code) == (400, "invalid_json")
    assert gateway.credential("anthropic:work")["code"] == "cooldown_rate_limit"


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b'{"credentials": 1}', b'{"credentials": [{}]}', b'{"credentials": [{"agent": "../x", "profile": "a:b"}]}',
    b'{"credentials": [], "lanes": ["none"]}', b'{"credentials": [], "model": 1}', b'{"credentials": [], "notedBefore": "x"}',
    b"[" * 100_000,
])
def test_a_body_that_is_none(start, simulator, body):
    gateway = cooled(start, simulator)
    answer = gateway.send(PATH, body, fields=[("Content-Type", "application/json")] if body == b"" else ())
    assert answer.status == 400
    assert gateway.credential("anthropic:work")["code"] == "cooldown_rate_limit"


def test_reading_it_is_no_route(start, simulator):
    assert start().send(PATH).status == 404
