"""No secret of any store shows up in anything the product says: output, logs, errors, metrics, status (run last)."""

import base64
import urllib.parse

import pytest

from canaries import CanaryRun, canary
from leaks import find
from dialects import MESSAGES


@pytest.fixture(scope="module")
def run(start_once, the_simulator, tmp_path_factory):
    the_simulator.reset()
    done = CanaryRun(start_once, the_simulator, tmp_path_factory.mktemp("canary")).run()
    yield done
    the_simulator.reset()


def test_there_is_a_secret_in_every_place(run):
    assert len(run.canaries.planted) >= 12
    assert all(len(text) >= 40 for text in run.canaries.hidden().values())


def test_the_run_has_been_everywhere(run):
    """A search that looks at nothing finds nothing: the output must hold what it is supposed to have looked at."""
    origins = "\n".join(run.output)
    for part in ("/metrics 200", "/api/v1/status 200", "/v1/models 200", "/healthz 200", ".stderr", "auth-health.jsonl",
                 "models status --json: exit", "models auth list: exit 0", "gateway status --json: exit 0"):
        assert part in origins, part
    for status in (200, 400, 401, 404, 431, 502, 503):
        assert f" {status}\n" in origins, status
    everything = b"".join(run.output.values())
    for text in (b"anthropic:good", b"[redacted]", b"upstream_protocol", b"upstream_redirect", b"pinned_profile_unavailable",
                 b"wrong_client_token", b"invalid_json", b"stays in use", b"agenticflow_attempts_total", b'"end":"cut"',
                 b"Hello from pasted.", b"Hello from own.", b"Hello from inline.", b"Hello from vars.", b"Hello from dotenv."):
        assert text in everything, text


def test_no_secret_is_in_any_of_it(run, capsys):
    hidden = run.canaries.hidden()
    leaks = {origin: found for origin, data in run.output.items() if (found := find(hidden, data))}
    scanned = sum(map(len, run.output.values()))
    with capsys.disabled():
        print(f"\ncanary: {len(hidden)} secrets, {len(run.output)} outputs, {scanned} bytes scanned, {len(leaks)} leaks")
    assert leaks == {}
    assert scanned > 50_000


def test_what_must_never_be_sent_was_not_sent(run):
    # A client's token in a field that is not passed on, a setup token, a redirect: all of them were tempted.
    assert {name: count for name, count in run.simulator.record()["contraband"].items() if count} == {}


# The search itself, on leaks planted on purpose.

LEAKS = {
    "as it is": lambda key: key,
    "a piece of twelve": lambda key: f"sk-…{key[17:29]}…",
    "its first twelve": lambda key: key[:12],
    "its last twelve": lambda key: f"...{key[-12:]}",
    "base64": lambda key: base64.b64encode(key.encode()).decode(),
    "base64 behind one byte": lambda key: base64.b64encode(b":" + key.encode() + b"!").decode(),
    "base64 behind two bytes": lambda key: base64.b64encode(b"u:" + key.encode()).decode(),
    "base64 in a credential": lambda key: base64.b64encode(f"user:{key}".encode()).decode(),
    "base64 for addresses": lambda key: base64.urlsafe_b64encode(key.encode()).decode().rstrip("="),
    "percent-encoded": lambda key: urllib.parse.quote(key + "+/", safe=""),
    "every byte percent-encoded": lambda key: "".join(f"%{byte:02X}" for byte in key.encode()),
    "hexadecimal": lambda key: key.encode().hex(),
    "in JSON": lambda key: f'{{"key":"{key}"}}',
}


@pytest.mark.parametrize("case", LEAKS)
def test_the_search_finds_a_planted_leak(run, case):
    hidden = run.canaries.hidden()
    for name, secret in hidden.items():
        haystack = b"".join(run.output.values()) + LEAKS[case](secret).encode()
        assert [found for found, _ in find({name: secret}, haystack)] == [name]


def test_the_search_finds_awkward_secrets_too():
    for secret in ("a+b/c=d&e?f g%h\"i\\j~k-l_m.n", "/+/+/+/+/+/+/+/+"):
        for leak in (secret, urllib.parse.quote(secret, safe=""), base64.b64encode(b"x" + secret.encode()).decode()):
            assert find({"awkward": secret}, f"before {leak} after".encode())
    assert not find({"absent": "this is not in there"}, b"the quick brown fox" * 1000)


def test_a_leak_of_the_product_would_be_found(start, simulator):
    """A model's name is logged and shown on purpose: a secret that a client puts there is caught in both places."""
    gateway = start({"anthropic:work": "sk-sim-ok-work"})
    secret = canary()
    shown = gateway.send(MESSAGES.path, MESSAGES.body(model=f"nosuch/{secret}"))
    gateway.await_log()

    for output in (shown.raw, gateway.program.stderr.encode()):
        assert find({"planted": secret}, output) == [("planted", "window 0")]
