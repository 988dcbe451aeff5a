"""The provider simulator: the upstream of every test here, and the witness of what the gateway sent."""

import json
import ssl
import urllib.request
from collections import Counter

from polling import eventually
from programs import SIMULATOR, Program, clean_environment

# Connections of our own to the control pages must not go through anybody's proxy.
_DIRECT = urllib.request.ProxyHandler({})


class Simulator:
    """A running `provider-simulator`."""

    def __init__(self, folder, tls=None):
        """`tls`: a certificate and its key, as made by `certificates`."""
        arguments = ["--port", "0"]
        if tls:
            arguments += ["--tls-cert", str(tls.certificate), "--tls-key", str(tls.key)]
        self.program = Program(SIMULATOR, arguments, clean_environment(folder), folder)
        self.port = eventually(self._announced_port, "the simulator's port")
        self.is_tls = tls is not None
        context = ssl._create_unverified_context()  # Only its own control pages, on loopback.
        self._opener = urllib.request.build_opener(_DIRECT, urllib.request.HTTPSHandler(context=context))

    def _announced_port(self):
        if self.program.exit_code is not None:
            raise AssertionError(f"the simulator ended with {self.program.exit_code}:\n{self.program.stderr}")
        lines = self.program.stdout.splitlines(keepends=True)
        return json.loads(lines[0])["port"] if lines and lines[0].endswith("\n") else None

    @property
    def url(self):
        return f"http{'s' if self.is_tls else ''}://127.0.0.1:{self.port}"

    def providers(self, host="127.0.0.1", **more):
        """`models.providers` with both dialects leading here; `more` goes into each."""
        base = self.url.replace("127.0.0.1", host)
        return {"anthropic": {"baseUrl": base, **more}, "openai": {"baseUrl": f"{base}/v1", **more}}

    def record(self):
        return self._call("GET", "record")

    def reset(self):
        self._call("DELETE", "record")
        self._call("DELETE", "rules")

    def rules(self, *rules):
        self._call("PUT", "rules", {"rules": list(rules)})

    def forbid(self, *tokens):
        self._call("POST", "forbid", {"tokens": list(tokens)})

    # What tests ask of the record.

    def requests(self):
        return self.record()["requests"]

    def total(self):
        """Requests of any kind that have arrived."""
        return self.record()["totals"]["requests"]

    def counts(self):
        """Credential's label → how many requests arrived with it."""
        return dict(Counter(request["label"] for request in self.requests()))

    def contraband(self):
        """What must never arrive, and did."""
        return {name: count for name, count in self.record()["contraband"].items() if count}

    def only_request(self):
        found = self.requests()
        assert len(found) == 1, found
        return found[0]

    def await_outcome(self, label, outcome):
        """The only request of that credential, once it has ended that way."""

        def look():
            found = [request for request in self.requests() if request["label"] == label]
            return found[0] if len(found) == 1 and found[0]["outcome"] == outcome else None

        return eventually(look, f"one request of '{label}' that is {outcome}")

    def stop(self):
        self.program.kill()

    def _call(self, method, page, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/simulator/{page}", data=data, method=method)
        with self._opener.open(request, timeout=30) as answer:
            return json.load(answer)
