# SPDX-License-Identifier: Apache-2.0
"""A gateway without a client token lets nobody in, says so everywhere, and is mended by what it says; and what commands ask the gateway is of
the files as they are."""

import json
import re
import shlex
import shutil

import pytest

from dialects import CHAT, MESSAGES
from gateway import TOKEN
from polling import eventually

ONE = {"anthropic:manual": "sk-sim-ok-one"}
VARIABLE = "MY_CLIENT_TOKEN"


def status_of(gateway, token=TOKEN):
    return gateway.send(MESSAGES.path, MESSAGES.body(), token=token).status


def assert_closed(gateway, why, remedy):
    told = gateway.command("gateway", "health")
    assert told.returncode == 69 and told.stderr.startswith(f"error: No client is let in: {why}"), told.stderr
    assert remedy in told.stderr
    told = gateway.command("gateway", "health", "--json")
    assert told.returncode == 69 and json.loads(told.stdout)["status"] == "closed"
    assert f"- No client is let in: {why}" in gateway.command("gateway", "status").stdout
    told = gateway.command("doctor")
    assert "[gateway-closed]" in told.stdout and remedy in told.stdout
    assert gateway.command("doctor", "--lint").returncode == 1
    assert f"No client is let in: {why}" in gateway.command("gateway", "token", "--show").stderr
    assert f"No client is let in: {why}" in gateway.command("models", "status").stderr
    answer = gateway.send(MESSAGES.path, MESSAGES.body(), token=TOKEN)
    assert answer.status == 401 and "No client is let in" in answer.text and "Show the right one" not in answer.text


def test_the_variable_of_the_token_goes(start):
    gateway = start.prepare(ONE, gateway={"auth": {"token": f"${{{VARIABLE}}}"}}, dotenv={VARIABLE: TOKEN})
    gateway.start()
    assert status_of(gateway) == 200
    assert gateway.command("env", "unset", VARIABLE).returncode == 0
    eventually(lambda: status_of(gateway) == 401, "that it is taken up")
    assert_closed(gateway, f"gateway.auth.token names {VARIABLE}, which is not set.", f"env set {VARIABLE}")
    refused = gateway.command("doctor", "--generate-gateway-token")
    assert refused.returncode == 78 and VARIABLE in refused.stderr and "already" not in refused.stderr
    assert gateway.command("env", "set", VARIABLE, stdin=TOKEN).returncode == 0
    eventually(lambda: status_of(gateway) == 200, "that clients are let in")
    assert gateway.command("gateway", "health").stdout == "Gateway: ok\n"


def test_the_token_is_taken_out_by_hand(start):
    gateway = start(ONE)
    assert gateway.send("/readyz", token=None).status == 200
    gateway.change_config(lambda config: config["gateway"].pop("auth"))
    eventually(lambda: status_of(gateway) == 401, "that it is taken up")
    assert gateway.send("/readyz", token=None).json == {"status": "closed"}
    assert_closed(gateway, "there is no client token.", "config set gateway.auth.token --stdin")
    assert gateway.command("config", "set", "gateway.auth.token", "--stdin", stdin=TOKEN).returncode == 0
    eventually(lambda: status_of(gateway) == 200, "that clients are let in")


def test_whoever_goes_back_to_the_copy_keeps_the_first_token(start):
    """A first key, a first start, a slip in an editor, and the line that is printed for it."""
    gateway = start.prepare(config={"gateway": {}})
    pasted = gateway.command("models", "auth", "paste-api-key", "--provider", "anthropic", stdin="sk-sim-ok-one-of-many")
    assert pasted.returncode == 0, pasted
    gateway.start()
    token = gateway.command("gateway", "token", "--show").stdout.strip()
    assert status_of(gateway, token) == 200
    with gateway.config_path.open("a") as file:
        file.write("}")
    told = gateway.command("doctor").stdout
    line = re.search(r"or go back to the copy from before the last command that changed it, without any edit since: (cp \S+ \S+)", told)[1]
    cp, copy, path = shlex.split(line.replace("~", str(gateway.folder)))
    path = path.rstrip(";")
    assert cp == "cp" and path == str(gateway.config_path)
    shutil.copy(copy, path)
    eventually(lambda: "cannot be read" not in gateway.command("gateway", "health").stdout, "that it is read")
    assert status_of(gateway, token) == 200


@pytest.mark.parametrize("round", range(5))
def test_what_has_just_been_changed_is_what_is_shown(start, round):
    """No two seconds in which an order is complained of that has just been mended."""
    gateway = start(ONE | {"anthropic:tok": "sk-ant-oat01-" + "a" * 80}, order={"anthropic": ["anthropic:tok"]})
    assert gateway.command("models", "status", "--check").returncode == 1
    mended = gateway.command("models", "auth", "order", "set", "--provider", "anthropic", "anthropic:manual")
    assert mended.returncode == 0
    assert gateway.command("models", "status", "--check").returncode == 0
    assert "auth-order-empties-provider" not in gateway.command("doctor").stdout
    assert gateway.command("models", "set", "openai/gpt-5").returncode == 0
    explained = gateway.command("models", "explain", "--json")
    assert json.loads(explained.stdout)["model"].endswith("gpt-5"), explained.stdout
    assert CHAT.provider == "openai"
