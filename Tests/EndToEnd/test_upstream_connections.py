"""Upstreams that are reached by more than one address, or say more than they were asked."""

import socket
import time
from pathlib import Path

import pytest

from dialects import CHAT
from polling import eventually
from scripted import ANSWER, DELTA, EVENT, STREAM_HEAD, Upstream, chunk, plain

KEY = {"openai:work": "sk-sim-ok-work"}


def localhost_addresses():
    found = socket.getaddrinfo("localhost", 1, type=socket.SOCK_STREAM)
    return {address[0] for *_, address in found}


def paced(_number):
    """A stream in many reads."""
    yield STREAM_HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    for _ in range(5):
        yield chunk(EVENT)
        time.sleep(0.1)
    yield chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n"


@pytest.mark.skipif(localhost_addresses() != {"::1", "127.0.0.1"}, reason="localhost has no second address here")
def test_a_stream_is_whole_when_the_first_address_of_the_host_does_not_answer(start):
    """The attempt at the first address is given up later, and must take nothing with it."""
    with Upstream(paced) as upstream, socket.socket(socket.AF_INET6) as silent:
        silent.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        silent.bind(("::1", upstream.port))
        silent.listen(0)
        # Its backlog is full from now on: further connections are left without any answer.
        waiting = [socket.socket(socket.AF_INET6) for _ in range(3)]
        for connection in waiting:
            connection.setblocking(False)
            connection.connect_ex(("::1", upstream.port))
        gateway = start(KEY, providers=upstream.providers("localhost"), gateway={"deadlines": {"idleSeconds": 5}})
        # On one connection, so that they share an event loop and its pool.
        with gateway.connect() as client:
            for _ in range(3):
                client.send(gateway.request(CHAT.path, CHAT.body(stream=True)))
                answer = client.answer()
                assert (answer.status, answer.ending) == (200, "whole")
                assert CHAT.terminal in answer.body
        # It went back into the pool each time.
        assert upstream.requests == [1, 1, 1]
        for connection in waiting:
            connection.close()


def test_what_follows_an_answer_is_not_taken_for_the_next_one(start):
    """A client that pipelines has its next request sent before the upstream's surplus bytes were looked at."""
    surplus = plain(ANSWER.replace(b"Hello", b"Surplus"))
    with Upstream(lambda number: [plain() + (surplus if number == 1 else b"")]) as upstream:
        gateway = start(KEY, providers=upstream.providers())
        with gateway.connect() as connection:
            connection.send(gateway.request(CHAT.path, CHAT.body()) * 2)
            answers = [connection.answer() for _ in range(2)]
        assert [(answer.status, CHAT.text(answer)) for answer in answers] == [(200, "Hello"), (200, "Hello")]
        # The first connection was given up, and nobody was blamed.
        assert upstream.requests == [1, 2]
        assert gateway.attempts("openai") == {"success": 2}


def test_a_stream_of_declared_length_without_its_terminal_event_does_not_look_whole(start):
    head = STREAM_HEAD + b"Content-Length: %d\r\n\r\n" % len(EVENT)
    with Upstream(lambda _: [head + EVENT]) as upstream:
        gateway = start(KEY, providers=upstream.providers())
        answer = gateway.send(CHAT.path, CHAT.body(stream=True))
    assert DELTA.encode() in answer.body
    assert b"upstream_failed" in answer.body
    assert answer.ending == "fin" and 0 not in answer.chunks


def test_a_client_that_leaves_takes_the_attempt_at_a_connection_with_it(start):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(0)
        # Its backlog is full from now on: further connections are left without any answer.
        waiting = [socket.socket() for _ in range(3)]
        for connection in waiting:
            connection.setblocking(False)
            connection.connect_ex(silent.getsockname())
        providers = {"openai": {"baseUrl": f"http://127.0.0.1:{silent.getsockname()[1]}/v1"}}
        gateway = start(KEY, providers=providers, gateway={"deadlines": {"connectSeconds": 60}})
        files = Path(f"/proc/{gateway.program.pid}/fd")
        before = len(list(files.iterdir()))
        client = gateway.connect()
        client.send(gateway.request(CHAT.path, CHAT.body()))
        eventually(lambda: len(list(files.iterdir())) == before + 2, "the client's and the upstream's connection")
        client.close()
        eventually(lambda: len(list(files.iterdir())) == before, "both of them closed", within=10)
        for connection in waiting:
            connection.close()
