"""The gateway under test, with a state directory of its own."""

import json
import os
import re
import signal
from pathlib import Path

import anthropic
import openai

from polling import eventually
from programs import GATEWAY, Program, clean_environment, run
from rawhttp import Connection, exchange, request

# What clients of the gateway present.
TOKEN = "agw_endToEndTestsEndToEndTestsEndToEndTests1"


class Gateway:
    """A state directory, and the gateway that runs on it once `start` was called."""

    def __init__(self, folder, config=None, profiles=None, order=None, dotenv=None, environment=None):
        self.folder = Path(folder)
        self.state = self.folder / "state"
        self.state.mkdir(mode=0o700)
        self.logs = self.folder / "logs"
        self.environment = clean_environment(self.folder, AGENTICFLOW_STATE_DIR=self.state, **(environment or {}))
        self.config = config if config is not None else {"gateway": {"auth": {"token": TOKEN}}}
        self.write_config(self.config)
        if profiles is not None:
            self.write_store(profiles, order)
        if dotenv is not None:
            self.write_dotenv(dotenv)
        self.program = None
        self.port = None

    # Files. Each is replaced as a careful writer does it: written beside, then renamed.

    @property
    def config_path(self):
        return self.state / "agenticflow-enterprise.json"

    @property
    def dotenv_path(self):
        return self.state / ".env"

    @property
    def agent_folder(self):
        return self.state / "agents" / "main" / "agent"

    @property
    def store_path(self):
        return self.agent_folder / "auth-profiles.json"

    def write_config(self, config):
        text = config if isinstance(config, str) else json.dumps(config, indent=2)
        replace(self.config_path, text)

    def change_config(self, change):
        change(self.config)
        self.write_config(self.config)

    def write_dotenv(self, variables):
        replace(self.dotenv_path, "".join(f"{name}={value}\n" for name, value in variables.items()))

    def write_store(self, profiles, order=None):
        replace(self.store_path, json.dumps(store(profiles, order), indent=2))

    # The process.

    def start(self, *arguments, within=30.0):
        self.program = Program(GATEWAY, ["gateway", "run", "--port", "0", *arguments], self.environment, self.logs)
        self.port = self.program.await_event("listening", within)["port"]
        return self

    def stop(self, within=30.0):
        """SIGTERM, and its exit code."""
        self.program.signal(signal.SIGTERM)
        return self.program.wait(within)

    def kill(self):
        return self.program.kill()

    def command(self, *arguments, stdin="", environment=None):
        return run(GATEWAY, *arguments, environment={**self.environment, **(environment or {})}, stdin=stdin)

    def log(self):
        """The request log so far: one object for each request."""
        return [line for line in self.program.events() if "route" in line]

    def await_log(self, count=1):
        """The first `count` lines of the request log."""
        return eventually(lambda: self.log() if len(self.log()) >= count else None, f"{count} lines in the log")

    # Ways in.

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def anthropic(self, **options):
        return anthropic.Anthropic(
            base_url=self.url, **{"api_key": TOKEN, "max_retries": 0, "timeout": 60.0, **options})

    def openai(self, **options):
        return openai.OpenAI(
            base_url=f"{self.url}/v1", **{"api_key": TOKEN, "max_retries": 0, "timeout": 60.0, **options})

    def connect(self, **options):
        return Connection(self.port, **options)

    def request(self, path, body=None, **options):
        """The bytes of a request with the right token (`token=None` for none)."""
        return request(path, self.port, body, **{"token": TOKEN, **options})

    def send(self, path, body=None, **options):
        """One request on a connection of its own, and the answer."""
        return exchange(self.port, self.request(path, body, **options))

    def health(self):
        return self.send("/healthz").json

    def status(self):
        return self.send("/api/v1/status").json

    def metrics(self):
        """Every sample of `/metrics`: its name with labels → its value."""
        text = self.send("/metrics").text
        samples = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
        return {name: float(value) for name, _, value in samples}

    def attempts(self, provider):
        """Outcome → number of attempts that had it."""
        found = {}
        for name, value in self.metrics().items():
            match = re.fullmatch(r'agenticflow_attempts_total\{provider="(.*)",outcome="(.*)"\}', name)
            if match and match[1] == provider:
                found[match[2]] = int(value)
        return found

    def explain(self, model):
        return self.send(f"/api/v1/explain?model={model}").json

    def credential(self, profile):
        """The status entry of one credential."""
        return next(entry for entry in self.status()["credentials"] if entry["profile"] == profile)


def store(profiles, order=None):
    """A store's document. A profile is a key's text, or the whole entry."""
    entries = {}
    for name, value in profiles.items():
        provider = name.partition(":")[0]
        entries[name] = value if isinstance(value, dict) else {"type": "api_key", "provider": provider, "key": value}
    document = {"version": 1, "profiles": entries}
    if order:
        document["order"] = order
    return document


def replace(path, text):
    """Writes a private file beside `path`, then renames it into place."""
    folder = path.parent
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True)
        for parent in folder.parents:
            if parent.name in ("agents", "main"):
                parent.chmod(0o700)
    beside = folder / f".{path.name}.beside"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    os.rename(beside, path)
