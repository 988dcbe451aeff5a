"""More than one request on a client's connection, and connections that are kept for nothing."""

from dialects import CHAT

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
