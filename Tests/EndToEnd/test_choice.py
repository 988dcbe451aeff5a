"""Whose turn it is, who is passed over, and what a client is told when nobody is left."""

import anthropic
import openai
import pytest

from dialects import ALL, CHAT, MESSAGES, MODELS

each_dialect = pytest.mark.parametrize("dialect", ALL, ids=str)


def only(start, dialect, fault, **options):
    return start({f"{dialect.provider}:only": f"sk-sim-{fault}-only"}, **options)


def refused(gateway, dialect, **options):
    """An error of ours: the answer, its type and its code."""
    answer = gateway.send(dialect.path, dialect.body(**options))
    kind, code, _ = dialect.error(answer.json)
    return answer, kind, code


@each_dialect
def test_round_robin(start, simulator, dialect):
    provider = dialect.provider
    gateway = start({f"{provider}:{name}": f"sk-sim-ok-{name}" for name in ("a", "b", "c")})
    served = [dialect.ask(gateway)[1]["x-agenticflow-profile"] for _ in range(9)]

    assert sorted(served[:3]) == [f"{provider}:{name}" for name in ("a", "b", "c")]
    assert served == served[:3] * 3
    assert simulator.counts() == {"a": 3, "b": 3, "c": 3}


def test_an_explicit_order_excludes_everybody_else(start, simulator):
    gateway = start(
        {f"anthropic:{name}": f"sk-sim-ok-{name}" for name in ("a", "b", "c")}, order={"anthropic": ["anthropic:b"]})
    for _ in range(4):
        assert MESSAGES.ask(gateway)[0] == "Hello from b."
    codes = {entry["profile"]: entry["code"] for entry in gateway.status()["credentials"]}
    assert codes == {
        "anthropic:a": "excluded_by_auth_order", "anthropic:b": "ok", "anthropic:c": "excluded_by_auth_order"}


def test_what_explain_calls_next_is_what_the_next_request_gets(start, simulator):
    """Over 60 requests, with credentials that fail in every lane on the way."""
    faults = ["ok", "expiring-5", "429-after-600", "401", "402", "ok"]
    gateway = start({f"anthropic:k{n}": f"sk-sim-{fault}-k{n}" for n, fault in enumerate(faults)})
    for _ in range(60):
        said = gateway.explain(MODELS["anthropic"])
        assert [line["profile"] for line in said["candidates"] if line["state"] == "next"] == [said["next"]]
        before = len(simulator.requests())
        MESSAGES.ask(gateway)
        first = simulator.requests()[before]
        assert first["label"] == said["next"].removeprefix("anthropic:")
    assert {line["code"] for line in gateway.explain(MODELS["anthropic"])["candidates"]} == {
        "ok", "cooldown_rate_limit", "disabled_auth", "disabled_billing"}


def test_environment_keys_come_after_profiles(start, simulator):
    gateway = start(
        {"anthropic:work": "sk-sim-401-work"}, dotenv={"ANTHROPIC_API_KEY": "sk-sim-ok-dotenv"})
    text, headers = MESSAGES.ask(gateway)

    assert (text, headers["x-agenticflow-profile"]) == ("Hello from dotenv.", "anthropic:env")
    assert simulator.counts() == {"work": 1, "dotenv": 1}


def test_a_key_in_the_configuration_and_in_the_process_environment(start, simulator):
    providers = simulator.providers()
    providers["openai"]["apiKey"] = "${SOME_NAME}"
    gateway = start(
        providers=providers,
        environment={"SOME_NAME": "sk-sim-401-config", "OPENAI_API_KEYS": "sk-sim-402-one,sk-sim-ok-two"})
    text, headers = CHAT.ask(gateway)

    assert (text, headers["x-agenticflow-attempts"]) == ("Hello from two.", "3")
    assert simulator.counts() == {"config": 1, "one": 1, "two": 1}


def test_a_pin_is_strict(start, simulator):
    gateway = start({"anthropic:bad": "sk-sim-429-after-60-bad", "anthropic:good": "sk-sim-ok-good"})
    model = f"{MODELS['anthropic']}@anthropic:bad"

    answer, _, code = refused(gateway, MESSAGES, model=model)
    assert (answer.status, answer.field("x-agenticflow-attempts")) == (503, "1")
    answer, kind, code = refused(gateway, MESSAGES, model=model)

    assert (answer.status, kind, code) == (503, "api_error", "pinned_profile_unavailable")
    assert 50 <= int(answer.field("retry-after")) <= 66
    assert simulator.counts() == {"bad": 1}


def test_a_pin_to_nobody(start, simulator):
    gateway = start({"anthropic:good": "sk-sim-ok-good"})
    answer, _, code = refused(gateway, MESSAGES, model=f"{MODELS['anthropic']}@anthropic:nobody")

    assert (answer.status, code) == (503, "pinned_profile_unavailable")
    assert simulator.total() == 0


def test_a_session_stays_with_its_credential(start, simulator):
    gateway = start({f"anthropic:{name}": f"sk-sim-ok-{name}" for name in ("a", "b", "c")})

    def ask(session):
        answer = gateway.send(MESSAGES.path, MESSAGES.body(), fields=[("x-agenticflow-session", session)])
        return answer.field("x-agenticflow-profile")

    homes = {session: ask(session) for session in ("one", "two", "three")}
    assert len(set(homes.values())) == 3
    for session in ("three", "one", "two", "one", "three"):
        assert ask(session) == homes[session]
    # An automatic pin rotates when its credential is refused.
    simulator.rules({"label": homes["one"].removeprefix("anthropic:"), "fault": "429-after-60"})
    moved = ask("one")
    assert moved != homes["one"]
    simulator.rules()
    assert ask("one") == moved


@each_dialect
def test_when_everybody_cools_the_client_is_told_until_when(start, simulator, dialect):
    gateway = only(start, dialect, "429-after-60")
    types = {"messages": "overloaded_error", "chat": "server_error", "responses": "server_error"}
    for total in (1, 1, 1):
        answer, kind, code = refused(gateway, dialect)
        assert (answer.status, kind, code) == (503, types[dialect.name], "all_credentials_cooling")
        assert 50 <= int(answer.field("retry-after")) <= 66
        assert answer.field("x-should-retry") == "false"
        # Asked once; from then on nothing is sent.
        assert simulator.total() == total


def test_the_sdks_see_it_as_a_server_error(start):
    gateway = start({"anthropic:only": "sk-sim-402-only", "openai:only": "sk-sim-402-only"})
    with pytest.raises(anthropic.InternalServerError) as caught:
        MESSAGES.ask(gateway)
    assert caught.value.body["error"]["code"] == "all_credentials_cooling"
    with pytest.raises(openai.InternalServerError) as caught:
        CHAT.ask(gateway)
    assert caught.value.code == "all_credentials_cooling"


@each_dialect
def test_a_short_wait_is_waited_for(start, simulator, dialect):
    """Nothing was sent yet, and the soonest window ends within maxWaitSeconds: the request waits for it."""
    gateway = only(start, dialect, "ok")
    simulator.rules({"label": "only", "fault": "429-after-1", "times": 1})
    answer, _, code = refused(gateway, dialect)
    assert (answer.status, code, simulator.total()) == (503, "all_credentials_cooling", 1)

    text, headers = dialect.ask(gateway)

    assert (text, headers["x-agenticflow-attempts"]) == ("Hello from only.", "1")
    assert simulator.counts() == {"only": 2}


def test_a_wait_longer_than_allowed_is_not_begun(start, simulator):
    gateway = only(start, MESSAGES, "429-after-5", gateway={"limits": {"maxWaitSeconds": 1}})
    for _ in range(2):
        answer, _, code = refused(gateway, MESSAGES)
        assert (answer.status, code) == (503, "all_credentials_cooling")
    assert simulator.total() == 1


def test_a_rate_limit_is_about_the_model_it_was_for(start, simulator):
    gateway = only(start, MESSAGES, "ok")
    simulator.rules({"label": "only", "model": "claude-haiku-4-5", "fault": "429-after-60"})
    answer, _, code = refused(gateway, MESSAGES)
    assert (answer.status, code) == (503, "all_credentials_cooling")
    [window] = gateway.credential("anthropic:only")["windows"]
    assert window["model"] == "claude-haiku-4-5"

    assert MESSAGES.ask(gateway, model="claude-opus-4-1")[0] == "Hello from only."


def test_the_fallback_model_takes_its_place(start, simulator):
    gateway = only(
        start, MESSAGES, "ok", config={"agents": {"defaults": {
            "model": {"primary": "anthropic/claude-haiku-4-5", "fallbacks": ["anthropic/claude-opus-4-1"]},
            "models": {"anthropic/claude-haiku-4-5": {"alias": "quick"}}}}})
    simulator.rules({"label": "only", "model": "claude-haiku-4-5", "fault": "429-after-60"})

    text, headers = MESSAGES.ask(gateway, model="quick")

    assert text == "Hello from only."
    assert headers["x-agenticflow-model"] == "claude-opus-4-1"
    assert headers["x-agenticflow-attempts"] == "2"
    assert [request["model"] for request in simulator.requests()] == ["claude-haiku-4-5", "claude-opus-4-1"]


def test_a_success_clears_everything(start, simulator):
    gateway = only(start, MESSAGES, "ok")
    simulator.rules({"label": "only", "fault": "500", "times": 2})
    answer, _, code = refused(gateway, MESSAGES)
    # Once, and once more after a pause; then the client is told.
    assert (answer.status, code, simulator.total()) == (502, "upstream_failed", 2)

    # A transient window refuses nobody when nothing else is left.
    assert MESSAGES.ask(gateway)[0] == "Hello from only."
    assert gateway.credential("anthropic:only")["windows"] == []


def test_a_setup_token_is_never_sent(start, simulator):
    token = "sk-ant-oat01-" + "s" * 60
    gateway = start(
        {
            "anthropic:setup": {"type": "token", "provider": "anthropic", "token": token},
            "anthropic:key": {"type": "api_key", "provider": "anthropic", "key": token},
            "anthropic:good": "sk-sim-ok-good",
        },
        environment={"ANTHROPIC_OAUTH_TOKEN": token})
    for _ in range(4):
        assert MESSAGES.ask(gateway)[0] == "Hello from good."
    answer, _, code = refused(gateway, MESSAGES, model=f"{MODELS['anthropic']}@anthropic:setup")

    assert (answer.status, code) == (503, "pinned_profile_unavailable")
    codes = {entry["profile"]: entry["code"] for entry in gateway.status()["credentials"]}
    assert codes == {
        "anthropic:env": "needs_vendor_cli", "anthropic:good": "ok", "anthropic:key": "needs_vendor_cli",
        "anthropic:setup": "needs_vendor_cli"}
    assert simulator.counts() == {"good": 4}
    assert simulator.record()["contraband"]["setupTokens"] == 0


def test_an_expired_token_is_not_sent(start, simulator):
    gateway = start({
        "anthropic:old": {"type": "token", "provider": "anthropic", "token": "sk-sim-ok-old", "expires": 1700000000000},
        "anthropic:new": {"type": "token", "provider": "anthropic", "token": "sk-sim-ok-new", "expires": 4000000000000},
    })
    for _ in range(3):
        assert MESSAGES.ask(gateway)[0] == "Hello from new."
    assert gateway.credential("anthropic:old")["code"] == "expired"
