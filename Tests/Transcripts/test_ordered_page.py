# SPDX-License-Identifier: Apache-2.0
"""The page on authentication that was ordered: each of its paragraphs, as a new user takes its steps.

Every test begins with an empty home directory and uses documented steps alone. Left out, since later versions bring them:
the onboarding wizard, the monitoring scripts of /automation/auth-monitoring, and `/model` as a chat command; what a pin
does today is tested as `model@profile` in a request. `claude setup-token` itself belongs to the vendor's own program.
"""

import json
import os
import subprocess
import time

import pytest

from page import free_port
from polling import eventually
from programs import BUILD, GATEWAY, Program, clean_environment, run
from rawhttp import exchange, request
from terminal import PseudoTerminal

API_KEY = "sk-sim-ok-work"
SETUP_TOKEN = "sk-ant-oat01-" + "Ab9" * 30
AUTH = ("models", "auth")
SECRETS = ("Ab9Ab9Ab9", API_KEY)


class NewUser:
    """Somebody with an empty home directory."""

    def __init__(self, folder):
        self.home = folder / "home"
        self.home.mkdir()
        self.state = self.home / ".agenticflow-enterprise"
        self.logs = folder / "logs"
        self.exported = {}
        self.gateway = None
        self.port = free_port()

    def environment(self):
        return clean_environment(self.home, SHELL="/bin/bash", LC_ALL="C.UTF-8", **self.exported)

    def type(self, *words, stdin="", code=0):
        """One command; whatever it prints holds no secret."""
        result = run(GATEWAY, *words, environment=self.environment(), stdin=stdin)
        assert result.returncode == code, result.stdout + result.stderr
        for secret in SECRETS:
            assert secret not in result.stdout + result.stderr
        return result.stdout + result.stderr

    def json(self, *words, code=0):
        return json.loads(run(GATEWAY, *words, "--json", environment=self.environment()).stdout)

    def shell(self, script):
        """Lines of a page, in a shell."""
        return subprocess.run(["bash", "-ec", script], env=self.environment(), cwd=self.home, check=True)

    def at_a_prompt(self, *words, secret, prompt="(not shown)"):
        """A command on a terminal, with a secret typed where it asks for one; (what is printed, exit code)."""
        terminal = PseudoTerminal([str(BUILD / GATEWAY), *words], self.environment(), folder=self.home)
        try:
            terminal.until(prompt)
            eventually(lambda: not terminal.echoes(), "a prompt that does not show what is typed")
            terminal.send(secret + "\r")
            code = terminal.end()
        finally:
            terminal.kill()
        assert secret not in terminal.text
        return terminal.text, code

    # Files.

    @property
    def config(self):
        return (self.state / "agenticflow-enterprise.json").read_text()

    def store(self, agent="main"):
        return json.loads((self.state / "agents" / agent / "agent" / "auth-profiles.json").read_text())

    def leads_to(self, simulator, **more):
        """The one thing that no user does: the providers are the simulator."""
        self.state.mkdir(mode=0o700, exist_ok=True)
        providers = {**simulator.providers(), "openrouter": {"baseUrl": f"{simulator.url}/v1"}}
        path = self.state / "agenticflow-enterprise.json"
        path.write_text(json.dumps({"models": {"providers": providers}, **more}))
        path.chmod(0o600)

    # The gateway.

    def start(self):
        self.gateway = Program(
            GATEWAY, ["gateway", "run", "--port", str(self.port)], self.environment(), self.logs)
        self.gateway.await_event("listening")

    def restart(self):
        self.end()
        self.start()

    def end(self):
        if self.gateway and self.gateway.exit_code is None:
            self.gateway.signal(15)
            self.gateway.wait()

    def ask(self, model="anthropic/claude-sonnet-4-5"):
        """A request as a client sends it."""
        token = self.type("gateway", "token", "--show").strip()
        body = {"model": model, "max_tokens": 16, "messages": [{"role": "user", "content": "Hello"}]}
        return exchange(self.port, request("/v1/messages", self.port, body, token=token))


@pytest.fixture
def user(tmp_path):
    made = NewUser(tmp_path)
    yield made
    made.end()


def test_an_api_key_in_the_environment(user):
    """Recommended setup: a key, exported, is seen."""
    before = user.type("models", "status")
    assert "anthropic" not in before.lower() or "missing" in before.lower() or "none" in before.lower()
    user.exported["ANTHROPIC_API_KEY"] = "sk-ant-api03-" + "Ab9" * 28
    after = user.type("models", "status")
    assert "ANTHROPIC_API_KEY" in after
    provider = next(row for row in user.json("models", "status")["auth"]["providers"] if row["provider"] == "anthropic")
    assert (provider["effective"]["kind"], provider["usable"]) == ("env", True)
    assert user.state.stat().st_mode & 0o777 == 0o700
    assert os.listdir(user.state) == [], "looking makes the directory, and nothing in it"


def test_the_first_lines_of_the_page_in_their_order(user):
    """export, status, cat >> .env, status, doctor: literally, on an empty home."""
    key = "sk-ant-api03-" + "Ab9" * 28
    script = f"""
        export ANTHROPIC_API_KEY="{key}"
        agenticflow-enterprise models status
        unset ANTHROPIC_API_KEY
        cat >> ~/.agenticflow-enterprise/.env <<'EOF'
ANTHROPIC_API_KEY={key}
EOF
        agenticflow-enterprise models status
        agenticflow-enterprise doctor
    """
    environment = {**user.environment(), "PATH": f"{BUILD}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-ec", script], env=environment, cwd=user.home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "source=env: ANTHROPIC_API_KEY" in done.stdout and "from ~/.agenticflow-enterprise/.env" in done.stdout
    assert key not in done.stdout + done.stderr


@pytest.mark.parametrize(("words", "code"), [(["gateway", "status"], None), (["gateway", "token"], 78)])
def test_commands_about_the_gateway_make_the_directory_too(user, words, code):
    done = run(GATEWAY, *words, environment=user.environment())
    assert code is None or done.returncode == code
    assert user.state.stat().st_mode & 0o777 == 0o700 and os.listdir(user.state) == []


@pytest.mark.parametrize("words", [["help"], ["--version"], ["completion", "bash"], ["models", "status", "--help"]])
def test_help_makes_nothing(user, words):
    user.type(*words)
    assert not user.state.exists()


def test_the_gateway_as_the_page_calls_it(user):
    """`agenticflow-enterprise gateway`, and nothing behind it."""
    user.exported["AGENTICFLOW_GATEWAY_PORT"] = str(user.port)
    user.gateway = Program(GATEWAY, ["gateway"], user.environment(), user.logs)
    user.gateway.await_event("listening")
    assert f":{user.port}" in user.type("gateway", "status")


def test_what_comes_later_leads_to_what_there_is(user):
    """The wizard stores API keys; until it is there, the dialogue does."""
    refused = run(GATEWAY, "onboard", environment=user.environment())
    assert refused.returncode == 64 and refused.stderr.endswith("fix: Run: agenticflow-enterprise models auth add\n")
    assert not user.state.exists()


def test_an_api_key_in_the_daemons_file(user, simulator):
    """The key goes into .env, the gateway is started again, and both agree."""
    simulator.reset()
    user.leads_to(simulator)
    user.start()
    assert user.ask().status != 200
    user.shell(
        f"cat >> ~/.agenticflow-enterprise/.env <<'EOF'\nANTHROPIC_API_KEY={API_KEY}\nEOF\n")
    user.restart()
    assert "gateway (pid" in user.type("models", "status")
    assert user.ask().status == 200
    assert simulator.counts() == {"work": 1}


def test_the_doctor_sees_the_daemons_key(user, simulator):
    user.leads_to(simulator)
    user.shell(f"umask 077; cat >> ~/.agenticflow-enterprise/.env <<'EOF'\nANTHROPIC_API_KEY={API_KEY}\nEOF\n")
    user.start()
    report = run(GATEWAY, "doctor", environment=user.environment())
    assert "ANTHROPIC_API_KEY" in report.stdout + report.stderr
    assert API_KEY not in report.stdout + report.stderr
    json.loads(run(GATEWAY, "doctor", "--json", environment=user.environment()).stdout)


def test_a_setup_token_needs_a_terminal(user):
    refused = run(GATEWAY, *AUTH, "setup-token", "--provider", "anthropic", environment=user.environment(), stdin=SETUP_TOKEN)
    assert refused.returncode >= 64 and "fix:" in refused.stderr
    assert not (user.state / "agents").exists()


def test_a_setup_token_is_pasted_at_a_hidden_prompt(user):
    terminal = PseudoTerminal(
        [str(BUILD / GATEWAY), *AUTH, "setup-token", "--provider", "anthropic"], user.environment(), folder=user.home)
    try:
        # It may ask first whether the token has been made.
        for _ in range(3):
            start = len(terminal.text)
            terminal.until(lambda text: "(not shown)" in text or "?" in text or "[" in text)
            if "(not shown)" in terminal.text:
                break
            terminal.send("y\r")
            terminal.quiet()
            assert len(terminal.text) > start
        eventually(lambda: not terminal.echoes(), "a prompt that does not show what is typed")
        terminal.send(SETUP_TOKEN + "\r")
        assert terminal.end() == 0, terminal.text
    finally:
        terminal.kill()
    assert SETUP_TOKEN not in terminal.text
    assert [entry["type"] for entry in user.store()["profiles"].values()] == ["token"]


def test_a_token_from_another_machine_is_pasted(user):
    text, code = user.at_a_prompt(*AUTH, "paste-token", "--provider", "anthropic", secret=SETUP_TOKEN)
    assert code == 0, text
    assert "Auth profile: anthropic:manual (anthropic/token)" in text
    entry = user.store()["profiles"]["anthropic:manual"]
    assert (entry["type"], entry["provider"], entry["token"]) == ("token", "anthropic", SETUP_TOKEN)
    # It lasts a year, as its vendor says.
    assert abs(entry["expires"] / 1000 - time.time() - 365 * 86400) < 600
    assert "anthropic:manual" in user.type("models", "status")


def test_a_token_that_only_the_vendors_program_may_use_leads_to_an_api_key(user, simulator):
    """The vendor's refusal is told as what it is, and the way out is the one that the page names."""
    simulator.reset()
    user.leads_to(simulator)
    pasted = user.type(*AUTH, "paste-token", "--provider", "anthropic", stdin=SETUP_TOKEN)
    assert "needs_vendor_cli" in pasted and "paste-api-key --provider anthropic" in pasted
    user.start()
    refused = user.ask()
    assert refused.status != 200
    assert simulator.contraband() == {}, "a setup token is never sent"
    status = user.type("models", "status")
    assert "needs_vendor_cli" in status and "paste-api-key" in status
    user.type(*AUTH, "paste-api-key", "--provider", "anthropic", "--profile-id", "anthropic:work", stdin=API_KEY)
    eventually(lambda: user.ask().status == 200, "an answer with the API key")


@pytest.mark.parametrize(("provider", "secret"), [("anthropic", SETUP_TOKEN), ("openrouter", "or-v1-" + "c" * 40)])
def test_a_token_of_any_provider_is_stored_and_noted(user, provider, secret):
    """Writes auth-profiles.json, and updates the configuration."""
    printed = user.type(*AUTH, "paste-token", "--provider", provider, stdin=secret)
    assert "Updated ~/.agenticflow-enterprise/agenticflow-enterprise.json" in printed
    assert user.store()["profiles"][f"{provider}:manual"]["token"] == secret
    assert f"{provider}:manual" in user.config and secret not in user.config
    assert (user.state / "agents/main/agent/auth-profiles.json").stat().st_mode & 0o777 == 0o600
    assert user.state.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(("lifetime", "code"), [(None, 1), ("365d", 0), ("12h", 2), ("1ms", 1)])
def test_the_check_for_scripts(user, lifetime, code):
    """Exit 1 when expired or missing, 2 when expiring, else 0."""
    user.state.mkdir(mode=0o700)
    path = user.state / "agenticflow-enterprise.json"
    path.write_text('{agents: {defaults: {model: "openrouter/auto"}}}')
    path.chmod(0o600)
    if lifetime:
        user.type(*AUTH, "paste-token", "--provider", "openrouter", "--expires-in", lifetime, stdin="or-v1-" + "c" * 40)
    user.type("models", "status", "--check", code=code)


def test_which_credentials_there_are(user, simulator):
    """Checking: the same answer from the files and from the running gateway."""
    user.leads_to(simulator)
    user.type(*AUTH, "paste-api-key", "--provider", "anthropic", "--profile-id", "anthropic:work", stdin=API_KEY)
    files = user.type("models", "status")
    assert "View: files" in files and "anthropic:work" in files
    user.start()
    live = user.type("models", "status")
    assert "View: gateway" in live and "anthropic:work" in live
    (stored,) = [row for row in user.json("models", "status")["auth"]["oauth"]["profiles"]]
    assert (stored["profileId"], stored["state"]) == ("anthropic:work", "ready")


def test_the_doctor_after_checking(user):
    user.type(*AUTH, "paste-api-key", "--provider", "anthropic", stdin=API_KEY)
    report = json.loads(run(GATEWAY, "doctor", "--json", environment=user.environment()).stdout)
    assert report
    assert API_KEY not in json.dumps(report)


def test_a_pinned_credential_serves(user, simulator):
    """Per session: `/model` as a chat command comes later; a request names its credential today."""
    simulator.reset()
    user.leads_to(simulator)
    for name in ("default", "work"):
        user.type(*AUTH, "paste-api-key", "--provider", "anthropic", "--profile-id", f"anthropic:{name}", stdin=f"sk-sim-ok-{name}")
    user.start()
    for name in ("work", "work", "default"):
        assert user.ask(f"anthropic/claude-sonnet-4-5@anthropic:{name}").status == 200
    assert simulator.counts() == {"work": 2, "default": 1}


@pytest.mark.parametrize("agent", [None, "coder"])
def test_an_order_for_an_agent(user, agent):
    """get, set, clear; with --agent for that one, else for the configured default agent."""
    user.state.mkdir(mode=0o700)
    path = user.state / "agenticflow-enterprise.json"
    path.write_text("{agents: {list: [{id: 'main', default: true}, {id: 'coder'}]}}")
    path.chmod(0o600)
    for name in ("default", "work"):
        user.type(*AUTH, "paste-api-key", "--provider", "anthropic", "--profile-id", f"anthropic:{name}", stdin=API_KEY)
    words = ["--provider", "anthropic"] + (["--agent", agent] if agent else [])
    assert "Order override: (none)" in user.type(*AUTH, "order", "get", *words)
    assert "Order override: anthropic:default" in user.type(*AUTH, "order", "set", *words, "anthropic:default")
    assert user.store(agent or "main")["order"] == {"anthropic": ["anthropic:default"]}
    shown = user.type(*AUTH, "order", "get", *words)
    assert f"Agent: {agent or 'main'}" in shown and "Order override: anthropic:default" in shown
    other = [] if agent else ["--agent", "coder"]
    assert "Order override: (none)" in user.type(*AUTH, "order", "get", "--provider", "anthropic", *other)
    assert "Cleared" in user.type(*AUTH, "order", "clear", *words)
    assert "Order override: (none)" in user.type(*AUTH, "order", "get", *words)
    assert not user.store(agent or "main").get("order")


def test_no_credentials_found(user, simulator):
    """Troubleshooting: the answer to a request and the status both name the command that helps."""
    user.leads_to(simulator)
    user.start()
    refused = user.ask()
    assert refused.status >= 400
    assert "models auth" in refused.text
    user.type(*AUTH, "paste-api-key", "--provider", "anthropic", stdin=API_KEY)
    assert "anthropic:manual" in user.type("models", "status")
    eventually(lambda: user.ask().status == 200, "an answer")


@pytest.mark.parametrize(("lifetime", "word"), [("6h", "expiring"), ("1ms", "expired")])
def test_a_token_that_is_expiring_or_expired(user, lifetime, word):
    """The status confirms which profile it is; pasting again mends it."""
    user.type(*AUTH, "paste-token", "--provider", "openrouter", "--expires-in", lifetime, stdin="or-v1-" + "c" * 40)
    (row,) = user.json("models", "status")["auth"]["oauth"]["profiles"]
    assert (row["profileId"], row["status"]) == ("openrouter:manual", word)
    assert word in user.type("models", "status")
    user.type(*AUTH, "paste-token", "--provider", "openrouter", "--expires-in", "365d", stdin="or-v1-" + "d" * 40)
    (row,) = user.json("models", "status")["auth"]["oauth"]["profiles"]
    assert row["status"] == "ok"


def test_the_state_directory_of_the_page(user):
    """Everything is below ~/.agenticflow-enterprise, and nothing is beside it."""
    user.type(*AUTH, "paste-api-key", "--provider", "anthropic", stdin=API_KEY)
    assert os.listdir(user.home) == [".agenticflow-enterprise"]
