"""More than one request on a client's connection, and connections that are kept for nothing."""

import time

import pytest

from dialects import CHAT
from polling import eventually
from scripted import ANSWER, Upstream, plain

KEY = {"openai:work": "sk-sim-ok-work"}


def test_a_large_request_may_be_pipelined_behind_one_that_is_under_way(start, simulator):
    gateway = start(KEY)
    simulator.rules({"label": "work", "fault": "ok", "parameters": {"delayMilliseconds": 300}})
    large = CHAT.body(text="x" * 700_000)
    with gateway.connect() as connection:
        # The first one makes the gateway read in large pieces.
        connection.send(gateway.request(CHAT.path, large))
        assert connection.answer().status == 200
        connection.send(gateway.request(CHAT.path, CHAT.body()) + gateway.request(CHAT.path, large))
        assert [connection.answer().status for _ in range(2)] == [200, 200]


def test_an_offered_upgrade_is_declined_and_the_connection_ends(start):
    """NIO's decoder reads nothing after such a request: a connection that stayed open would swallow the next one."""
    gateway = start(KEY)
    offer = [("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c"), ("HTTP2-Settings", "AAMAAABkAAQAAP__")]
    with gateway.connect() as connection:
        connection.send(gateway.request(CHAT.path, CHAT.body(), fields=offer))
        answer = connection.answer()
        assert (answer.status, answer.field("connection")) == (200, "close")
        assert connection.ending == "fin"


@pytest.mark.parametrize(
    ("bytes_sent", "status"), [(b"GET /livez HTTP/1.1\r\nX: " + b"a" * 70_000, 431), (b"NONSENSE\r\n\r\n", 400)])
def test_a_bad_head_is_told_so_after_a_good_request_too(start_once, bytes_sent, status):
    gateway = start_once(KEY)
    with gateway.connect() as connection:
        connection.send(gateway.request("/livez"))
        assert connection.answer().status == 200
        connection.send(bytes_sent)
        assert connection.answer().status == status


def test_a_body_that_never_comes_does_not_hold_a_connection_to_an_open_page(start):
    gateway = start(KEY, gateway={"deadlines": {"headSeconds": 1}})
    with gateway.connect(timeout=10.0) as connection:
        connection.send(b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: 10\r\n\r\n" % gateway.port)
        assert connection.ending == "fin"


def test_a_slow_reader_gets_the_whole_of_a_last_answer(start):
    """What the system did not take at once must not be thrown away when the answer's end has been written."""
    sizes = range(1_500_000, 4_500_000, 40_000)

    with Upstream(lambda number: [plain(ANSWER.replace(b"Hello", b"x" * sizes[number - 1]))]) as upstream:
        gateway = start(KEY, providers=upstream.providers())
        connections = []
        for _ in sizes:
            connection = gateway.connect(receive_buffer=4096)
            connection.send(gateway.request(CHAT.path, CHAT.body(), fields=[("Connection", "close")]))
            connections.append(connection)
        eventually(lambda: len(upstream.requests) == len(sizes), "all requests at the upstream")
        time.sleep(4)
        assert {connection.answer().ending for connection in connections} == {"whole"}
