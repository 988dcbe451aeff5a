# SPDX-License-Identifier: Apache-2.0
"""What commands present to the running gateway, and what they say of a client token that only it has."""

import json
import re
import socket

import pytest

from dialects import CHAT
from gateway import TOKEN, replace
from polling import eventually

SHELL = "agw_ofTheLoginShellOfTheLoginShellOfTheLoginS1"
VARIABLE = "AGENTICFLOW_GATEWAY_TOKEN"


@pytest.fixture
def shell_token(start, tmp_path):
    """A gateway whose client token is in the profile of a login shell, and nowhere else."""
    shell = tmp_path / "shell"
    shell.write_text(f"#!/bin/sh\nexport {VARIABLE}={SHELL}\nexec /bin/sh -c \"$3\"\n")
    shell.chmod(0o700)
    made = start.prepare(
        {"openai:work": "sk-sim-ok-work"}, config={"env": {"shellEnv": {"enabled": True}}},
        gateway={"auth": {}, "port": 0}, environment={"SHELL": shell})
    return made


def command_token(gateway):
    return json.loads((gateway.state / "gateway.json").read_text())["commandToken"]


def findings(gateway):
    report = json.loads(gateway.command("doctor", "--json").stdout)
    return {check["id"]: check for check in report["checks"]}


def test_a_token_that_only_the_login_shell_has_locks_no_command_out(start, simulator, shell_token):
    gateway = shell_token.start()
    assert gateway.send(CHAT.path, CHAT.body(), token=SHELL).status == 200
    before = gateway.config_path.read_text()
    for words in (["models", "status"], ["models", "auth", "list"], ["env", "list"], ["models", "explain", "--model", "openai/gpt-5"]):
        done = gateway.command(*words)
        assert done.stdout.startswith(f"View: gateway (pid {gateway.program.pid})"), done.stdout[:200]
        assert "of no help" not in done.stderr and done.returncode == 0
    assert gateway.command("gateway", "health").returncode == 0
    assert gateway.command("models", "auth", "clear-cooldown", "--all").returncode == 0
    assert json.loads(gateway.command("gateway", "status", "--json").stdout)["state"] == "running"

    found = findings(gateway)
    assert {name for name in found if name.startswith("gateway")} == {"gateway-token-elsewhere"}
    told = found["gateway-token-elsewhere"]
    assert told["what"] == f"The gateway's client token is from {VARIABLE} in the login shell, which commands do not ask."
    assert f"agenticflow-enterprise env set {VARIABLE}" in told["fix"]

    shown = gateway.command("gateway", "token", "--show")
    assert (shown.returncode, shown.stdout) == (78, "")
    assert "in the login shell, which commands do not ask." in shown.stderr and SHELL not in shown.stderr

    refused = gateway.command("doctor", "--generate-gateway-token")
    assert refused.returncode == 78 and "which commands do not ask." in refused.stderr
    assert gateway.config_path.read_text() == before
    assert gateway.send(CHAT.path, CHAT.body(), token=SHELL).status == 200


def test_while_it_does_not_run_no_token_is_made_over_one_that_the_shell_may_have(start, simulator, shell_token):
    before = shell_token.config_path.read_text()
    told = findings(shell_token)
    assert "gateway-token-missing" not in told and "gateway-token-elsewhere" in told
    assert "agenticflow-enterprise env list --ask-shell" in told["gateway-token-elsewhere"]["fix"]
    for words in (["doctor", "--generate-gateway-token"], ["gateway", "token"]):
        done = shell_token.command(*words)
        assert (done.returncode, done.stdout) == (78, ""), done
        assert "the login shell may have one" in done.stderr
    assert shell_token.config_path.read_text() == before


def test_a_token_that_was_changed_behind_the_gateway_is_told_and_the_live_view_is_shown(start, simulator, tmp_path):
    gateway = start({"openai:work": "sk-sim-ok-work"})
    other = tmp_path / "other.json"
    replace(other, gateway.config_path.read_text().replace(TOKEN, "agw_anotherTokenAnotherTokenAnotherToken2"))
    elsewhere = {"AGENTICFLOW_CONFIG_PATH": str(other)}
    assert gateway.command("models", "status", environment=elsewhere).stdout.startswith("View: gateway")
    shown = gateway.command("gateway", "token", "--show", environment=elsewhere)
    assert shown.returncode == 0
    assert shown.stderr.startswith("warning: The gateway takes another client token than this command found.")
    report = json.loads(gateway.command("doctor", "--json", environment=elsewhere).stdout)
    assert "gateway-refuses-token" in {check["id"] for check in report["checks"]}
    assert gateway.command("gateway", "token", "--show").stderr == ""


def test_a_configuration_that_cannot_be_read_hides_no_live_view(start, simulator):
    gateway = start({"openai:work": "sk-sim-ok-work"})
    gateway.write_config("{ gateway: {")
    eventually(lambda: gateway.health()["status"] == "degraded", "the gateway's complaint")
    done = gateway.command("models", "status", "--json")
    assert json.loads(done.stdout)["view"] == "gateway"


def test_the_note_is_private_and_goes_with_the_gateway(start, simulator):
    gateway = start()
    place = gateway.state / "gateway.json"
    assert place.stat().st_mode & 0o777 == 0o600
    first = command_token(gateway)
    assert re.fullmatch(r"agl_[0-9A-Za-z]{40}", first)
    assert TOKEN not in place.read_text()
    for words in (["gateway", "status"], ["gateway", "status", "--json"], ["doctor"], ["models", "status", "--json"]):
        done = gateway.command(*words)
        assert first not in done.stdout + done.stderr
    assert first not in gateway.program.stderr + gateway.program.stdout
    assert gateway.stop() == 0 and not place.exists()
    gateway.start()
    assert command_token(gateway) != first
    assert gateway.send("/api/v1/status", token=first).status == 401


def test_it_opens_what_commands_ask_for_and_nothing_else(start, simulator):
    gateway = start({"openai:work": "sk-sim-ok-work"})
    token = command_token(gateway)
    for path in ("/api/v1/status", "/api/v1/explain?model=openai/gpt-5", "/healthz"):
        assert gateway.send(path, token=token).status == 200, path
    assert gateway.send("/api/v1/credentials/clear", b'{"credentials":[]}', token=token).status == 200
    for path, body in (("/v1/models", None), ("/metrics", None), (CHAT.path, CHAT.body()), ("/api/v1", None),
                       ("/v1/../api/v1/status", None), ("/nothing", None)):
        assert gateway.send(path, body, token=token).status == 401, path
    for wrong in (token[:-1], token + "x", token.upper(), "agl_", ""):
        assert gateway.send("/api/v1/status", token=wrong).status == 401
    assert simulator.total() == 0




def test_a_gateway_that_listens_everywhere_takes_it_from_this_machine(start, simulator):
    gateway = start(gateway={"allowPlainRemote": True, "bind": "lan"})
    assert gateway.command("models", "status").stdout.startswith("View: gateway")
    assert gateway.send("/api/v1/status", token=command_token(gateway)).status == 200


# Where it listens.


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_a_port_that_was_changed_beside_the_running_gateway_is_told(start, simulator):
    old, new = free_port(), free_port()
    gateway = start.prepare({"openai:work": "sk-sim-ok-work"}, gateway={"port": old})
    from programs import GATEWAY, Program
    gateway.program = Program(GATEWAY, ["gateway", "run"], gateway.environment, gateway.logs)
    gateway.port = gateway.program.await_event("listening")["port"]
    assert gateway.port == old
    assert "gateway-restart-needed" not in findings(gateway)

    done = gateway.command("config", "set", "gateway.port", str(new))
    assert done.returncode == 0
    assert f"restart the running gateway for it to take effect. Until then it listens on 127.0.0.1:{old}." in done.stderr

    status = gateway.command("gateway", "status")
    assert f"The configuration says http://127.0.0.1:{new} by now; it goes on listening on http://127.0.0.1:{old} until it is restarted." in status.stdout
    report = json.loads(gateway.command("gateway", "status", "--json").stdout)
    assert (report["url"], report["pendingUrl"]) == (f"http://127.0.0.1:{old}", f"http://127.0.0.1:{new}")
    told = findings(gateway)["gateway-restart-needed"]
    assert told["what"] == f"The gateway listens on port {old} of 127.0.0.1 until it is restarted."
    assert gateway.command("models", "status").stdout.startswith("View: gateway")

    back = gateway.command("config", "set", "gateway.port", str(old))
    assert (back.returncode, back.stderr) == (0, "The running gateway listens there already: nothing is to be restarted.\n")
    assert json.loads(gateway.command("gateway", "status", "--json").stdout)["pendingUrl"] is None


def test_nobody_is_told_to_restart_while_the_configuration_cannot_be_read(start, simulator):
    gateway = start.prepare({"openai:work": "sk-sim-ok-work"}, gateway={"port": free_port()})
    from programs import GATEWAY, Program
    gateway.program = Program(GATEWAY, ["gateway", "run"], gateway.environment, gateway.logs)
    gateway.port = gateway.program.await_event("listening")["port"]
    gateway.config_path.write_text(gateway.config_path.read_text().replace(":", "", 1))

    status = gateway.command("gateway", "status")
    assert "by now" not in status.stdout and "Restart the gateway" not in status.stdout
    assert json.loads(gateway.command("gateway", "status", "--json").stdout)["pendingUrl"] is None
    told = findings(gateway)
    assert "gateway-restart-needed" not in told and "config-unreadable" in told


def test_a_port_of_the_command_line_is_not_the_configurations(start, simulator):
    gateway = start({"openai:work": "sk-sim-ok-work"})
    assert json.loads(gateway.command("gateway", "status", "--json").stdout)["pendingUrl"] is None
    assert "gateway-restart-needed" not in findings(gateway)
