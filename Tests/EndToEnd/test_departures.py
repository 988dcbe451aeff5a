"""Clients that leave, clients that do not read, upstreams that do not read: nobody pays for them."""

import select

import pytest

from dialects import ALL, CHAT, MESSAGES
from polling import eventually, settled
from simulator import Simulator

MIB = 1 << 20
# The most that one connection may cost, whatever flows through it.
MOST = 16 * MIB

each_dialect = pytest.mark.parametrize("dialect", ALL, ids=str)


def only(start, dialect, fault="ok", **options):
    return start({f"{dialect.provider}:only": f"sk-sim-{fault}-only"}, **options)


def leave(connection, how):
    {"fin": connection.close, "reset": connection.reset, "half": connection.half_close}[how]()


each_way = pytest.mark.parametrize("how", ["fin", "reset", "half"])


@each_way
@each_dialect
def test_a_client_that_leaves_a_stream_cancels_the_upstream(start, simulator, dialect, how):
    gateway = only(start, dialect)
    # Longer than any deadline of this test: it ends because the client does.
    simulator.rules({"label": "only", "fault": "slow-stream", "parameters": {"events": 2000, "microseconds": 30_000}})
    connection = gateway.connect()
    connection.send(gateway.request(dialect.path, dialect.body(stream=True)))
    connection.answer(so_far=lambda body: b"Hello" in body)
    leave(connection, how)

    request = simulator.await_outcome("only", "cancelled")

    assert request["clientLeftAfterMs"] is not None
    [line] = gateway.await_log()
    assert line["end"] == "client_gone"
    # It says nothing about the credential.
    assert gateway.credential(f"{dialect.provider}:only")["code"] == "ok"


@each_way
@pytest.mark.parametrize("fault", ["stall", "stall-after-head"])
def test_a_client_that_leaves_while_nothing_has_come_cancels_the_upstream(start, simulator, fault, how):
    gateway = only(start, MESSAGES, fault)
    connection = gateway.connect()
    connection.send(gateway.request(MESSAGES.path, MESSAGES.body(stream=True)))
    eventually(lambda: simulator.counts() == {"only": 1}, "the request at the upstream")
    leave(connection, how)

    simulator.await_outcome("only", "cancelled")
    [line] = gateway.await_log()
    assert (line["end"], line["status"]) == ("client_gone", 499)


def test_a_client_that_leaves_is_not_failed_over(start, simulator):
    """The answer that comes after it has left is nobody's; the next credential is not asked."""
    gateway = start(
        {"anthropic:bad": "sk-sim-ok-bad", "anthropic:good": "sk-sim-ok-good"},
        order={"anthropic": ["anthropic:bad", "anthropic:good"]})
    simulator.rules({"label": "bad", "fault": "529", "parameters": {"delayMilliseconds": 300}})
    connection = gateway.connect()
    connection.send(gateway.request(MESSAGES.path, MESSAGES.body()))
    eventually(lambda: simulator.counts() == {"bad": 1}, "the request at the upstream")
    connection.close()

    gateway.await_log()
    simulator.await_outcome("bad", "cancelled")
    assert simulator.counts() == {"bad": 1}


def test_a_client_that_leaves_while_it_waits_for_a_cooldown_is_forgotten(start, simulator):
    gateway = only(start, MESSAGES)
    simulator.rules({"label": "only", "fault": "429-after-2", "times": 1})
    assert gateway.send(MESSAGES.path, MESSAGES.body()).status == 503
    connection = gateway.connect()
    connection.send(gateway.request(MESSAGES.path, MESSAGES.body()))
    eventually(lambda: gateway.health()["connections"] == 2, "the waiting connection")
    connection.close()

    assert gateway.await_log(2)[1]["end"] == "client_gone"
    assert simulator.total() == 1


def test_a_client_that_leaves_in_the_middle_of_its_upload(start, simulator):
    gateway = only(start, MESSAGES)
    connection = gateway.connect()
    data = gateway.request(MESSAGES.path, b"x" * 100).replace(b"Content-Length: 100", b"Content-Length: 20000000")
    data = data.replace(b"x" * 100, b'{"model":"claude-haiku-4-5","pad":"' + b"x" * 3 * MIB)
    connection.send(data)
    eventually(lambda: simulator.counts() == {"only": 1}, "the begun request at the upstream")
    connection.close()

    simulator.await_outcome("only", "cancelled")
    assert gateway.await_log()[0]["end"] == "client_gone"


@each_dialect
def test_a_client_that_does_not_read_holds_the_upstream_back(start, simulator, dialect):
    """200 MB are on their way; what is not read stays with the upstream, not in the gateway."""
    gateway = only(start, dialect, "huge-stream")
    gateway.send("/livez")
    before = gateway.program.resident_bytes()
    with gateway.connect(receive_buffer=4096) as connection:
        connection.send(gateway.request(dialect.path, dialect.body(stream=True)))
        assert connection.more(1)
        # The upstream sends as fast as it is read: without back-pressure this would go on to 200 MB.
        cost = settled(gateway.program.resident_bytes, "the gateway's memory", steps=50) - before
        assert cost <= MOST, f"{cost / MIB:.1f} MiB"
        # Nobody else waits for it.
        assert gateway.send("/livez").status == 200
    request = simulator.await_outcome("only", "cancelled")
    assert MIB < request["bytesOut"] < 50 * MIB


def test_a_slow_reader_gets_everything(start, simulator):
    gateway = only(start, CHAT)
    simulator.rules({"label": "only", "fault": "huge-stream", "parameters": {"bytes": 4_000_000}})
    gateway.send("/livez")
    before = gateway.program.resident_bytes()
    with gateway.connect(receive_buffer=65536) as connection:
        connection.send(gateway.request(CHAT.path, CHAT.body(stream=True)))
        answer = connection.answer()
        cost = gateway.program.resident_bytes() - before
    assert answer.ending == "whole"
    assert answer.body.rstrip().endswith(CHAT.terminal)
    assert len(answer.body) > 4_000_000
    assert cost <= MOST, f"{cost / MIB:.1f} MiB"


@pytest.fixture
def deaf(tmp_path):
    """A simulator of its own: one that does not read cannot see either that the other side has gone."""
    running = Simulator(tmp_path / "deaf")
    yield running
    running.stop()


def test_an_upstream_that_does_not_read_holds_the_client_back(start, deaf):
    """30 MB are to be uploaded; what the upstream does not take stays with the client, not in the gateway."""
    gateway = only(start, MESSAGES, "no-read", providers=deaf.providers())
    gateway.send("/livez")
    before = gateway.program.resident_bytes()
    body = b'{"model":"claude-haiku-4-5","max_tokens":1,"messages":[],"pad":"' + b"x" * 30_000_000 + b'"}'
    data = memoryview(gateway.request(MESSAGES.path, body))
    with gateway.connect() as connection:
        connection.socket.setblocking(False)
        taken = 0

        def push():
            nonlocal taken
            while taken < len(data) and select.select([], [connection.socket], [], 0)[1]:
                taken += connection.socket.send(data[taken : taken + 65536])
            return taken

        stuck = settled(push, "the bytes that the gateway took", steps=40)
        cost = gateway.program.resident_bytes() - before
        assert MIB < stuck < len(data) - 10 * MIB
        assert cost <= MOST, f"{cost / MIB:.1f} MiB"
        assert gateway.send("/livez").status == 200
        # A FIN would wait behind the bytes that nobody takes; a reset is seen at once.
        connection.reset()
    assert deaf.counts() == {"only": 1}
    assert gateway.await_log()[0]["end"] == "client_gone"


def test_many_streams_at_once_are_kept_apart(start, simulator):
    """100 clients at once, each with its own model; each gets its own answer, whole, however they interleave."""
    gateway = start({f"anthropic:{n}": f"sk-sim-ok-n{n}" for n in range(4)})
    simulator.rules({"fault": "ok", "parameters": {"events": 20, "microseconds": 10_000}})
    connections = [gateway.connect() for _ in range(100)]
    for n, connection in enumerate(connections):
        connection.send(gateway.request(MESSAGES.path, MESSAGES.body(stream=True, model=f"anthropic/model-{n}")))
    for n, connection in enumerate(connections):
        answer = connection.answer()
        assert answer.ending == "whole"
        assert answer.field("x-agenticflow-model") == f"model-{n}"
        assert f'"model":"model-{n}"'.encode() in answer.body.replace(b" ", b"")
        label = answer.field("x-agenticflow-profile").removeprefix("anthropic:")
        assert MESSAGES.text(answer).startswith(f"Hello from n{label}.")
        connection.close()
    assert simulator.total() == 100
