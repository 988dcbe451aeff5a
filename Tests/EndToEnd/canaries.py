"""A run of the whole product with a secret in every place that holds one, and everything it says on the way."""

import json
import secrets
import socket
import string
import threading

from dialects import ALL, CHAT, MESSAGES, MODELS, RESPONSES
from gateway import replace, store
from polling import eventually
from rawhttp import Ended

# Starts that documentation and error messages may show; everything behind one is looked for.
PUBLIC = {"anthropic": "sk-ant-api03-", "setup": "sk-ant-oat01-", "openai": "sk-proj-", "client": "agw_"}


def canary(start=""):
    """A new secret; what follows its public start is found again in whole or in pieces."""
    alphabet = string.ascii_letters + string.digits
    return start + "".join(secrets.choice(alphabet) for _ in range(48))


class Canaries:
    """The secrets of one run: name → text."""

    def __init__(self):
        anthropic, openai = PUBLIC["anthropic"], PUBLIC["openai"]
        self.planted = {
            "store: good key": canary(anthropic),
            "store: key that the provider echoes": canary(anthropic),
            "store: key without credit": canary(anthropic),
            "store: wrong key": canary(openai),
            "store: key under which the provider complains": canary(openai),
            "store: token": canary(),
            "store: login, access": canary(),
            "store: login, refresh": canary(),
            "store: setup token": canary(PUBLIC["setup"]),
            "store: another agent's key": canary(openai),
            "store: key of a type that is not known": canary(),
            "configuration: key": canary(),
            "configuration: header": canary(),
            "configuration: env.vars": canary(openai),
            "environment file": canary(openai),
            "process environment": canary(anthropic),
            "process environment, by reference": canary(),
            "process environment, list": canary(openai),
            "client token": canary(PUBLIC["client"]),
            "client token of another gateway": canary(PUBLIC["client"]),
            "pasted key": canary(anthropic),
            "pasted token": canary(),
            "key in a store that is cut off": canary(anthropic),
            "token in a configuration that is broken": canary(PUBLIC["client"]),
            "environment file, broken line": canary(),
        }

    def __getitem__(self, name):
        return self.planted[name]

    def hidden(self):
        """What must not show: the texts without their public starts."""
        starts = tuple(PUBLIC.values())
        return {
            name: next((text[len(start):] for start in starts if text.startswith(start)), text)
            for name, text in self.planted.items()}


class CanaryRun:
    """Drives traffic, failures included, and keeps every byte that comes out."""

    def __init__(self, start, simulator, folder):
        self.canaries = Canaries()
        self.simulator = simulator
        self.folder = folder
        # Where it came from → what it was.
        self.output = {}
        self._count = 0
        self.gateway = start.prepare(
            self._profiles(), order={"anthropic": self._anthropic_order}, config=self._config(),
            dotenv={"OPENROUTER_API_KEY": self.canaries["environment file"]}, environment=self._environment())
        replace(
            self.gateway.state / "agents" / "work" / "agent" / "auth-profiles.json",
            json.dumps(store({"openai:own": self.canaries["store: another agent's key"]})))

    _anthropic_order = ["anthropic:echo", "anthropic:poor", "anthropic:token", "anthropic:good", "anthropic:manual"]

    def _profiles(self):
        own = self.canaries
        return {
            "anthropic:good": own["store: good key"],
            "anthropic:echo": own["store: key that the provider echoes"],
            "anthropic:poor": own["store: key without credit"],
            "anthropic:token": {"type": "token", "provider": "anthropic", "token": own["store: token"]},
            "anthropic:login": {
                "type": "oauth", "provider": "anthropic", "access": own["store: login, access"],
                "refresh": own["store: login, refresh"], "expires": 4_000_000_000_000},
            "anthropic:setup": {"type": "token", "provider": "anthropic", "token": own["store: setup token"]},
            "anthropic:odd": {"type": "odd", "provider": "anthropic", "k": own["store: key of a type that is not known"]},
            "openai:wrong": own["store: wrong key"],
            "openai:complained": own["store: key under which the provider complains"],
        }

    def _config(self):
        own, url = self.canaries, self.simulator.url
        return {
            "gateway": {"auth": {"token": own["client token"]}, "deadlines": {"firstTokenSeconds": 1, "totalSeconds": 2}},
            "models": {"providers": {
                **self.simulator.providers(),
                "openrouter": {"baseUrl": f"{url}/v1"},
                "mistral": {"baseUrl": f"{url}/v1"},
                "inline": {"baseUrl": url, "api": "anthropic-messages", "apiKey": own["configuration: key"],
                           "headers": {"x-extra": own["configuration: header"]}},
                "referred": {"baseUrl": url, "api": "anthropic-messages", "apiKey": "${REFERRED_KEY}"},
                "gone": {"baseUrl": "http://127.0.0.1:1", "api": "anthropic-messages", "apiKey": own["configuration: key"]},
                "babble": {"baseUrl": f"http://127.0.0.1:{self._babbler()}/v1", "api": "openai-completions",
                           "apiKey": own["configuration: key"]},
            }},
            "agents": {"list": [{"id": "main", "default": True}, {"id": "work"}]},
            "env": {"vars": {"MISTRAL_API_KEY": own["configuration: env.vars"]}},
        }

    def _environment(self):
        own = self.canaries
        return {
            "ANTHROPIC_API_KEY": own["process environment"], "REFERRED_KEY": own["process environment, by reference"],
            "OPENAI_API_KEYS": own["process environment, list"],
        }

    def _babbler(self):
        """An upstream that answers with the head it was sent, whatever it holds, in no HTTP at all."""
        listener = socket.create_server(("127.0.0.1", 0))

        def serve():
            while True:
                connection, _ = listener.accept()
                with connection:
                    connection.sendall(b"You said: " + connection.recv(65536) + b"\r\n\r\n")

        threading.Thread(target=serve, daemon=True).start()
        return listener.getsockname()[1]

    def _rules(self):
        own = self.canaries

        def rule(name, label, fault="ok", **more):
            return {"credential": own[name], "label": label, "fault": fault, **more}

        echo = own["store: key under which the provider complains"]
        return [
            rule("store: good key", "good", "text-then-end", model="cut"),
            rule("store: good key", "good", "in-band-late", model="late"),
            rule("store: good key", "good"),
            rule("store: key that the provider echoes", "echo", "429-echo"),
            rule("store: key without credit", "poor", "402"),
            rule("store: token", "token", "in-band-overloaded", times=1),
            rule("store: token", "token"),
            rule("store: wrong key", "wrong", "401"),
            rule("store: key under which the provider complains", "complained", "400",
                 parameters={"message": f"Key {echo} ({echo[10:30]}) is not liked\x1b[31m"}),
            rule("store: another agent's key", "own"),
            rule("configuration: key", "inline"),
            rule("configuration: env.vars", "vars"),
            rule("environment file", "dotenv"),
            rule("process environment", "process"),
            rule("process environment, by reference", "referred", "500"),
            rule("process environment, list", "list", "redirect-302"),
            rule("pasted key", "pasted"),
        ]

    # Output.

    def keep(self, origin, data):
        self._count += 1
        self.output[f"{self._count:03} {origin}"] = data if isinstance(data, bytes) else data.encode()

    def ask(self, path, body=None, **options):
        token = options.pop("token", self.canaries["client token"])
        with self.gateway.connect() as connection:
            connection.send(self.gateway.request(path, body, token=token, **options))
            try:
                answer = connection.answer()
            except Ended as end:
                return self.keep(f"{path} ({end.ending})", b"")
        self.keep(f"{path} {answer.status}", answer.raw)
        return answer

    def command(self, *words, stdin=""):
        done = self.gateway.command(*words, stdin=stdin)
        self.keep(f"{' '.join(words)}: exit {done.returncode}, stdout", done.stdout)
        self.keep(f"{' '.join(words)}, stderr", done.stderr)
        return done

    # The run.

    def run(self):
        self.simulator.rules(*self._rules())
        self.gateway.start()
        self._traffic()
        self._refused_requests()
        self._commands()
        self._views()
        self._broken_files()
        self._views()
        self.gateway.stop()
        self._files()
        return self

    def _traffic(self):
        for dialect in ALL:
            for stream in (False, True):
                for model in (dialect.model, f"{dialect.provider}/{dialect.model}"):
                    self.ask(dialect.path, dialect.body(stream=stream, model=model))
        for profile in (*self._profiles(), "anthropic:env", "openai:env", "openai:nobody"):
            dialect = MESSAGES if profile.startswith("anthropic") else RESPONSES
            self.ask(dialect.path, dialect.body(model=f"{MODELS[dialect.provider]}@{profile}"))
        for model in ("cut", "late"):
            self.ask(MESSAGES.path, MESSAGES.body(stream=True, model=f"anthropic/{model}@anthropic:good"))
        for model in ("inline/m", "referred/m", "gone/m"):
            self.ask(MESSAGES.path, MESSAGES.body(model=model))
        for model in ("openrouter/m", "mistral/m", "babble/m"):
            self.ask(CHAT.path, CHAT.body(model=model))
        self.ask(CHAT.path, CHAT.body(), fields=[("x-agenticflow-agent", "work")])

    def _refused_requests(self):
        """A client's own mistakes, with a secret in every place where one could end up by accident."""
        other, own = self.canaries["client token of another gateway"], self.canaries["client token"]
        for fields in ([("x-api-key", other)], [("Authorization", f"Bearer {other}")], [("Authorization", f"Basic {other}")],
                       [("Cookie", f"token={other}")]):
            self.ask(MESSAGES.path, MESSAGES.body(), token=None, fields=fields)
            self.ask("/metrics", token=None, fields=fields)
        self.ask(f"/v1/messages?key={other}", MESSAGES.body(), token=None)
        self.ask(MESSAGES.path, f'{{"model":"m","api_key":"{other}",}}'.encode())
        self.ask(MESSAGES.path, b'{"model":"m","a":1,"a":2}', fields=[("X-Note", own)])
        self.ask(MESSAGES.path, MESSAGES.body(), fields=[("Transfer-Encoding", "gzip"), ("X-Note", own)])
        self.ask("/livez", host="evil.example", fields=[("X-Note", own)])
        self.ask("/livez", fields=[("Origin", "http://evil.example"), ("X-Note", own)])
        self.ask("/livez", fields=[("X-Note", own * 2000)])
        self.ask(MESSAGES.path, b"x", fields=[("Content-Length", "5"), ("X-Note", own)])

    def _views(self):
        for path in ("/livez", "/readyz", "/healthz", "/metrics", "/v1/models", "/api/v1/status", "/nowhere",
                     f"/api/v1/explain?model={MODELS['anthropic']}", f"/api/v1/explain?model={MODELS['openai']}"):
            self.ask(path)
        for words in (["models", "status"], ["models", "status", "--json"], ["models", "status", "--check"],
                      ["models", "explain"], ["models", "explain", "--model", "claude-haiku-4-5", "--json"],
                      ["models", "auth", "list"], ["models", "auth", "list", "--json"],
                      ["models", "auth", "order", "get", "--provider", "anthropic"],
                      ["gateway", "status"], ["gateway", "status", "--json"], ["gateway", "health"],
                      ["gateway", "health", "--json"], ["gateway", "token"], ["gateway", "run", "--port", "0"]):
            self.command(*words)

    def _commands(self):
        own = self.canaries
        paste = ["models", "auth", "paste-api-key", "--provider", "anthropic"]
        self.command(*paste, stdin=own["pasted key"] + "\n")
        self.command(*paste, stdin=f"export KEY='{own['pasted key']}…'\n")
        self.command(*paste, stdin=own["pasted key"] + " " + own["pasted token"])
        self.command("models", "auth", "paste-token", "--provider", "openrouter", stdin=own["pasted token"])
        self.command("models", "auth", "paste-api-key", "--provider", "anthropic", own["pasted token"][:4])
        eventually(
            lambda: b"Hello from pasted." in getattr(
                self.ask(MESSAGES.path, MESSAGES.body(model=f"{MODELS['anthropic']}@anthropic:manual")), "raw", b""),
            "an answer with the pasted key")

    def _broken_files(self):
        own, gateway = self.canaries, self.gateway
        cut = json.dumps(store({"anthropic:good": own["key in a store that is cut off"]}))
        replace(gateway.store_path, cut[: cut.index('"}')])
        replace(gateway.dotenv_path, f"{own['environment file, broken line']}\nA B={own['environment file, broken line']}\n")
        eventually(lambda: len(self.ask("/healthz").json["problems"]) >= 2, "the problems of store and .env")
        gateway.write_config(f"{{ gateway: {{ auth: {{ token: '{own['token in a configuration that is broken']}' }} ")
        eventually(lambda: len(self.ask("/healthz").json["problems"]) >= 3, "the problem of the configuration")
        self.ask(MESSAGES.path, MESSAGES.body())

    def _files(self):
        """Everything that was written where no secret belongs."""
        for path in self.gateway.logs.iterdir():
            self.keep(path.name, path.read_bytes())
        holders = ("auth-profiles.json", "agenticflow-enterprise.json", ".env")
        for path in self.gateway.state.rglob("*"):
            if path.is_file() and not path.name.startswith(holders):
                self.keep(path.name, path.read_bytes())
