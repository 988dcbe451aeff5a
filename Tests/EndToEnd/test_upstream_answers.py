"""What comes from the provider: its secrets, escapes, redirects and foreign fields stay behind."""

import base64
import json
import socket
import threading
import urllib.parse

import pytest

from dialects import ALL, CHAT, MESSAGES
from leaks import windows

each_dialect = pytest.mark.parametrize("dialect", ALL, ids=str)

# A key with every kind of character that survives in a header, long enough for its pieces to be recognised.
KEY = "sk-sim-{fault}-Zq7+Rt/4=pLmXn8~Vb2.Kw9_Hs5-Jd3"


def only(start, dialect, fault, **options):
    key = KEY.format(fault=fault)
    gateway = start({f"{dialect.provider}:only": key}, **options)
    return gateway, key


def check_clean(text, key):
    """No piece of the key, in any of its forms, and nothing that a terminal would act on."""
    data = text if isinstance(text, bytes) else text.encode()
    assert not [piece for piece in windows(key) if piece in data]
    assert not [byte for byte in data if byte < 0x20 and byte not in b"\r\n\t" or byte == 0x7F], data
    assert "\u009b".encode() not in data and "\u202e".encode() not in data


@each_dialect
@pytest.mark.parametrize("stream", [False, True])
def test_a_refusal_that_holds_the_credential_and_escapes(start, simulator, dialect, stream):
    gateway, key = only(start, dialect, "429-echo")
    answer = gateway.send(dialect.path, dialect.body(stream=stream))

    assert (answer.status, dialect.error(answer.json)[1]) == (503, "all_credentials_cooling")
    check_clean(answer.raw, key)
    gateway.await_log()
    check_clean(gateway.program.stderr, key)
    check_clean(json.dumps(gateway.status()), key)
    assert simulator.counts() == {simulator.only_request()["label"]: 1}


ECHOES = {
    "plain": lambda key: f"Your key {key} is odd",
    "its start": lambda key: f"Your key {key[:20]}... is odd",
    "its end": lambda key: f"Your key ...{key[-16:]} is odd",
    "its middle": lambda key: f"Your key ...{key[12:30]}... is odd",
    "base64": lambda key: f"Basic {base64.b64encode(key.encode()).decode()}",
    "base64 for addresses": lambda key: base64.urlsafe_b64encode(key.encode()).decode().rstrip("="),
    "percent-encoded": lambda key: f"?key={urllib.parse.quote(key, safe='')}",
    "percent-encoded in lower case": lambda key: urllib.parse.quote(key, safe="").replace("%2B", "%2b").replace("%2F", "%2f"),
    "twice": lambda key: f"{key}{key}",
    "escapes": lambda key: f"{key}\x1b[2J\x1b]0;owned\x07\x7f\u009b1A\u202eRLO\r\nHTTP/1.1 200 OK",
}


@each_dialect
@pytest.mark.parametrize("case", ECHOES)
def test_the_provider_s_words_about_the_request_are_passed_on_without_the_credential(start, simulator, dialect, case):
    gateway, key = only(start, dialect, "ok")
    simulator.rules({"fault": "400", "parameters": {"message": ECHOES[case](key)}})
    answer = gateway.send(dialect.path, dialect.body())

    assert answer.status == 400
    assert "[redacted]" in answer.text
    check_clean(answer.raw, key)
    # Still JSON, in the provider's own shape.
    assert answer.json["error"]["type"] == "invalid_request_error"
    gateway.await_log()
    check_clean(gateway.program.stderr, key)


@each_dialect
def test_fields_of_the_provider_that_are_none_of_the_client_s_business(start, simulator, dialect):
    gateway, _ = only(start, dialect, "ok")
    extra = {
        "x-internal": "1", "server": "upstream", "via": "1.1 upstream", "alt-svc": "h3", "x-api-key": "no",
        "authorization": "no", "location": "http://elsewhere", "access-control-allow-origin": "*",
        "strict-transport-security": "max-age=1", "x-agenticflow-profile": "forged", "connection": "x-internal",
    }
    simulator.rules({"fault": "set-cookie", "parameters": {"headers": extra}})
    for stream in (False, True):
        answer = gateway.send(dialect.path, dialect.body(stream=stream))
        assert answer.status == 200
        names = [name.lower() for name, _ in answer.fields]
        allowed = {
            "content-type", "content-length", "transfer-encoding", "request-id", "x-request-id", "openai-processing-ms",
            "retry-after", "connection",
        }
        foreign = [
            name for name in names if name not in allowed
            and not name.startswith(("x-agenticflow-", "anthropic-ratelimit-", "x-ratelimit-"))]
        assert foreign == []
        assert answer.field("x-agenticflow-profile") == f"{dialect.provider}:only"


def test_a_field_cannot_be_smuggled_into_the_answer(start, simulator):
    gateway, _ = only(start, MESSAGES, "ok")
    simulator.rules({"fault": "ok", "parameters": {"headers": {"anthropic-ratelimit-note": "a\u0085b\u00e9"}}})
    answer = gateway.send(MESSAGES.path, MESSAGES.body())
    assert (answer.field("anthropic-ratelimit-note") or "").isascii()


@each_dialect
@pytest.mark.parametrize("stream", [False, True])
def test_a_redirect_is_not_followed(start, simulator, dialect, stream):
    gateway, key = only(start, dialect, "redirect-302")
    answer = gateway.send(dialect.path, dialect.body(stream=stream))

    assert (answer.status, dialect.error(answer.json)[1]) == (502, "upstream_redirect")
    assert simulator.total() == 1
    assert simulator.record()["contraband"]["followedRedirects"] == 0


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_nor_is_a_redirect_to_another_host(start, simulator, scheme):
    with socket.create_server(("127.0.0.1", 0)) as sink:
        sink.settimeout(0.5)
        gateway, _ = only(start, CHAT, "ok")
        location = f"{scheme}://127.0.0.1:{sink.getsockname()[1]}/v1/chat/completions"
        simulator.rules({"fault": "redirect-302", "parameters": {"location": location}})
        answer = gateway.send(CHAT.path, CHAT.body())
        assert (answer.status, answer.code) == (502, "upstream_redirect")
        assert location not in answer.raw.decode()
        with pytest.raises(TimeoutError):
            sink.accept()


@each_dialect
@pytest.mark.parametrize("fault", ["garbage-head", "two-lengths", "gzip"])
def test_an_upstream_that_does_not_speak_http_as_it_should(start, simulator, dialect, fault):
    gateway, key = only(start, dialect, fault)
    answer = gateway.send(dialect.path, dialect.body())

    # Never as if the client were wrong.
    assert (answer.status, dialect.error(answer.json)[1]) == (502, "upstream_protocol")
    assert answer.field("x-should-retry") == "false"
    check_clean(answer.raw, key)


HEADS = {
    "a switch of protocols": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    "an informational answer without end": b"HTTP/1.1 103 Early Hints\r\n\r\n" * 200_000,
    "a head without end": b"HTTP/1.1 200 OK\r\nx: " + b"y" * 2_000_000,
    "too many fields": b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 5000 + b"\r\n{}",
    "a body without end": b"HTTP/1.1 500 no\r\n\r\n" + b"z" * 2_000_000,
    "both framings": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "an old protocol": b"<html>hello</html>",
    "a status out of range": b"HTTP/1.1 99 no\r\ncontent-length: 0\r\n\r\n",
    "a page": b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 13\r\n\r\n<html></html>",
}


@pytest.fixture
def answering():
    """`answering(data)` gives the port of an upstream that sends these bytes to whoever connects."""
    listeners = []

    def begin(data):
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def serve():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=speak, args=(connection,), daemon=True).start()

        def speak(connection):
            with connection:
                try:
                    connection.settimeout(20)
                    connection.recv(65536)
                    connection.sendall(data)
                    while connection.recv(65536):
                        pass
                except OSError:
                    pass

        threading.Thread(target=serve, daemon=True).start()
        return listener.getsockname()[1]

    yield begin
    for listener in listeners:
        listener.close()


@pytest.mark.parametrize("case", HEADS)
def test_odd_answers_are_the_upstream_s_fault(start, simulator, answering, case):
    port = answering(HEADS[case])
    gateway, key = only(
        start, CHAT, "ok", providers={"openai": {"baseUrl": f"http://127.0.0.1:{port}/v1"}},
        gateway={"deadlines": {"totalSeconds": 5}})
    before = gateway.program.resident_bytes()
    answer = gateway.send(CHAT.path, CHAT.body())

    assert answer.status in (502, 504), answer.raw[:300]
    assert answer.code in ("upstream_protocol", "upstream_failed", "deadline_exceeded")
    assert len(answer.raw) < 4096
    assert gateway.program.resident_bytes() - before < 16 << 20
    check_clean(answer.raw, key)
    assert gateway.send("/livez").status == 200
