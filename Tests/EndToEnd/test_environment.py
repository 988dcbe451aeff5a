# SPDX-License-Identifier: Apache-2.0
"""Variables: the daemon's file, what only the shell has, the login shell's import, and a cloned repository's .env."""

import json
import os
import signal

from dialects import CHAT, MESSAGES
from polling import eventually


def is_served_by(gateway, label):
    return f"Hello from {label}." in gateway.send(MESSAGES.path, MESSAGES.body()).text


def served_by(gateway, label, **options):
    """Waits until requests are answered by that credential."""
    eventually(lambda: is_served_by(gateway, label), f"an answer from {label}", **options)


def has_no_key(gateway):
    return gateway.send(MESSAGES.path, MESSAGES.body()).status == 404


def variables(gateway, **environment):
    """`models status --json`: each variable by its name."""
    report = json.loads(gateway.command("models", "status", "--json", environment=environment).stdout)
    assert report["view"] == "gateway"
    return {entry["name"]: entry for entry in report["auth"]["variables"]}


def of_gateway(gateway):
    """What the gateway itself says of its variables."""
    return {entry["name"]: entry for entry in gateway.status()["environment"]["variables"]}


def login_shell(folder, script):
    """A shell that is called with `-l -c QUESTION`."""
    path = folder / "shell"
    path.write_text(f"#!/bin/sh\necho called >> '{folder}/calls'\n{script}\n")
    path.chmod(0o700)
    return path


ANSWER = 'exec /bin/sh -c "$3"'


def test_what_env_set_writes_is_in_effect_within_two_seconds(start, simulator):
    gateway = start()
    assert has_no_key(gateway)

    done = gateway.command("env", "set", "ANTHROPIC_API_KEY", stdin="sk-sim-ok-dotenv\n")

    assert (done.returncode, done.stderr) == (0, "The running gateway takes it up within two seconds.\n")
    assert "sk-sim-ok-dotenv" not in done.stdout
    served_by(gateway, "dotenv", within=2.0)
    entry = variables(gateway)["ANTHROPIC_API_KEY"]
    assert (entry["layer"], entry["gateway"]) == ("stateDotEnv", "same")

    done = gateway.command("env", "unset", "ANTHROPIC_API_KEY")
    assert done.returncode == 0
    eventually(lambda: has_no_key(gateway), "the end of the key", within=2.0)


def test_a_key_that_only_the_shell_has_is_shown_as_unseen(start, simulator):
    gateway = start({"openai:work": "sk-sim-ok-work"}, environment={"GROQ_API_KEY": "sk-sim-ok-started-with"})
    simulator.forbid("sk-sim-ok-of-my-shell")
    done = gateway.command("models", "status", environment={
        "ANTHROPIC_API_KEY": "sk-sim-ok-of-my-shell", "GROQ_API_KEY": "gsk-another-one-here"})
    assert done.returncode == 0
    assert "warning: The gateway does not have ANTHROPIC_API_KEY." in done.stderr
    assert "agenticflow-enterprise env set ANTHROPIC_API_KEY" in done.stderr
    assert "warning: The gateway has another value for GROQ_API_KEY." in done.stderr
    assert "sk-sim-ok-of-my-shell" not in done.stdout + done.stderr
    seen = variables(gateway, ANTHROPIC_API_KEY="sk-sim-ok-of-my-shell", GROQ_API_KEY="gsk-another-one-here")
    assert seen["ANTHROPIC_API_KEY"]["gateway"] == "missing"
    assert (seen["GROQ_API_KEY"]["gateway"], seen["GROQ_API_KEY"]["gatewayLayer"]) == ("different", "process")
    # A variable that the gateway alone was started with is shown too.
    assert variables(gateway, GROQ_API_KEY="")["GROQ_API_KEY"]["gateway"] == "only"
    # The file cannot win over what the gateway was started with, and the command says so.
    done = gateway.command("env", "set", "GROQ_API_KEY", stdin="gsk-of-the-file-1234")
    assert "warning: The running gateway goes on with another GROQ_API_KEY." in done.stderr


def test_the_login_shell_is_asked_at_the_start_and_its_keys_are_labelled(start, simulator, tmp_path):
    shell = login_shell(tmp_path, f"echo 'Welcome back'\nexport ANTHROPIC_API_KEY=sk-sim-ok-shell OTHER=x\n{ANSWER}")
    gateway = start(config={"env": {"shellEnv": {"enabled": True}}}, environment={"SHELL": shell})
    assert is_served_by(gateway, "shell")
    assert gateway.credential("anthropic:env")["source"] == "shell env:ANTHROPIC_API_KEY"
    assert gateway.status()["environment"]["shellEnv"] == {
        "enabled": True, "asked": True, "applied": ["ANTHROPIC_API_KEY"], "problem": None}
    assert "OTHER" not in of_gateway(gateway)

    text = gateway.command("models", "status").stdout
    assert "Shell env     : on (applied: ANTHROPIC_API_KEY)\n" in text
    assert "source=shell env: ANTHROPIC_API_KEY" in text
    report = json.loads(gateway.command("models", "status", "--json").stdout)
    assert report["auth"]["shellEnvFallback"] == {"enabled": True, "appliedKeys": ["ANTHROPIC_API_KEY"]}
    for words in (["env", "list"], ["env", "list", "--json"], ["models", "explain", "--model", "anthropic/x"]):
        gateway.command(*words)
    # Neither a command nor another reading asked it again.
    gateway.write_dotenv({"PLAIN": "1"})
    eventually(lambda: "PLAIN" in of_gateway(gateway), "another reading")
    assert (tmp_path / "calls").read_text() == "called\n"

    # The file goes before the shell.
    gateway.write_dotenv({"ANTHROPIC_API_KEY": "sk-sim-ok-file"})
    served_by(gateway, "file")
    gateway.write_dotenv({})
    served_by(gateway, "shell")


def test_the_import_is_turned_on_and_off_under_the_running_gateway(start, simulator, tmp_path):
    shell = login_shell(tmp_path, f"export ANTHROPIC_API_KEY=sk-sim-ok-shell\n{ANSWER}")
    gateway = start({"openai:work": "sk-sim-ok-work"}, environment={"SHELL": shell})
    assert not (tmp_path / "calls").exists()
    gateway.change_config(lambda config: config.update(env={"shellEnv": {"enabled": True}}))
    served_by(gateway, "shell")
    gateway.change_config(lambda config: config.update(env={}))
    eventually(lambda: has_no_key(gateway), "the end of the import")
    assert gateway.health()["status"] == "ok"


def test_a_shell_that_hangs_holds_up_neither_requests_nor_other_changes(start, simulator, tmp_path):
    shell = login_shell(tmp_path, f"sleep 600 & echo $! > '{tmp_path}/child'; wait")
    gateway = start({"openai:work": "sk-sim-ok-work"}, environment={"SHELL": shell})
    gateway.change_config(
        lambda config: config.update(env={"shellEnv": {"enabled": True, "timeoutMs": 100_000}}))
    eventually(lambda: (tmp_path / "child").exists() and (tmp_path / "child").read_text().strip(), "the question")
    assert CHAT.ask(gateway)[0] == "Hello from work."
    gateway.write_dotenv({"ANTHROPIC_API_KEY": "sk-sim-ok-dotenv"})
    served_by(gateway, "dotenv")
    assert gateway.status()["environment"]["shellEnv"]["asked"] is False
    # Nor does it hold up the end; and nothing of it is left then.
    assert gateway.stop(within=15.0) == 0
    child = int((tmp_path / "child").read_text())
    eventually(lambda: is_gone(child), "the end of what the shell had started", within=10.0)


def is_gone(pid):
    try:
        return open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[0] in "ZX"
    except FileNotFoundError:
        return True


def test_a_shell_that_fails_is_a_warning(start, simulator, tmp_path):
    shell = login_shell(tmp_path, "echo rubbish; exit 3")
    gateway = start(
        {"openai:work": "sk-sim-ok-work"}, config={"env": {"shellEnv": {"enabled": True}}},
        environment={"SHELL": shell})
    assert CHAT.ask(gateway)[0] == "Hello from work."
    problem = gateway.status()["environment"]["shellEnv"]["problem"]
    assert "it ended with exit code 3 and without an answer" in problem
    assert "it ended with exit code 3" in gateway.command("models", "status").stdout
    assert gateway.health()["status"] == "ok"


def test_a_cloned_repository_supplies_and_redirects_nothing(start, simulator):
    gateway = start.prepare({"openai:work": "sk-sim-ok-work"})
    # The directory the gateway is started in.
    gateway.logs.mkdir(parents=True)
    (gateway.logs / ".env").write_text(
        "ANTHROPIC_API_KEY=sk-sim-ok-repository\nOPENAI_BASE_URL=http://127.0.0.1:1\n"
        "AGENTICFLOW_GATEWAY_TOKEN=agw_fromTheRepository12345\nHARMLESS=here\n")
    simulator.forbid("sk-sim-ok-repository")
    gateway.start()
    assert has_no_key(gateway)
    assert CHAT.ask(gateway)[0] == "Hello from work."
    assert gateway.send("/healthz", token="agw_fromTheRepository12345").status == 401
    environment = gateway.status()["environment"]
    assert environment["ignored"] == ["AGENTICFLOW_GATEWAY_TOKEN", "ANTHROPIC_API_KEY", "OPENAI_BASE_URL"]
    assert of_gateway(gateway)["HARMLESS"]["layer"] == "workingDirectory"
    assert "ANTHROPIC_API_KEY" not in of_gateway(gateway)
    assert (gateway.logs / ".env").stat().st_mode & 0o777 == 0o666 & ~current_umask()


def current_umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_pipe_in_its_place_holds_nobody_up(start, simulator):
    gateway = start.prepare({"openai:work": "sk-sim-ok-work"})
    gateway.logs.mkdir(parents=True)
    os.mkfifo(gateway.logs / ".env")
    gateway.start(within=15.0)
    assert CHAT.ask(gateway)[0] == "Hello from work."
    gateway.program.signal(signal.SIGTERM)
    assert gateway.program.wait(15.0) == 0
