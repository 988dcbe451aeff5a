# SPDX-License-Identifier: Apache-2.0
"""One sentence for each class of failure, to clients and in commands, and the fields of it in the log."""

import json
import re
import socket

import pytest

from dialects import ALL, CHAT, MESSAGES
from gateway import replace, store
from polling import eventually

PROGRAM = "agenticflow-enterprise"
REPLACE = f"{PROGRAM} models auth paste-api-key --provider openai --profile-id openai:only"
CLASSES = {
    "401": ("auth", r"OpenAI rejected the credential openai:only\. ", re.escape(REPLACE)),
    "402": ("billing", r"OpenAI reports no credit for openai:only\. ",
            r"Top up at https://platform\.openai\.com/\S+\. It is tried again at \S+Z, or at once with: "
            + f"{PROGRAM} models auth clear-cooldown openai:only$"),
    "429-after-60": ("rate_limit", r"OpenAI limits gpt-5 until 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ\. ",
                     f"{PROGRAM} models explain --model openai/gpt-5"),
    "429": ("rate_limit", r"OpenAI limits gpt-5 until 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ\. ", "clear-cooldown openai:only"),
    "529": ("overloaded", r"OpenAI is overloaded\. ", f"{PROGRAM} models explain"),
    "500": ("server_error", r"OpenAI did not answer \(status 500, server_error\)\. ", f"{PROGRAM} models explain"),
}


def message(answer, dialect=CHAT):
    return dialect.error(answer.json)[2]


@pytest.mark.parametrize("fault", CLASSES)
def test_a_failed_request_says_its_class_and_what_to_do(start, simulator, fault):
    reason, what, remedy = CLASSES[fault]
    gateway = start({"openai:only": f"sk-sim-{fault}-only"}, gateway={"limits": {"maxWaitSeconds": 0}})
    answer = gateway.send(CHAT.path, CHAT.body())
    assert answer.status >= 502
    assert re.match(what, message(answer)), message(answer)
    assert re.search(remedy, message(answer)), message(answer)
    line = gateway.await_log()[-1]
    assert line["end"] == "failed" and list(line)[-1] == "failure"
    found = line["failure"]
    assert list(found) == ["reason", "provider", "model", "profileId", "status", "retryAt", "requestId"]
    assert (found["reason"], found["provider"], found["model"], found["profileId"]) == (reason, "openai", "gpt-5", "openai:only")
    assert found["status"] == int(fault[:3])
    assert found["requestId"] == answer.field("x-agenticflow-upstream-request-id") or found["requestId"]


def test_one_that_rests_elsewhere_is_replaced_there(start, simulator):
    """What is pasted would take the place of the reference."""
    reference = {"source": "env", "provider": "default", "id": "TEAM_KEY"}
    gateway = start(
        {"openai:only": {"type": "api_key", "provider": "openai", "keyRef": reference}},
        environment={"TEAM_KEY": "sk-sim-401-only"}, gateway={"limits": {"maxWaitSeconds": 0}})
    told = message(gateway.send(CHAT.path, CHAT.body()))
    assert f"Replace it where it rests: {PROGRAM} env set TEAM_KEY (where it is from: {PROGRAM} env list)" in told, told
    assert "paste-api-key" not in told
    tested = gateway.command("models", "auth", "test", "openai:only", environment={"TEAM_KEY": "sk-sim-401-only"})
    assert "paste-api-key" not in tested.stdout + tested.stderr


def test_a_request_that_goes_well_has_no_such_field(start, simulator):
    gateway = start({"openai:a": "sk-sim-401-a", "openai:b": "sk-sim-ok-b"})
    assert gateway.send(CHAT.path, CHAT.body()).status == 200
    assert "failure" not in gateway.await_log()[-1]


@pytest.mark.parametrize(("fault", "reason", "what"), [
    ("401", "auth", "OpenAI rejected the credential openai:only."), ("402", "billing", "OpenAI reports no credit for openai:only."),
    ("429-after-60", "rate_limit", "OpenAI limits gpt-5 until "),
])
def test_later_requests_are_told_the_class_too_and_explain_says_the_same(start, simulator, fault, reason, what):
    gateway = start({"openai:only": f"sk-sim-{fault}-only"}, gateway={"limits": {"maxWaitSeconds": 0}})
    gateway.send(CHAT.path, CHAT.body())
    later = message(gateway.send(CHAT.path, CHAT.body()))
    assert later.startswith(f"Every OpenAI credential waits after a refusal ({reason}). Of the soonest: {what}")
    assert gateway.await_log(2)[-1]["failure"]["reason"] == reason
    explained = json.loads(gateway.command("models", "explain", "--model", "openai/gpt-5", "--json").stdout)
    assert explained["unavailable"]["message"] == later
    assert explained["unavailable"]["reason"] == reason and explained["view"] == "gateway"
    # Whoever reads it there need not be told of that command.
    told = later.split(". All of them: ")[0].replace(f" See: {PROGRAM} models explain --model openai/gpt-5.", "")
    assert f"Clients are told: {told}\n" in gateway.command("models", "explain", "--model", "openai/gpt-5").stdout
    gateway.stop()
    files = json.loads(gateway.command("models", "explain", "--model", "openai/gpt-5", "--json").stdout)
    assert files["view"] == "files" and files["unavailable"] == explained["unavailable"]


@pytest.mark.parametrize(("fault", "what"), [
    ("401", "OpenAI rejected the credential openai:only."), ("402", "OpenAI reports no credit for openai:only."),
    ("429-after-60", "OpenAI limits gpt-5 until "),
])
def test_with_a_pin_the_first_and_the_later_ones_say_the_class(start, simulator, fault, what):
    gateway = start({"openai:only": f"sk-sim-{fault}-only"}, gateway={"limits": {"maxWaitSeconds": 0}})
    for _ in range(2):
        answer = gateway.send(CHAT.path, CHAT.body(model="openai/gpt-5@openai:only"))
        assert answer.code == "pinned_profile_unavailable"
        assert message(answer).startswith(what), message(answer)
        assert "cannot be used now" not in message(answer)
        assert message(answer).endswith("leaving out @openai:only lets another one serve it.")


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_a_pinned_profile_that_does_not_exist(start, simulator, provider):
    gateway = start({"openai:work": "sk-sim-ok-work"})
    dialect = CHAT if provider == "openai" else MESSAGES
    answer = gateway.send(dialect.path, dialect.body(model=f"{provider}/{dialect.model}@{provider}:nope"))
    assert (answer.status, answer.code) == (503, "pinned_profile_unavailable")
    told = message(answer, dialect)
    assert told.startswith(f'No credentials found for profile "{provider}:nope". Usually it is another agent\'s, stored on another host')
    assert f"{PROGRAM} models auth order get --provider {provider}" in told
    assert str(gateway.state) not in told and simulator.total() == 0
    for running in (True, False):
        done = gateway.command("models", "explain", "--model", f"{provider}/x@{provider}:nope")
        assert done.returncode == 65
        assert done.stderr.startswith(f'error: No credentials found for profile "{provider}:nope".\n')
        done = gateway.command("models", "explain", "--model", f"{provider}/x@{provider}:nope", "--json")
        assert done.returncode == 65 and json.loads(done.stdout)["unavailable"]["profileCode"] == "unknown_profile"
        assert json.loads(done.stdout)["view"] == ("gateway" if running else "files")
        if running:
            gateway.stop()


def test_an_agent_that_is_not_the_default_one_is_named(start, simulator):
    gateway = start.prepare({"openai:work": "sk-sim-ok-work"}, config={"agents": {"list": [{"id": "main"}, {"id": "coder"}]}})
    replace(gateway.state / "agents" / "coder" / "agent" / "auth-profiles.json", json.dumps(store({"openai:own": "sk-sim-401-own"})))
    gateway.start()
    fields = [("x-agenticflow-agent", "coder")]
    missing = message(gateway.send(MESSAGES.path, MESSAGES.body(model="anthropic/x"), fields=fields), MESSAGES)
    assert missing.endswith("models auth paste-api-key --provider anthropic --agent coder"), missing
    own = message(gateway.send(CHAT.path, CHAT.body(model="openai/gpt-5@openai:own"), fields=fields))
    assert "--profile-id openai:own --agent coder" in own
    plain = message(gateway.send(MESSAGES.path, MESSAGES.body(model="anthropic/x")), MESSAGES)
    assert plain.endswith("models auth paste-api-key --provider anthropic")


def test_a_variable_is_named_as_one(start, simulator):
    gateway = start(dotenv={"OPENAI_API_KEY": "sk-sim-401-dotenv"})
    told = message(gateway.send(CHAT.path, CHAT.body()))
    assert told.startswith("OpenAI rejected the credential OPENAI_API_KEY.")
    assert f"{PROGRAM} env set OPENAI_API_KEY" in told and "paste-api-key" not in told


def shown(gateway, *words):
    return json.loads(gateway.command(*words, "--json").stdout)


OLD = {"type": "token", "provider": "openai", "token": "sk-sim-ok-old", "expires": 1700000000000}


def test_of_several_reasons_each_is_told(start, simulator):
    gateway = start({"openai:a": "sk-sim-402-a", "openai:b": "sk-sim-401-b", "openai:old": OLD}, gateway={"limits": {"maxWaitSeconds": 0}})
    told = message(gateway.send(CHAT.path, CHAT.body()))
    assert told.startswith(
        "OpenAI rejected the credential openai:b. That was 2 attempts. Also: OpenAI reports no credit for openai:a; openai:old has expired. "), told
    later = message(gateway.send(CHAT.path, CHAT.body()))
    assert later.startswith("No OpenAI credential can be used now. Of the soonest: OpenAI re"), later
    also = later.partition(" Also: ")[2]
    assert "openai:old has expired" in also and ("openai:a" in also) != ("openai:b" in also), later
    assert shown(gateway, "models", "explain", "--model", "openai/gpt-5")["unavailable"]["message"] == later


def test_the_reasons_of_a_fallback_are_told_too(start, simulator):
    config = {"agents": {"defaults": {"model": {"primary": "openai/gpt-5", "fallbacks": ["openrouter/x"]}}}}
    gateway = start(
        {"openai:a": "sk-sim-402-a", "openrouter:b": "sk-sim-401-b"}, config=config, gateway={"limits": {"maxWaitSeconds": 0}},
        providers={**simulator.providers(), "openrouter": {"baseUrl": f"{simulator.url}/v1"}})
    told = message(gateway.send(CHAT.path, CHAT.body(model="default")))
    assert told.startswith(
        "OpenRouter rejected the credential openrouter:b. That was 2 attempts. Also: OpenAI reports no credit for openai:a. "), told


def test_an_order_that_leaves_out_everything_is_named_and_mended_by_what_is_typed(start, simulator):
    gateway = start(
        {"openai:work": "sk-sim-ok-work", "openai:old": OLD}, config={"auth": {"order": {"openai": ["openai:gone", "openai:old"]}}})
    answer = gateway.send(CHAT.path, CHAT.body())
    assert (answer.status, answer.code) == (503, "no_credential")
    told = message(answer)
    line = f"{PROGRAM} models auth order set --provider openai openai:old openai:work"
    assert told == (
        "The order leaves out every OpenAI credential that could be sent. It is auth.order.openai in the configuration, which names only "
        f"openai:gone, openai:old; left out: openai:work. Run: {line}; or correct auth.order.openai in the configuration")
    assert shown(gateway, "models", "explain", "--model", "openai/gpt-5")["unavailable"]["message"] == told
    assert shown(gateway, "models", "status")["auth"]["providers"][0]["leftOut"]["message"] in told
    assert gateway.command(*line.split()[1:]).returncode == 0
    eventually(lambda: gateway.send(CHAT.path, CHAT.body()).status == 200, "the order in force")
    warned = gateway.command("models", "auth", "order", "set", "--provider", "openai", "openai:old")
    assert warned.returncode == 0 and "models auth order clear --provider openai" in warned.stderr
    own = message(eventually(
        lambda: next((said for said in [gateway.send(CHAT.path, CHAT.body())] if said.status == 503), None), "the other order"))
    assert "It is the order of agent main, which names only openai:old; left out: openai:work." in own


def test_an_order_of_what_is_gone_is_taken_away_by_what_is_typed(start, simulator):
    gateway = start({"openai:work": "sk-sim-ok-work"}, config={"auth": {"order": {"openai": ["openai:gone"]}}})
    told = message(gateway.send(CHAT.path, CHAT.body()))
    line = f"{PROGRAM} config unset auth.order.openai"
    assert f" Run: {line}; or choose anew: {PROGRAM} models auth order set --provider openai openai:work" in told, told
    typed = gateway.command(*line.split()[1:])
    assert (typed.returncode, typed.stderr) == (0, "The running gateway takes it up by itself.\n")
    eventually(lambda: gateway.send(CHAT.path, CHAT.body()).status == 200, "that the order is gone")


def test_the_status_of_a_gateway_says_when_every_key_of_the_default_model_is_refused(start, simulator):
    gateway = start({"openai:a": "sk-sim-401-a"}, config={"agents": {"defaults": {"model": {"primary": "openai/gpt-5"}}}})
    assert "Nothing can be sent" not in gateway.command("gateway", "status").stdout
    assert gateway.send(CHAT.path, CHAT.body()).status == 503
    status = gateway.command("gateway", "status")
    assert status.returncode == 0
    told = "- Nothing can be sent to OpenAI for the default model openai/gpt-5. Every credential of openai is put aside.\n  fix: openai:a: "
    assert told in status.stdout, status.stdout
    assert f"{PROGRAM} models auth paste-api-key --provider openai --profile-id openai:a" in status.stdout
    assert gateway.command("models", "status", "--check").returncode == 1
    stored = gateway.command(
        "models", "auth", "paste-api-key", "--provider", "openai", "--profile-id", "openai:a", stdin="sk-sim-ok-a")
    assert stored.returncode == 0, stored.stderr
    assert "Nothing can be sent" not in gateway.command("gateway", "status").stdout


@pytest.mark.parametrize("stored", [
    {"type": "token", "provider": "anthropic", "token": "sk-ant-oat01-" + "answers0" * 12},
    {"type": "oauth", "provider": "anthropic", "access": "a-login-0123456789", "refresh": "r-0123456789", "expires": 1000},
], ids=["setup-token", "login"])
@pytest.mark.parametrize("model", ["anthropic/claude-sonnet-4-5", "claude-unlisted"])
def test_the_key_that_is_advised_beside_what_cannot_be_sent_can_be_stored(start, simulator, stored, model):
    gateway = start({"anthropic:manual": stored})
    told = message(gateway.send(MESSAGES.path, MESSAGES.body(model=model)), MESSAGES)
    line = f"{PROGRAM} models auth paste-api-key --provider anthropic --profile-id anthropic:api-key"
    assert told.startswith("No usable credential is stored") and told.endswith(f" Run: {line}"), told
    assert line in gateway.command("models", "explain", "--model", model).stdout + gateway.command("models", "explain", "--model", model).stderr
    typed = gateway.command(*line.split()[1:], stdin="sk-ant-api03-answers-0123456789\n")
    assert typed.returncode == 0, typed.stderr
    assert json.loads(gateway.store_path.read_text())["profiles"]["anthropic:manual"] == stored
    eventually(lambda: gateway.explain("anthropic/claude-sonnet-4-5")["next"] == "anthropic:api-key", "the key in use")


def test_a_permanent_refusal_quotes_the_provider_without_the_key(start, simulator):
    key = "sk-sim-401-revoked-only-0123456789"
    gateway = start({"anthropic:only": key})
    simulator.rules({"label": "only-0123456789", "fault": "401-revoked", "parameters": {"message": f"API key {key} has been revoked.\nBy its owner."}})
    answer = gateway.send(MESSAGES.path, MESSAGES.body())
    told = message(answer, MESSAGES)
    assert key not in answer.text and key not in gateway.program.stderr
    if gateway.await_log()[-1]["failure"]["reason"] == "auth_permanent":
        assert 'revoked or not allowed here ("API key ' in told and "By its owner" in told
    assert "--profile-id anthropic:only" in told and told.isprintable()


def test_a_session_that_the_journal_remembers(start, simulator):
    gateway = start({f"anthropic:{name}": f"sk-sim-ok-{name}" for name in "abc"})
    model = f"anthropic/{MESSAGES.model}"
    for session in ("one", "two", "three"):
        gateway.send(MESSAGES.path, MESSAGES.body(), fields=[("x-agenticflow-session", session)])

    def explained(session):
        return json.loads(gateway.command("models", "explain", "--model", model, "--session", session, "--json").stdout)

    live = {session: explained(session) for session in ("one", "two", "three", "new")}
    assert {said["view"] for said in live.values()} == {"gateway"}
    assert gateway.stop() == 0
    files = {session: explained(session) for session in live}
    assert {said["view"] for said in files.values()} == {"files"}
    for session, said in live.items():
        assert files[session]["next"] == said["next"] and files[session]["session"] == said["session"]
    assert len({said["next"] for name, said in live.items() if name != "new"}) == 3


@pytest.fixture
def closed_port():
    """Bound, so that nobody takes it, and not listened to."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.mark.parametrize(("address", "reason", "cause"), [
    ("http://127.0.0.1:{closed}/v1", "timeout", "could not connect{to}: connection refused"),
    ("https://no-such-host.invalid/v1", "timeout", "could not connect{to}: the name leads to no address"),
    ("https://127.0.0.1:{plain}/v1", "tls_certificate", "could not connect{to}: the TLS certificate or handshake was refused"),
], ids=["refused", "unknown-name", "no-tls"])
def test_a_provider_that_is_not_reached_is_no_timeout_in_words(start, simulator, closed_port, address, reason, cause):
    address = address.format(closed=closed_port, plain=simulator.port)
    gateway = start({"openai:only": "sk-sim-ok-only"}, providers={"openai": {"baseUrl": address}})
    answer = gateway.send(CHAT.path, CHAT.body())
    assert (answer.status, answer.code) == (502, "upstream_failed")
    told = message(answer)
    assert told.startswith("OpenAI did not answer (" + cause.format(to="")), told
    assert "config get models.providers.openai.baseUrl" in told and "timeout" not in told
    assert "127.0.0.1" not in told and "no-such-host" not in told
    place = address.split("/")[2] + ("" if "127" in address else ":443")
    with_place = cause.format(to=f" to {place}")
    failure = gateway.await_log()[-1]["failure"]
    assert failure["reason"] == reason and failure["cause"].startswith(with_place), failure
    window = gateway.credential("openai:only")["windows"][0]
    assert window["reason"] == reason
    assert window["evidence"]["origin"] == "connection" and window["evidence"]["text"].startswith(with_place)
    # A probe says the same.
    done = gateway.command("models", "auth", "test", "openai:only")
    assert done.returncode == 69
    assert done.stderr.startswith("error: openai:only: could not ask OpenAI.\n  why: Could not connect to "), done.stderr
    assert cause.format(to="")[len("could not connect"):] in done.stderr
    assert "config get models.providers.openai.baseUrl" in done.stderr
    found = json.loads(gateway.command("models", "status", "--probe", "--json").stdout)["auth"]["probes"]["results"][0]
    assert found["finding"] == "could_not_ask" and "config get models.providers.openai.baseUrl" in found["remedy"]
    assert simulator.total() == 0


@pytest.mark.parametrize("dialect", ALL, ids=str)
@pytest.mark.parametrize("text", ['{"version":1,"profi', '{"version":99,"profiles":{}}'])
def test_nobody_is_told_to_store_beside_a_store_that_cannot_be_read(start, simulator, dialect, text):
    gateway = start.prepare({f"{dialect.provider}:work": "sk-sim-ok-work"})
    gateway.store_path.write_text(text)
    gateway.start()
    for name in (dialect.model, f"{dialect.provider}/{dialect.model}"):
        answer = gateway.send(dialect.path, dialect.body(model=name))
        message = json.loads(answer.body)["error"]["message"]
        assert answer.status == 503
        assert "Credentials are stored for agent main, and the file cannot be read. See why: agenticflow-enterprise doctor" in message
        assert "paste-api-key" not in message
    explained = gateway.command("models", "explain", "--model", f"{dialect.provider}/{dialect.model}")
    assert "paste-api-key" not in explained.stdout
    told = gateway.command("doctor")
    assert "[store-" in told.stdout
    assert gateway.store_path.read_text() == text
