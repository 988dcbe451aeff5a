"""Every limit and deadline of a request, at its default and configured; and what a client gets that goes beyond it."""

import json
import select

import pytest

from dialects import ALL, CHAT, MESSAGES
from gateway import TOKEN
from polling import eventually
from rawhttp import Ended, chunked

MIB = 1 << 20
KEYS = {"anthropic:work": "sk-sim-ok-work", "openai:work": "sk-sim-ok-work"}

each_dialect = pytest.mark.parametrize("dialect", ALL, ids=str)


@pytest.fixture(scope="module")
def shared(start_once):
    return start_once(KEYS)


def padded(dialect, size):
    """A request body of exactly that many bytes."""
    body = {**dialect.body(), "metadata": {"user_id": ""}}
    short = len(json.dumps(body))
    body["metadata"]["user_id"] = "x" * (size - short)
    data = json.dumps(body).encode()
    assert len(data) == size
    return data


def chunked_request(gateway, path, *pieces):
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{gateway.port}\r\nAuthorization: Bearer {TOKEN}\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
    return head.encode() + chunked(*pieces)


def check_too_large(gateway, simulator, dialect, answer):
    kind, code, message = dialect.error(answer.json)
    assert (answer.status, code) == (413, "body_too_large")
    assert kind == ("request_too_large" if dialect.name == "messages" else "invalid_request_error")
    assert "gateway.limits.maxBodyBytes" in message
    assert answer.field("connection") == "close"
    # What had begun is not finished: the upstream never sees the whole of it.
    assert [entry["outcome"] for entry in simulator.requests() if entry["outcome"] == "answered"] == []


# The body.


@each_dialect
def test_a_declared_body_over_32_mib_is_refused_before_it_is_read(shared, simulator, dialect):
    head = shared.request(dialect.path, b"", fields=[]).replace(
        b"Content-Length: 0", b"Content-Length: %d" % (32 * MIB + 1))
    with shared.connect() as connection:
        connection.send(head)
        check_too_large(shared, simulator, dialect, connection.answer())
    assert simulator.total() == 0


def test_a_client_that_goes_on_sending_gets_the_refusal(shared, simulator):
    head = shared.request(CHAT.path, b"").replace(b"Content-Length: 0", b"Content-Length: %d" % (40 * MIB))
    with shared.connect() as connection:
        connection.send(head)
        connection.send_what_fits(b" " * MIB, within=0.2)
        check_too_large(shared, simulator, CHAT, connection.answer())


def test_a_body_of_32_mib_passes(shared, simulator):
    answer = shared.send(MESSAGES.path, padded(MESSAGES, 32 * MIB))
    assert (answer.status, MESSAGES.text(answer)) == (200, "Hello from work.")
    assert simulator.only_request()["bytesIn"] == 32 * MIB


def test_a_chunked_body_over_32_mib_is_refused(shared, simulator):
    data = padded(MESSAGES, 32 * MIB + 1)
    with shared.connect() as connection:
        connection.send(chunked_request(shared, MESSAGES.path, *[data[n : n + MIB] for n in range(0, len(data), MIB)]))
        check_too_large(shared, simulator, MESSAGES, connection.answer())


@each_dialect
def test_a_configured_body_limit(start, simulator, dialect):
    gateway = start(KEYS, gateway={"limits": {"maxBodyBytes": 4096}})
    answer = gateway.send(dialect.path, padded(dialect, 4096))
    assert answer.status == 200, answer.text
    simulator.reset()
    check_too_large(gateway, simulator, dialect, gateway.send(dialect.path, padded(dialect, 4097)))
    with gateway.connect() as connection:
        connection.send(chunked_request(gateway, dialect.path, padded(dialect, 4097)))
        check_too_large(gateway, simulator, dialect, connection.answer())
    assert simulator.total() == 0


@pytest.mark.parametrize("size", [MIB - 1, MIB, MIB + 1, 3 * MIB])
@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_body_that_goes_upstream_while_it_arrives_is_whole(start, simulator, size, is_chunked):
    """Beyond 1 MiB; the model's name is changed on the way, and the first credential refuses."""
    gateway = start(
        {"anthropic:bad": "sk-sim-529-bad", "anthropic:good": "sk-sim-ok-good"},
        order={"anthropic": ["anthropic:bad", "anthropic:good"]})
    data = padded(MESSAGES, size).replace(b'"claude-haiku-4-5"', b'"anthropic/claude-haiku-4-5"')
    with gateway.connect() as connection:
        if is_chunked:
            connection.send(chunked_request(gateway, MESSAGES.path, data[: size // 2], data[size // 2 :]))
        else:
            connection.send(gateway.request(MESSAGES.path, data))
        answer = connection.answer()

    assert (answer.status, MESSAGES.text(answer)) == (200, "Hello from good.")
    assert [(entry["model"], entry["bytesIn"]) for entry in simulator.requests()] == [("claude-haiku-4-5", size)] * 2


# The head.


def check_head_refused(gateway, simulator, data):
    with gateway.connect() as connection:
        connection.send(data)
        answer = connection.answer()
        assert (answer.status, answer.code) == (431, "head_too_large")
        assert connection.ending in ("fin", "reset")
    assert simulator.total() == 0


def test_a_head_over_64_kib(shared, simulator):
    check_head_refused(shared, simulator, shared.request("/livez", fields=[("X-Long", "x" * 65536)]))
    check_head_refused(shared, simulator, shared.request("/" + "x" * 65536))
    many = [(f"X-{n}", "x" * 1000) for n in range(90)]
    check_head_refused(shared, simulator, shared.request("/livez", fields=many))
    # One that never ends is not waited for.
    check_head_refused(shared, simulator, b"GET /livez HTTP/1.1\r\nX-Long: " + b"x" * 80_000)


def test_a_head_of_60_kib_passes(shared):
    assert shared.send("/livez", fields=[("X-Long", "x" * 60_000)]).status == 200


def test_more_than_100_fields(shared, simulator):
    # Host and Authorization are two of them.
    assert shared.send("/livez", fields=[(f"X-{n}", "1") for n in range(98)]).status == 200
    check_head_refused(shared, simulator, shared.request("/livez", fields=[(f"X-{n}", "1") for n in range(99)]))


def test_a_configured_head_limit(start, simulator):
    gateway = start(KEYS, gateway={"limits": {"maxHeadBytes": 2048}})
    assert gateway.send("/livez", fields=[("X-Long", "x" * 1500)]).status == 200
    check_head_refused(gateway, simulator, gateway.request("/livez", fields=[("X-Long", "x" * 2048)]))


ENDLESS = {
    "chunk extension": b"5;x=" + b"y" * 200_000,
    "chunk size": b"0" * 200_000,
    "trailer": b"2\r\n{}\r\n0\r\nX-Long: " + b"y" * 200_000,
    "trailers": b"2\r\n{}\r\n0\r\n" + b"X-More: y\r\n" * 20_000,
}


@pytest.mark.parametrize("case", ENDLESS)
def test_what_has_no_end_is_cut(shared, simulator, case):
    head = chunked_request(shared, MESSAGES.path).split(b"\r\n\r\n")[0] + b"\r\n\r\n"
    with shared.connect() as connection:
        try:
            connection.send_what_fits(head + ENDLESS[case], within=2)
            assert connection.answer().status in (400, 413, 431)
        except ConnectionResetError:
            pass  # The reset may come while it is still being sent.
        except Ended as end:
            # It may have ended while we were still sending.
            assert end.ending in ("fin", "reset")
    assert simulator.total() == 0


# Time.


def trickle(connection, byte):
    """Sends one byte after the other until an answer begins."""

    def is_answered():
        connection.send(byte)
        return select.select([connection.socket], [], [], 0.1)[0]

    eventually(is_answered, "an answer")


def test_a_head_that_takes_too_long(start, simulator):
    gateway = start(KEYS, gateway={"deadlines": {"headSeconds": 0.4}})
    with gateway.connect() as connection:
        connection.send(b"GET /livez HTTP/1.1\r\nHost: 127")
        answer = connection.answer()
        assert (answer.status, answer.code) == (408, "too_slow")
        assert connection.ending == "fin"


def test_a_head_that_trickles_in_does_not_gain_time(start, simulator):
    """The deadline is absolute: a byte now and then moves nothing."""
    gateway = start(KEYS, gateway={"deadlines": {"headSeconds": 0.6}})
    with gateway.connect() as connection:
        connection.send(b"GET /livez HTTP/1.1\r\nX-Slow: ")
        trickle(connection, b"x")
        assert connection.answer().code == "too_slow"


def test_the_default_deadlines_of_head_and_body(start, shared, simulator):
    """Ten seconds each; all the slow ones at once, so that the test takes no longer than one of them."""
    lenient = start(KEYS, gateway={"limits": {"minBodyBytesPerSecond": 0}, "deadlines": {"headSeconds": 60}})
    slow_head = b"GET /livez HTTP/1.1\r\nHost: 127"
    slow_body = shared.request(MESSAGES.path, b'{"model":"claude-haiku-4-5",').replace(
        b"Content-Length: 28", b"Content-Length: 2800000")
    other_body = slow_body.replace(b":%d\r" % shared.port, b":%d\r" % lenient.port)
    with shared.connect() as head, shared.connect() as body, lenient.connect() as head_2, lenient.connect() as body_2:
        head.send(slow_head)
        body.send(slow_body)
        head_2.send(slow_head)
        body_2.send(other_body)
        # A byte now and then gains the head nothing, and the body next to nothing.
        trickle(body, b" ")
        assert head.answer().code == "too_slow"
        answer = body.answer()
        assert (answer.status, answer.code) == (408, "too_slow")
        assert "gateway.limits.minBodyBytesPerSecond" in answer.text
        # The same, where it is allowed, still goes on.
        for connection in (head_2, body_2):
            connection.socket.setblocking(False)
            with pytest.raises(BlockingIOError):
                connection.socket.recv(1)
    assert simulator.total() == 0


@each_dialect
def test_a_plain_answer_has_a_total_deadline(start, simulator, dialect):
    gateway = start({f"{dialect.provider}:only": "sk-sim-stall-only"}, gateway={"deadlines": {"totalSeconds": 0.5}})
    answer = gateway.send(dialect.path, dialect.body())
    kind, code, _ = dialect.error(answer.json)
    assert (answer.status, code) == (504, "deadline_exceeded")
    assert kind == ("timeout_error" if dialect.name == "messages" else "server_error")
    assert answer.field("x-should-retry") == "false"


@each_dialect
def test_a_stream_has_a_first_token_deadline(start, simulator, dialect):
    gateway = start({f"{dialect.provider}:only": "sk-sim-stall-only"}, gateway={"deadlines": {"firstTokenSeconds": 0.3}})
    answer = gateway.send(dialect.path, dialect.body(stream=True))
    assert (answer.status, dialect.error(answer.json)[1]) == (504, "deadline_exceeded")


def test_a_stream_has_no_total_deadline(start, simulator):
    gateway = start({"openai:work": "sk-sim-ok-work"}, gateway={"deadlines": {"totalSeconds": 0.3}})
    simulator.rules({"label": "work", "fault": "ok", "parameters": {"events": 20, "microseconds": 50_000}})
    answer = gateway.send(CHAT.path, CHAT.body(stream=True))
    assert answer.ending == "whole"
    assert CHAT.text(answer).endswith(" 20")


# Connections.


def test_a_configured_connection_limit(start, simulator):
    gateway = start(KEYS, gateway={"limits": {"maxConnections": 3}})
    kept = [gateway.connect() for _ in range(3)]
    for connection in kept:
        connection.send(gateway.request("/livez"))
        assert connection.answer().status == 200
    with gateway.connect() as fourth:
        fourth.send(gateway.request("/livez"))
        answer = fourth.answer()
        assert (answer.status, answer.code) == (503, "overloaded")
        assert fourth.ending in ("fin", "reset")
    kept.pop().close()

    def is_served():
        with gateway.connect() as again:
            again.send(gateway.request("/livez"))
            return again.answer().status == 200

    eventually(is_served, "a place for the next one")
    for connection in kept:
        connection.close()
