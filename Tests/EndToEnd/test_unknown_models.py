# SPDX-License-Identifier: Apache-2.0
"""Names of models that nobody has, or that only providers without a credential have: who is asked, and what is said."""

import pytest

from dialects import CHAT, MESSAGES, RESPONSES

KEY = "agenticflow-enterprise models auth paste-api-key --provider"
ALIASES = {"defaults": {"models": {"anthropic/claude-haiku-4-5": {"alias": "fast"}, "openai/gpt-5": {"alias": "deep"}}}}
BOTH = {"anthropic:team": "sk-sim-ok-team", "openai:work": "sk-sim-ok-work"}


def error(answer, dialect):
    return dialect.error(answer.json)[1:]


@pytest.mark.parametrize(("dialect", "model", "status", "code"), [
    (CHAT, "gpt-5.2", 404, "model_not_found"), (RESPONSES, "gpt-5.2", 404, "model_not_found"),
    (MESSAGES, "gpt-5.2", 400, "unsupported_dialect"),
])
def test_a_model_of_a_provider_without_a_key_is_sent_to_nobody(start, simulator, dialect, model, status, code):
    gateway = start({"anthropic:team": "sk-sim-ok-team"})
    answer = gateway.send(dialect.path, dialect.body(model=model))
    assert (answer.status, error(answer, dialect)[0]) == (status, code)
    message = error(answer, dialect)[1]
    assert "openai" in message
    if status == 404:
        assert message.endswith(f" Run: {KEY} openai")
    assert simulator.total() == 0
    shown = gateway.command("models", "explain", "--model", model)
    assert shown.returncode == 65
    assert f"  fix: Run: {KEY} openai\n" in shown.stderr


def test_once_the_key_is_there_it_is_served(start, simulator):
    gateway = start(BOTH)
    answer = gateway.send(CHAT.path, CHAT.body(model="gpt-5.2"))
    assert (answer.status, answer.field("x-agenticflow-provider")) == (200, "openai")


@pytest.mark.parametrize(("dialect", "token", "model", "meant"), [
    (MESSAGES, "anthropic:team", "fasst", "fast"), (CHAT, "openai:work", "deeep", "deep"),
    (MESSAGES, "anthropic:team", "anthropic/claude-haiku-45", "anthropic/claude-haiku-4-5"),
    (CHAT, "openai:work", "gpt-5@wrok", "gpt-5@openai:work"), (CHAT, "openai:work", "entirely-new", None),
    (CHAT, "openai:work", "gpt-5", None),
])
def test_what_was_probably_meant_stands_behind_the_refusal(start, simulator, dialect, token, model, meant):
    gateway = start({**BOTH, token: "sk-sim-404-it"}, config={"agents": ALIASES})
    answer = gateway.send(dialect.path, dialect.body(model=model))
    assert answer.status == 404
    # The provider's own, with nothing but its message changed.
    kind, message = answer.json["error"]["type"], answer.json["error"]["message"]
    assert kind == ("not_found_error" if dialect is MESSAGES else "invalid_request_error")
    hint = f"(No list of the gateway has that name. Did you mean {meant}?)"
    assert message.endswith(hint) if meant else "Did you mean" not in message
    assert simulator.total() == 1
    line = gateway.await_log()[-1]
    assert line.get("didYouMean") == meant
    shown = gateway.command("models", "explain", "--model", model)
    assert shown.returncode == 0
    assert f"Did you mean {meant}?" in shown.stderr if meant else "Did you mean" not in shown.stderr


@pytest.mark.parametrize(("model", "sent", "profile"), [
    ("claude-haiku-4-5@team", "claude-haiku-4-5", "anthropic:team"),
    ("anthropic/claude-haiku-4-5@team", "claude-haiku-4-5", "anthropic:team"),
    ("anthropic/claude-haiku-4-5@anthropic:team", "claude-haiku-4-5", "anthropic:team"),
    ("anthropic/claude-haiku-4-5@Anthropic:team", "claude-haiku-4-5", "anthropic:team"),
    ("fast@spare", "claude-haiku-4-5", "anthropic:spare"), ("default@spare", "claude-opus-4-5", "anthropic:spare"),
    ("anthropic/claude-haiku-4-5@20251001", "claude-haiku-4-5@20251001", None),
])
def test_a_profile_behind_the_model_is_never_sent(start, simulator, model, sent, profile):
    gateway = start({**BOTH, "anthropic:spare": "sk-sim-ok-spare"}, config={"agents": ALIASES})
    answer = gateway.send(MESSAGES.path, MESSAGES.body(model=model))
    assert answer.status == 200, answer.text
    assert answer.field("x-agenticflow-model") == sent
    assert profile is None or answer.field("x-agenticflow-profile") == profile
    assert simulator.only_request()["model"] == sent


def test_a_profile_that_is_not_there_is_an_error(start, simulator):
    gateway = start(BOTH, config={"agents": ALIASES})
    for model in ("fast@gone", "claude-haiku-4-5@anthropic:gone"):
        answer = gateway.send(MESSAGES.path, MESSAGES.body(model=model))
        assert (answer.status, error(answer, MESSAGES)[0]) == (503, "pinned_profile_unavailable")
    answer = gateway.send(MESSAGES.path, MESSAGES.body(model="@anthropic:team"))
    assert (answer.status, error(answer, MESSAGES)[0]) == (400, "model_missing")
    assert simulator.total() == 0


def test_a_configured_model_that_names_a_profile_is_served_by_that_one(start, simulator):
    defaults = {"model": {"primary": "anthropic/claude-haiku-4-5@anthropic:spare"}}
    gateway = start({**BOTH, "anthropic:spare": "sk-sim-ok-spare"}, config={"agents": {"defaults": defaults}})
    for _ in range(3):
        answer = gateway.send(MESSAGES.path, MESSAGES.body(model="default"))
        assert (answer.field("x-agenticflow-model"), answer.field("x-agenticflow-profile")) == (
            "claude-haiku-4-5", "anthropic:spare")
    assert "it names a profile" in gateway.command("models", "status").stderr
