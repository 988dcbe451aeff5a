# SPDX-License-Identifier: Apache-2.0
"""Variables: the daemon's file, what only the shell has, the login shell's import, and a cloned repository's .env."""

import json
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from dialects import CHAT, MESSAGES
from polling import eventually
from programs import BUILD, GATEWAY, Program, clean_environment, run

PAGE = Path(__file__).resolve().parents[2] / "docs" / "help" / "environment.md"


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


def test_a_note_that_a_dead_gateway_left_is_not_taken_for_the_one_that_starts(start, simulator, tmp_path):
    shell = login_shell(tmp_path, f"while ! [ -e '{tmp_path}/go' ]; do sleep 0.05; done\n{ANSWER}")
    gateway = start.prepare(config={"env": {"shellEnv": {"enabled": True, "timeoutMs": 100_000}}}, environment={"SHELL": shell})
    note = gateway.state / "gateway.json"
    note.write_text('{"pid":1,"stoppingUntil":1600000000000}\n')
    note.chmod(0o600)
    gateway.program = Program(GATEWAY, ["gateway", "run", "--port", "0"], gateway.environment, gateway.logs)
    eventually(lambda: (tmp_path / "calls").exists(), "the question")
    assert json.loads(gateway.command("gateway", "status", "--json").stdout)["state"] == "silent"
    (tmp_path / "go").write_text("")
    gateway.program.await_event("listening")
    assert json.loads(gateway.command("gateway", "status", "--json").stdout)["state"] == "running"


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


def test_a_shell_that_failed_is_asked_again_when_the_configuration_changes(start, simulator, tmp_path):
    shell = login_shell(tmp_path, f"[ -e '{tmp_path}/mended' ] || exit 3\nexport ANTHROPIC_API_KEY=sk-sim-ok-shell\n{ANSWER}")
    gateway = start(
        {"openai:work": "sk-sim-ok-work"}, config={"env": {"shellEnv": {"enabled": True}}},
        environment={"SHELL": shell})
    (tmp_path / "mended").touch()
    # Its pause is a minute; a change that is none of the settings' does not end it.
    gateway.write_dotenv({"PLAIN": "1"})
    eventually(lambda: "PLAIN" in of_gateway(gateway), "another reading")
    assert (tmp_path / "calls").read_text() == "called\n"
    gateway.change_config(lambda config: config.update(gateway={**config["gateway"], "allowedHosts": ["ai.example"]}))
    served_by(gateway, "shell")
    assert gateway.status()["environment"]["shellEnv"]["problem"] is None
    assert (tmp_path / "calls").read_text() == "called\n" * 2


def test_a_variable_that_the_configuration_comes_to_name_is_asked_for(start, simulator, tmp_path):
    shell = login_shell(tmp_path, f"export NEW_KEY=sk-sim-ok-new\n{ANSWER}")
    gateway = start(config={"env": {"shellEnv": {"enabled": True}}}, environment={"SHELL": shell})
    assert has_no_key(gateway)

    def name(config):
        config["models"]["providers"]["anthropic"]["apiKey"] = "${NEW_KEY}"

    gateway.change_config(name)
    served_by(gateway, "new")
    assert (tmp_path / "calls").read_text() == "called\n" * 2


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


# The file itself.


def test_twenty_commands_at_once_lose_no_variable(tmp_path):
    environment = clean_environment(tmp_path)
    names = [f"VARIABLE_{number}" for number in range(20)]
    commands = [
        subprocess.Popen(
            [str(BUILD / GATEWAY), "env", "set", name], env=environment, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for name in names
    ]
    for name, command in zip(names, commands):
        command.stdin.write(f"value-of-{name}".encode())
        command.stdin.close()
    assert [command.wait(60) for command in commands] == [0] * 20
    lines = (tmp_path / ".agenticflow-enterprise" / ".env").read_text().splitlines()
    assert sorted(lines) == sorted(f"{name}=value-of-{name}" for name in names)


# In a mount namespace of its own, so that nothing outlives the test. $1 the folder to mount on, $2 the command,
# $3 where to leave what came of it.
FULL_DISK = r"""
set -u
mount -t tmpfs -o size=64k,mode=700 none "$1" || exit 100
mkdir -m 700 "$1/state"; printf '# mine\nOLD=1\n' > "$1/state/.env"; chmod 600 "$1/state/.env"
export AGENTICFLOW_STATE_DIR="$1/state"
dd if=/dev/zero of="$1/filler" bs=1k count=1024 2>/dev/null
printf 'sk-on-a-full-disk-12345' | "$2" env set OPENAI_API_KEY > "$3/stdout" 2> "$3/stderr"; echo "$?" > "$3/code"
cp "$1/state/.env" "$3/after"; ls -A "$1/state" > "$3/names"
rm "$1/filler"
printf 'sk-on-a-full-disk-12345' | "$2" env set OPENAI_API_KEY > "$3/stdout2" 2> "$3/stderr2"; echo "$?" > "$3/code2"
cp "$1/state/.env" "$3/after2"
"""


def test_a_full_disk_keeps_the_old_file(tmp_path):
    place, left = tmp_path / "disk", tmp_path / "left"
    place.mkdir()
    left.mkdir()
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    command = [*unshare, "bash", "-c", FULL_DISK, "-", str(place), str(BUILD / GATEWAY), str(left)]
    try:
        result = subprocess.run(
            command, env=clean_environment(tmp_path), capture_output=True, text=True, timeout=60)
    except FileNotFoundError:
        pytest.skip("unshare is not installed")
    if not (left / "code2").exists():
        pytest.skip(f"no tmpfs may be mounted here ({result.stderr.strip()})")
    assert (left / "code").read_text() == "74\n"
    error = (left / "stderr").read_text()
    assert "No space left on device" in error and "sk-on-a-full" not in error
    assert (left / "after").read_text() == "# mine\nOLD=1\n"
    assert ".new-" not in (left / "names").read_text()
    assert (left / "code2").read_text() == "0\n"
    assert (left / "after2").read_text() == "# mine\nOLD=1\nOPENAI_API_KEY=sk-on-a-full-disk-12345\n"


# The page.


def commands_of_the_page():
    """Each command of ours in a block of the page."""
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    lines = [line.partition(" #")[0].strip() for block in blocks for line in block.splitlines()]
    found = [line.removeprefix("agenticflow-enterprise ").split() for line in lines
             if line.startswith("agenticflow-enterprise ")]
    assert len(found) >= 5
    # The gateway itself is what these commands are tried beside; doctor has tests of its own.
    return [words for words in found if words[0] not in ("gateway", "doctor")]


def test_every_command_of_the_page_runs(start, simulator, tmp_path):
    gateway = start({"openai:work": "sk-sim-ok-work"}, dotenv={"OPENAI_API_KEY": "sk-sim-ok-page"})
    for words in commands_of_the_page():
        done = gateway.command(*words, stdin="sk-ant-api03-of-the-page-12345")
        assert done.returncode == 0, (words, done.stderr)
    help_text = run(GATEWAY, "env", "--help", environment=clean_environment(tmp_path)).stdout
    assert all(word in help_text for word in ("set", "unset", "list"))
