"""After the first token nothing can be taken back: a cut-off answer is reported as one, in the client's own dialect.

The official SDKs hide how a stream ended (they return a truncated answer without a word when it ends cleanly), so the
bytes are looked at, too.
"""

import anthropic
import openai
import pytest

from dialects import ALL, CHAT, MESSAGES, RESPONSES, frames
from polling import eventually

each_dialect = pytest.mark.parametrize("dialect", ALL, ids=str)
# How the upstream leaves off after some text. The last two with the chunked body's end missing, too.
CUTS = ["text-then-end", "text-then-reset", "cut-plain"]


def two(start, dialect, fault, **options):
    """The first credential has the fault; the second, which is good, must not be asked any more."""
    provider = dialect.provider
    return start(
        {f"{provider}:bad": f"sk-sim-{fault}-bad", f"{provider}:good": "sk-sim-ok-good"},
        order={provider: [f"{provider}:bad", f"{provider}:good"]}, **options)


def check_cut(gateway, simulator, dialect, sentence):
    answer = gateway.send(dialect.path, dialect.body(stream=True))

    assert answer.status == 200
    assert answer.field("x-agenticflow-attempts") == "1"
    # What came before the cut was delivered.
    assert dialect.text(answer) == "Hello from bad."
    # The error frame of the dialect is the last thing said …
    last = frames(answer.body)[-1]
    kind, code, message = dialect.error(last, is_frame=True)
    assert code == "upstream_failed"
    assert sentence in message and "incomplete" in message
    assert answer.body.endswith(b"\n\n")
    assert dialect.terminal not in answer.body
    # … and neither the closing chunk nor anything else follows it.
    assert 0 not in answer.chunks
    assert answer.ending == "fin"
    assert not answer.raw.endswith(b"0\r\n\r\n")
    assert simulator.counts() == {"bad": 1}
    [line] = gateway.await_log()
    assert (line["end"], line["code"], line["status"]) == ("cut", "upstream_failed", 200)


@each_dialect
@pytest.mark.parametrize(
    ("fault", "sentence"),
    [("text-then-end", "terminal event"), ("text-then-reset", "closed"), ("cut-plain", "closed")])
def test_a_cut_stream_ends_in_an_error_frame_and_without_the_closing_chunk(start, simulator, dialect, fault, sentence):
    check_cut(two(start, dialect, fault), simulator, dialect, sentence)


@each_dialect
def test_a_stream_that_falls_silent_is_cut_at_the_idle_deadline(start, simulator, dialect):
    gateway = two(start, dialect, "stall-after-text", gateway={"deadlines": {"idleSeconds": 0.5}})
    check_cut(gateway, simulator, dialect, "deadline")
    simulator.await_outcome("bad", "cancelled")


@pytest.mark.parametrize("fault", CUTS)
def test_the_anthropic_sdk_raises(start, fault):
    client = two(start, MESSAGES, fault).anthropic()
    with pytest.raises(anthropic.APIStatusError, match="upstream_failed"):
        for _ in client.messages.create(**MESSAGES.body(stream=True)):
            pass


@pytest.mark.parametrize("fault", CUTS)
def test_the_openai_sdk_raises_for_chat(start, fault):
    client = two(start, CHAT, fault).openai()
    with pytest.raises(openai.APIError) as caught:
        for _ in client.chat.completions.create(**CHAT.body(stream=True)):
            pass
    assert caught.value.code == "upstream_failed"


@pytest.mark.parametrize("fault", CUTS)
def test_the_openai_sdk_raises_for_responses(start, fault):
    client = two(start, RESPONSES, fault).openai()
    seen = []
    with pytest.raises((openai.APIError, openai.OpenAIError)):
        for event in client.responses.create(**RESPONSES.body(stream=True)):
            seen.append(event.type)
    assert "response.completed" not in seen


@each_dialect
def test_an_error_event_of_the_upstream_is_passed_on_and_not_doubled(start, simulator, dialect):
    gateway = two(start, dialect, "in-band-late")
    answer = gateway.send(dialect.path, dialect.body(stream=True))

    assert dialect.text(answer) == "Hello from bad."
    errors = [frame for frame in frames(answer.body) if frame.get("type") == "error" or "error" in frame]
    assert len(errors) == 1, errors
    assert b"verload" in answer.body
    assert dialect.terminal not in answer.body
    assert simulator.counts() == {"bad": 1}


def test_a_long_plain_answer_that_is_cut_breaks_the_connection(start, simulator):
    """Up to 1 MiB a plain answer is held; beyond that it is under way and can only be broken off."""
    gateway = two(start, CHAT, "ok")
    simulator.rules({"label": "bad", "fault": "cut-plain", "parameters": {"events": 700_000}})

    answer = gateway.send(CHAT.path, CHAT.body())

    assert answer.status == 200
    assert len(answer.body) > 1 << 20
    assert len(answer.body) < int(answer.field("content-length"))
    assert answer.ending in ("fin", "reset")
    assert simulator.counts() == {"bad": 1}


def test_a_long_plain_answer_is_whole(start, simulator):
    gateway = start({"openai:work": "sk-sim-ok-work"})
    simulator.rules({"label": "work", "fault": "ok", "parameters": {"events": 300_000}})

    answer = gateway.send(CHAT.path, CHAT.body())

    assert answer.ending == "whole"
    assert CHAT.text(answer).startswith("Hello from work.") and CHAT.text(answer).endswith(" 300000")


@each_dialect
def test_a_complete_stream_ends_with_its_terminal_event_and_the_closing_chunk(start, simulator, dialect):
    gateway = start({f"{dialect.provider}:work": "sk-sim-ok-work"})
    with gateway.connect() as connection:
        connection.send(gateway.request(dialect.path, dialect.body(stream=True)))
        answer = connection.answer()
        assert answer.ending == "whole"
        assert answer.chunks[-1] == 0
        assert dialect.terminal in answer.body[-4096:]
        # The connection is good for another one.
        connection.send(gateway.request(dialect.path, dialect.body()))
        assert dialect.text(connection.answer()) == "Hello from work."


@each_dialect
def test_nothing_is_sent_before_the_first_token(start, simulator, dialect):
    """The head is held with the opening events, so that a later failure can still be hidden."""
    gateway = two(start, dialect, "ok")
    simulator.rules({"label": "bad", "fault": "stall-after-head"})
    with gateway.connect() as connection:
        connection.send(gateway.request(dialect.path, dialect.body(stream=True)))
        eventually(lambda: simulator.counts() == {"bad": 1}, "the request at the upstream")
        gateway.send("/healthz")
        connection.socket.setblocking(False)
        with pytest.raises(BlockingIOError):
            connection.socket.recv(1)
