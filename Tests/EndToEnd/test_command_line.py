"""The command line beside the gateway: what it changes is used at once, what it shows is what happens."""

import json
import stat
import time

import anthropic
import pytest

from dialects import CHAT, MESSAGES, MODELS
from polling import eventually
from programs import GATEWAY, Program

PASTE = ["models", "auth", "paste-api-key"]
ORDER = ["models", "auth", "order"]


def done(result, code=0):
    """A command that ended as it should."""
    assert result.returncode == code, result.stderr + result.stdout
    return result


def served_by(gateway, label, dialect=MESSAGES):
    def is_it():
        answer = gateway.send(dialect.path, dialect.body())
        return answer.status == 200 and dialect.text(answer) == f"Hello from {label}."

    eventually(is_it, f"an answer from {label}")


def test_from_an_empty_home_to_the_first_answer(start, simulator):
    gateway = start.prepare()
    # The one thing that a real user does not do: say where the provider is.
    gateway.write_config({"models": {"providers": simulator.providers()}})

    pasted = done(gateway.command(*PASTE, "--provider", "anthropic", stdin="sk-ant-api03-sim-ok-first\n"))
    assert pasted.stdout.splitlines() == [
        "Updated ~/state/agenticflow-enterprise.json", "Auth profile: anthropic:manual (anthropic/api_key)"]
    assert stat.S_IMODE(gateway.store_path.stat().st_mode) == 0o600
    gateway.start()
    token = done(gateway.command("gateway", "token", "--show")).stdout.strip()

    client = anthropic.Anthropic(base_url=gateway.url, api_key=token, max_retries=0)
    assert client.messages.create(**MESSAGES.body()).content[0].text == "Hello from first."


def test_a_pasted_key_is_used_without_a_restart(start, simulator):
    gateway = start()
    assert gateway.send(MESSAGES.path, MESSAGES.body(model="anthropic/claude-haiku-4-5")).code == "no_credential"

    done(gateway.command(*PASTE, "--provider", "anthropic", "--profile-id", "anthropic:new", stdin="sk-sim-ok-new"))

    eventually(lambda: gateway.send(MESSAGES.path, MESSAGES.body()).status == 200, "the pasted key")
    assert gateway.credential("anthropic:new")["code"] == "ok"


def test_a_key_pasted_over_a_refused_one_is_used_at_once(start, simulator):
    gateway = start({"anthropic:only": "sk-sim-401-old"})
    assert gateway.send(MESSAGES.path, MESSAGES.body()).status == 503

    done(gateway.command(*PASTE, "--provider", "anthropic", "--profile-id", "anthropic:only", stdin="sk-sim-ok-new"))

    served_by(gateway, "new")
    assert simulator.counts()["old"] == 1


def test_the_order_is_used_without_a_restart(start, simulator):
    gateway = start({f"anthropic:{name}": f"sk-sim-ok-{name}" for name in ("a", "b", "c")})
    for names in (["b"], ["c", "a"], ["a"]):
        profiles = [f"anthropic:{name}" for name in names]
        done(gateway.command(*ORDER, "set", "--provider", "anthropic", *profiles))
        served_by(gateway, names[0])
        shown = done(gateway.command(*ORDER, "get", "--provider", "anthropic", "--json"))
        assert json.loads(shown.stdout)["order"] == profiles
    done(gateway.command(*ORDER, "clear", "--provider", "anthropic"))
    eventually(lambda: gateway.explain(MODELS["anthropic"])["orderSource"] == "automatic", "the automatic order")


def test_an_order_with_an_unknown_profile_changes_nothing(start, simulator):
    gateway = start({"anthropic:a": "sk-sim-ok-a"}, order={"anthropic": ["anthropic:a"]})
    before = gateway.store_path.read_bytes()

    refused = gateway.command(*ORDER, "set", "--provider", "anthropic", "anthropic:nobody")

    assert refused.returncode >= 64
    assert "anthropic:nobody" in refused.stderr and "fix:" in refused.stderr
    assert gateway.store_path.read_bytes() == before


def test_explain_says_what_the_next_request_does(start, simulator):
    gateway = start({
        "anthropic:a": "sk-sim-ok-a", "anthropic:b": "sk-sim-429-after-600-b", "anthropic:c": "sk-sim-402-c",
        "anthropic:d": "sk-sim-ok-d"})
    for _ in range(6):
        said = json.loads(done(gateway.command(
            "models", "explain", "--model", MODELS["anthropic"], "--json")).stdout)
        before = simulator.total()
        MESSAGES.ask(gateway)
        assert f"anthropic:{simulator.requests()[before]['label']}" == said["next"]
    states = {line["profile"]: (line["state"], line["code"]) for line in said["candidates"]}
    assert states["anthropic:b"] == ("cooling", "cooldown_rate_limit")
    assert states["anthropic:c"] == ("disabled", "disabled_billing")


def test_status_says_which_view_it_is(start, simulator):
    gateway = start({"anthropic:a": "sk-sim-401-a"})
    gateway.send(MESSAGES.path, MESSAGES.body())
    running = done(gateway.command("models", "status"))
    assert f"gateway (pid {gateway.program.pid})" in running.stdout
    assert "disabled_auth" in running.stdout
    json.loads(done(gateway.command("models", "status", "--json")).stdout)

    assert gateway.stop() == 0
    stopped = done(gateway.command("models", "status"))
    assert "View: files" in stopped.stdout
    # Both see the same health: it rests on the disk.
    assert "disabled_auth" in stopped.stdout


def in_hours(hours):
    return int((time.time() + hours * 3600) * 1000)


@pytest.mark.parametrize(("hours", "code"), [(24 * 365, 0), (-1, 1), (1, 2)], ids=["fine", "expired", "expiring"])
@pytest.mark.parametrize("is_running", [True, False])
def test_check_tells_before_a_credential_dies(start, simulator, hours, code, is_running):
    entry = {"type": "token", "provider": "openai", "token": "sk-sim-ok-token", "expires": in_hours(hours)}
    gateway = start.prepare({"openai:token": entry})
    if is_running:
        gateway.start()
    result = gateway.command("models", "status", "--check")
    assert result.returncode == code, result.stdout + result.stderr


def test_many_commands_at_once_lose_nothing(start, simulator, tmp_path):
    """Each stores one key while the gateway serves and records."""
    gateway = start({"anthropic:first": "sk-sim-ok-first"})
    running = []
    for n in range(8):
        words = [*PASTE, "--provider", "anthropic", "--profile-id", f"anthropic:n{n}"]
        program = Program.piped(GATEWAY, words, gateway.environment, tmp_path / f"paste-{n}", f"sk-sim-ok-n{n}\n")
        running.append(program)
        MESSAGES.ask(gateway)
    assert [program.wait() for program in running] == [0] * 8

    stored = json.loads(gateway.store_path.read_text())["profiles"]
    assert set(stored) == {"anthropic:first", *(f"anthropic:n{n}" for n in range(8))}
    eventually(lambda: len(gateway.explain(MODELS["anthropic"])["candidates"]) == 9, "all of them in use")
    for _ in range(9):
        MESSAGES.ask(gateway)
    assert {f"n{n}" for n in range(8)} <= set(simulator.counts())


def test_a_comment_in_the_configuration_survives_a_command(start, simulator):
    gateway = start.prepare()
    text = (
        "// mine\n{\n  /* where */ models: { providers: { openai: { baseUrl: '" + simulator.url + "/v1' } } },\n"
        "  unknown: { keep: [1, 2,], }, // kept\n  gateway: { auth: { token: '${MY_TOKEN}' } },\n}\n")
    gateway.write_config(text)
    done(gateway.command(*PASTE, "--provider", "openai", stdin="sk-sim-ok-work", environment={"MY_TOKEN": "agw_" + "t" * 40}))

    left = gateway.config_path.read_text()
    for line in ("// mine", "/* where */", "// kept", "unknown: { keep: [1, 2,], }", "'${MY_TOKEN}'"):
        assert line in left
    gateway.environment["MY_TOKEN"] = "agw_" + "t" * 40
    gateway.start()
    answer = gateway.send(CHAT.path, CHAT.body(), token="agw_" + "t" * 40)
    assert CHAT.text(answer) == "Hello from work."


def test_an_instance_beside_the_directory_of_another_is_refused(start):
    gateway = start.prepare()
    refused = done(
        gateway.command("--profile", "two", *PASTE, "--provider", "openai", stdin="sk-proj-0123456789abcdefghij"), 64)
    assert "--profile two and AGENTICFLOW_STATE_DIR name two state directories." in refused.stderr
    assert not gateway.store_path.exists()
    assert done(gateway.command("--profile", "two", "models", "status", "--json"), 64).stderr == ""
