"""Until the first token a provider's failure is invisible: the next credential answers, and the record shows how."""

import pytest

from dialects import ALL, MESSAGES

# Key's word of the fault → the outcome that is recorded for the attempt.
REFUSALS = {
    "401": "auth",
    "401-revoked": "auth_permanent",
    "402": "billing",
    "403": "auth",
    "429": "rate_limit",
    "429-after-60": "rate_limit",
    "429-date-60": "rate_limit",
    "429-reset-60": "rate_limit",
    "429-insufficient-quota": "billing",
    "500": "server_error",
    "502-html": "timeout",
    "503": "timeout",
    "529": "overloaded",
    "empty": "timeout",
    "garbage-head": "server_error",
    "two-lengths": "server_error",
    "redirect-302": "server_error",
    "gzip": "server_error",
}
IN_STREAM = {
    "in-band-overloaded": "overloaded",
    "pings-then-reset": "timeout",
    "role-then-end": "empty_response",
}
IN_PLAIN = {
    "in-band-overloaded": "overloaded",
    "pings-then-reset": "timeout",
    "text-then-end": "timeout",
    "text-then-reset": "timeout",
    "cut-plain": "timeout",
}
# With the deadline that ends it.
STALLS = {"stall": "timeout", "stall-after-head": "timeout"}

each_dialect = pytest.mark.parametrize("dialect", ALL, ids=str)


def two(start, dialect, fault, **options):
    """A gateway whose first credential has the fault, and whose second is good."""
    provider = dialect.provider
    return start(
        {f"{provider}:bad": f"sk-sim-{fault}-bad", f"{provider}:good": "sk-sim-ok-good"},
        order={provider: [f"{provider}:bad", f"{provider}:good"]}, **options)


def check_moved_on(gateway, simulator, dialect, outcome, stream):
    text, headers = dialect.ask(gateway, stream=stream)

    assert text == "Hello from good."
    assert headers["x-agenticflow-profile"] == f"{dialect.provider}:good"
    assert headers["x-agenticflow-attempts"] == "2"
    # Exactly one client request's worth, and which credential was used how often.
    assert simulator.counts() == {"bad": 1, "good": 1}
    assert gateway.attempts(dialect.provider) == {outcome: 1, "success": 1}
    [line] = gateway.await_log()
    assert (line["attempts"], line["status"], line["end"]) == (2, 200, "complete")
    assert line["profile"] == f"{dialect.provider}:good"


@each_dialect
@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
@pytest.mark.parametrize("fault", REFUSALS)
def test_a_refusal_moves_on(start, simulator, dialect, fault, stream):
    gateway = two(start, dialect, fault)
    check_moved_on(gateway, simulator, dialect, REFUSALS[fault], stream)


@each_dialect
@pytest.mark.parametrize("fault", IN_STREAM)
def test_a_stream_that_fails_before_its_first_token_moves_on(start, simulator, dialect, fault):
    gateway = two(start, dialect, fault)
    check_moved_on(gateway, simulator, dialect, IN_STREAM[fault], stream=True)


@each_dialect
@pytest.mark.parametrize("fault", IN_PLAIN)
def test_a_plain_answer_that_is_cut_moves_on(start, simulator, dialect, fault):
    gateway = two(start, dialect, fault)
    check_moved_on(gateway, simulator, dialect, IN_PLAIN[fault], stream=False)


@each_dialect
@pytest.mark.parametrize("fault", STALLS)
def test_a_stalled_stream_moves_on(start, simulator, dialect, fault):
    gateway = two(start, dialect, fault, gateway={"deadlines": {"firstTokenSeconds": 0.3}})
    check_moved_on(gateway, simulator, dialect, STALLS[fault], stream=True)
    simulator.await_outcome("bad", "cancelled")


@each_dialect
def test_a_provider_that_is_not_there_moves_on_to_the_fallback_model(start, simulator, dialect):
    """Another credential of the same provider leads to the same closed door; another provider may not."""
    own = simulator.providers()
    api = {"messages": "anthropic-messages", "chat": "openai-completions", "responses": "openai-responses"}
    providers = {
        "gone": {"baseUrl": "http://127.0.0.1:1", "api": api[dialect.name], "apiKey": "sk-sim-ok-gone"}, **own,
    }
    fallback = f"{dialect.provider}/{dialect.model}"
    gateway = start(
        {f"{dialect.provider}:good": "sk-sim-ok-good"}, providers=providers,
        config={"agents": {"defaults": {"model": {"primary": "gone/any", "fallbacks": [fallback]}}}})

    text, headers = dialect.ask(gateway, model="gone/any")

    assert text == "Hello from good."
    assert headers["x-agenticflow-provider"] == dialect.provider
    assert headers["x-agenticflow-model"] == dialect.model
    assert headers["x-agenticflow-attempts"] == "2"
    assert simulator.counts() == {"good": 1}


@each_dialect
def test_a_credential_that_cools_is_not_asked_again(start, simulator, dialect):
    gateway = two(start, dialect, "429-after-600")
    for _ in range(5):
        assert dialect.ask(gateway)[0] == "Hello from good."

    assert simulator.counts() == {"bad": 1, "good": 5}
    bad = gateway.credential(f"{dialect.provider}:bad")
    assert bad["code"] == "cooldown_rate_limit"
    [window] = bad["windows"]
    assert window["evidence"] == {"origin": "header", "text": "retry-after: 600"}
    # Never earlier than the provider said, and at most a tenth later.
    assert 600_000 <= window["until"] - window["since"] <= 660_000


@each_dialect
def test_every_credential_is_asked_once(start, simulator, dialect):
    provider = dialect.provider
    faults = ["401", "402", "429-after-60", "529", "in-band-overloaded"]
    profiles = {f"{provider}:{n}": f"sk-sim-{fault}-k{n}" for n, fault in enumerate(faults)}
    profiles[f"{provider}:good"] = "sk-sim-ok-good"
    gateway = start(profiles, order={provider: list(profiles)})

    text, headers = dialect.ask(gateway, stream=True)

    assert text == "Hello from good."
    assert headers["x-agenticflow-attempts"] == "6"
    assert simulator.counts() == {"k0": 1, "k1": 1, "k2": 1, "k3": 1, "k4": 1, "good": 1}


@pytest.mark.parametrize("limit", [1, 3])
def test_attempts_are_limited(start, simulator, limit):
    profiles = {f"anthropic:{n}": f"sk-sim-401-k{n}" for n in range(5)}
    gateway = start(profiles, order={"anthropic": list(profiles)}, gateway={"limits": {"maxAttempts": limit}})

    answer = gateway.send(MESSAGES.path, MESSAGES.body())

    assert (answer.status, answer.field("x-agenticflow-attempts")) == (503, str(limit))
    assert simulator.total() == limit


def test_attempts_are_limited_to_eight_by_default(start, simulator):
    profiles = {f"anthropic:{n:02}": f"sk-sim-401-k{n}" for n in range(12)}
    gateway = start(profiles, order={"anthropic": list(profiles)})

    assert gateway.send(MESSAGES.path, MESSAGES.body()).status == 503
    assert simulator.total() == 8


@each_dialect
@pytest.mark.parametrize("fault", ["500", "529", "empty", "pings-then-reset"])
def test_a_passing_failure_of_the_only_credential_is_repeated_once(start, simulator, dialect, fault):
    gateway = start({f"{dialect.provider}:only": "sk-sim-ok-only"})
    simulator.rules({"label": "only", "fault": fault, "times": 1})

    text, headers = dialect.ask(gateway, stream=True)

    assert text == "Hello from only."
    assert headers["x-agenticflow-attempts"] == "2"
    assert simulator.counts() == {"only": 2}


@each_dialect
def test_a_dead_idle_connection_says_nothing_about_the_credential(start, simulator, dialect):
    gateway = start({f"{dialect.provider}:only": "sk-sim-ok-only"})
    # One connection of ours, so one event loop: the second request takes the upstream connection of the first.
    with gateway.connect() as connection:
        for times in (0, 1):
            # The second time the upstream closes it without one byte of an answer; a new one serves.
            simulator.rules({"label": "only", "fault": "empty", "times": times})
            connection.send(gateway.request(dialect.path, dialect.body()))
            answer = connection.answer()
            assert dialect.text(answer) == "Hello from only."
            assert answer.field("x-agenticflow-attempts") == "1"

    assert [request["outcome"] for request in simulator.requests()] == ["answered", "broken", "answered"]
    assert [request["connection"] for request in simulator.requests()[:2]] == [simulator.requests()[0]["connection"]] * 2
    assert gateway.attempts(dialect.provider) == {"success": 2}
    assert gateway.credential(f"{dialect.provider}:only")["windows"] == []
