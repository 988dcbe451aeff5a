# SPDX-License-Identifier: Apache-2.0
"""Agents: what each is served with, what they share, and that the commands for them are taken up by the gateway."""

import json
import os
import pty
import select

import pytest

from dialects import CHAT, MESSAGES, MODELS
from polling import eventually
from programs import BUILD, GATEWAY

AGENTS = {"agents": {"list": [{"id": "main", "default": True}, {"id": "coder"}, {"id": "lone", "auth": {"inherit": False}}]}}


def ask(gateway, agent, dialect=MESSAGES, **options):
    return gateway.send(dialect.path, dialect.body(**options), fields=[("x-agenticflow-agent", agent)])


def label(answer):
    """Whose key the simulator saw."""
    return MESSAGES.text(answer).removeprefix("Hello from ").removesuffix(".") if answer.status == 200 else answer.code


def done(result, code=0):
    assert result.returncode == code, result.stderr + result.stdout
    return result


def standing(gateway, agent, profile):
    return next(
        line for line in gateway.status()["credentials"] if (line["agent"], line["profile"]) == (agent, profile))


def test_an_inheriting_agent_is_served_with_the_profiles_of_main(start, simulator):
    gateway = start({"anthropic:work": "sk-sim-ok-work"}, config=AGENTS)

    assert label(ask(gateway, "coder")) == "work"
    assert ask(gateway, "lone").status == 503
    assert ask(gateway, "nobody").status == 404
    # Replaced for main: replaced for everybody.
    gateway.write_store({"anthropic:work": "sk-sim-ok-newer"})
    eventually(lambda: label(ask(gateway, "coder")) == "newer", "the new key of main")


def test_a_profile_of_its_own_takes_the_place_of_the_inherited_one(start, simulator):
    gateway = start({"anthropic:work": "sk-sim-ok-mains"}, config=AGENTS)
    done(gateway.command(
        "models", "auth", "paste-api-key", "--provider", "anthropic", "--profile-id", "anthropic:work",
        "--agent", "coder", stdin="sk-sim-ok-coders"))

    eventually(lambda: label(ask(gateway, "coder")) == "coders", "the agent's own key")
    assert label(ask(gateway, "main")) == "mains"


def test_a_cooldown_of_an_inherited_profile_is_its_owners(start, simulator):
    gateway = start({"anthropic:a": "sk-sim-429-after-600-a", "anthropic:b": "sk-sim-ok-b"}, config=AGENTS)
    while "a" not in simulator.counts():
        assert label(ask(gateway, "coder")) == "b"

    # What the agent found out holds for main, and is kept with main.
    assert [standing(gateway, agent, "anthropic:a")["code"] for agent in ("coder", "main")] == ["cooldown_rate_limit"] * 2
    for agent in ("main", "coder"):
        assert label(ask(gateway, agent)) == "b"
    assert simulator.counts()["a"] == 1
    journal = gateway.agent_folder / "auth-health.jsonl"
    eventually(lambda: journal.exists() and "anthropic:a" in journal.read_text(), "the journal of main")
    assert not (gateway.state / "agents" / "coder").exists()
    shown = json.loads(done(gateway.command("models", "status", "--agent", "coder", "--json")).stdout)
    assert [(row["profileId"], row["owner"]) for row in shown["auth"]["oauth"]["profiles"]] == [
        ("anthropic:a", "main"), ("anthropic:b", "main")]


def test_an_order_of_the_agent_may_name_inherited_profiles(start, simulator):
    gateway = start({f"anthropic:{name}": f"sk-sim-ok-{name}" for name in ("a", "b")}, config=AGENTS)
    done(gateway.command("models", "auth", "order", "set", "--provider", "anthropic", "--agent", "coder", "anthropic:b"))

    eventually(lambda: standing(gateway, "coder", "anthropic:a")["code"] == "excluded_by_auth_order", "the order")
    assert [label(ask(gateway, "coder")) for _ in range(3)] == ["b"] * 3
    assert sorted(label(ask(gateway, "main")) for _ in range(2)) == ["a", "b"]


def test_an_agent_has_its_own_default_model_and_fallbacks(start, simulator):
    config = {"agents": {
        "defaults": {"model": {"primary": f"openai/{MODELS['openai']}"}},
        "list": [{"id": "main"}, {"id": "strict", "model": "anthropic/claude-haiku-4-5"},
                 {"id": "wide", "model": {"primary": "openai/gpt-5", "fallbacks": ["openrouter/some"]}}]}}
    providers = simulator.providers()
    providers["openrouter"] = providers["openai"]
    gateway = start(
        {"anthropic:x": "sk-sim-ok-claude", "openai:x": "sk-sim-402-poor", "openrouter:x": "sk-sim-ok-wide"},
        config=config, providers=providers)

    assert label(ask(gateway, "strict", model="default")) == "claude"
    assert ask(gateway, "main", CHAT, model="default").status == 503
    answer = ask(gateway, "wide", CHAT, model="default")
    assert (CHAT.text(answer), answer.field("x-agenticflow-provider")) == ("Hello from wide.", "openrouter")
    for agent, model in (("main", "openai/gpt-5"), ("strict", "anthropic/claude-haiku-4-5")):
        said = json.loads(done(gateway.command("models", "explain", "--agent", agent, "--json")).stdout)
        assert f"{said['provider']}/{said['model']}" == model
        shown = json.loads(done(gateway.command("models", "status", "--agent", agent, "--json")).stdout)
        assert (shown["view"], shown["resolvedDefault"]) == ("gateway", model)
        assert shown["modelConfig"]["defaultSource"] == ("defaults" if agent == "main" else "agent")


def test_agents_come_and_go_beside_the_gateway(start, simulator):
    gateway = start({"anthropic:work": "sk-sim-ok-work"})
    added = done(gateway.command("agents", "add", "coder", "--copy-credentials"))
    assert "Auth: has 1 profile of its own" in added.stdout
    assert added.stderr == "The running gateway takes it up by itself.\n"
    eventually(lambda: label(ask(gateway, "coder")) == "work", "the new agent")
    assert standing(gateway, "coder", "anthropic:work")["source"] == "store:coder"
    # The default agent is who it was.
    assert json.loads(done(gateway.command("agents", "list", "--json")).stdout)["defaultAgent"] == "main"

    done(gateway.command("agents", "delete", "coder"), 64)
    removed = json.loads(done(gateway.command("agents", "delete", "coder", "--force", "--json")).stdout)
    eventually(lambda: ask(gateway, "coder").status == 404, "that the agent is gone")
    kept = json.loads((gateway.state.joinpath(removed["trash"]) / "agent" / "auth-profiles.json").read_text())
    assert kept["profiles"]["anthropic:work"]["key"] == "sk-sim-ok-work"
    assert MESSAGES.ask(gateway)[0] == "Hello from work."


@pytest.mark.parametrize("typed, code", [("y\n", 0), ("yes\n", 0), ("n\n", 65), ("\n", 65), ("\x04", 66)])
def test_on_a_terminal_deleting_is_asked_for(start, typed, code):
    gateway = start.prepare({"anthropic:work": "sk-sim-ok-work"}, config=AGENTS)
    done(gateway.command(
        "models", "auth", "paste-api-key", "--provider", "anthropic", "--agent", "coder", stdin="sk-sim-ok-own-key"))
    shown, status = on_a_terminal(gateway, ["agents", "delete", "coder"], "[y/N] ", typed)

    assert "Delete agent coder with 1 profile of its own, and move its folder to the trash? [y/N] " in shown
    assert status == code
    assert (gateway.state / "agents" / "coder").exists() == (code != 0)
    assert ("coder" in gateway.config_path.read_text()) == (code != 0)


def on_a_terminal(gateway, words, prompt, typed):
    """Everything shown, and the exit code."""
    pid, master = pty.fork()
    if pid == 0:
        os.execve(BUILD / GATEWAY, [GATEWAY, *words], gateway.environment)
    shown = ""
    try:
        while select.select([master], [], [], 20)[0]:
            try:
                piece = os.read(master, 4096).decode()
            except OSError:
                break  # Linux says so when the other side is gone.
            if not piece:
                break
            if prompt in shown + piece and prompt not in shown:
                os.write(master, typed.encode())
            shown += piece
    finally:
        os.close(master)
    return shown.replace("\r\n", "\n"), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
