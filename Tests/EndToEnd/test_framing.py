"""One meaning for every request: what could be read in two ways is refused, and nothing of it reaches the upstream."""

import pytest

from dialects import CHAT, MESSAGES
from gateway import TOKEN
from rawhttp import Ended, chunked, request

BODY = b'{"model":"claude-haiku-4-5","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}'
LENGTH = f"Content-Length: {len(BODY)}"
CHUNKED = "Transfer-Encoding: chunked"
JSON = "Content-Type: application/json"
# Hidden behind a request: were its end misread, this would be served as a request of its own.
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(scope="module")
def shared(start_once):
    return start_once({"anthropic:work": "sk-sim-ok-work", "openai:work": "sk-sim-ok-work"})


def head(shared, *lines, start="POST /v1/messages HTTP/1.1", host=True, token=True, end="\r\n"):
    """A request's head, written line by line; nothing is added but Host and the token."""
    own = [start]
    if host:
        own.append(f"Host: 127.0.0.1:{shared.port}")
    if token:
        own.append(f"Authorization: Bearer {TOKEN}")
    return end.join([*own, *lines, "", ""]).encode("latin-1")


def check_refused(shared, simulator, data, codes=("bad_framing",), statuses=(400,)):
    with shared.connect() as connection:
        connection.send(data + SMUGGLED)
        answer = connection.answer()
        assert (answer.status in statuses) and answer.code in codes, (answer.status, answer.body)
        assert answer.ending == "whole"
        assert answer.field("connection") == "close"
        # Nothing else is answered on this connection, and it ends.
        assert connection.ending in ("fin", "reset")
    assert simulator.total() == 0


LENGTHS = {
    "length and chunks": [LENGTH, CHUNKED],
    "chunks and length": [CHUNKED, LENGTH],
    "two lengths": [LENGTH, "Content-Length: 5"],
    "the same length twice": [LENGTH, LENGTH],
    "a list of lengths": [f"Content-Length: {len(BODY)}, {len(BODY)}"],
    "a signed length": [f"Content-Length: +{len(BODY)}"],
    "a negative length": ["Content-Length: -1"],
    "a hexadecimal length": ["Content-Length: 0x57"],
    "a length with a blank": ["Content-Length: 8 7"],
    "an empty length": ["Content-Length: "],
    "a length beyond 64 bits": ["Content-Length: 99999999999999999999999"],
    "gzip": ["Transfer-Encoding: gzip"],
    "gzip, chunked": ["Transfer-Encoding: gzip, chunked"],
    "chunked twice": ["Transfer-Encoding: chunked, chunked"],
    "identity": ["Transfer-Encoding: identity"],
    "two codings": [CHUNKED, CHUNKED],
    "a coding with a tab inside": ["Transfer-Encoding: \x0bchunked"],
    "chunked with a parameter": ["Transfer-Encoding: chunked;q=1"],
}


@pytest.mark.parametrize("case", LENGTHS)
def test_the_length_is_stated_once_and_plainly(shared, simulator, case):
    lines = LENGTHS[case]
    body = chunked(BODY) if "chunk" in str(lines).lower() else BODY
    check_refused(shared, simulator, head(shared, JSON, *lines) + body)


LINES = {
    "a folded field": [JSON, LENGTH, "X-One: a\r\n b"],
    "a folded length": [JSON, "Content-Length:\r\n " + str(len(BODY))],
    "a blank before the colon": [JSON, LENGTH, "X-One : a"],
    "a blank before a length's colon": [JSON, f"Content-Length : {len(BODY)}"],
    "a line without a colon": [JSON, LENGTH, "no colon here"],
    "an empty name": [JSON, LENGTH, ": value"],
    "a bare CR": [JSON, LENGTH, "X-One: a\rTransfer-Encoding: chunked"],
    "a NUL": [JSON, LENGTH, "X-One: a\x00b"],
    "a control byte in a name": [JSON, LENGTH, "X\x01One: a"],
    "a parenthesis in a name": [JSON, LENGTH, "X(One): a"],
}


@pytest.mark.parametrize("case", LINES)
def test_a_field_is_one_plain_line(shared, simulator, case):
    check_refused(shared, simulator, head(shared, *LINES[case]) + BODY)


def test_lines_end_in_cr_lf(shared, simulator):
    check_refused(shared, simulator, head(shared, JSON, LENGTH, end="\n") + BODY)


def test_one_line_that_ends_in_lf_alone(shared, simulator):
    data = head(shared, JSON, LENGTH).replace(b"application/json\r\n", b"application/json\n") + BODY
    check_refused(shared, simulator, data)


def test_http_1_0_has_no_chunks(shared, simulator):
    data = head(shared, JSON, CHUNKED, start="POST /v1/messages HTTP/1.0") + chunked(BODY)
    check_refused(shared, simulator, data)


STARTS = [
    "POST /v1/messages HTTP/2.0", "POST /v1/messages HTTP/1.2", "POST /v1/messages HTTP/0.9", "POST /v1/messages",
    "POST /v1/mess ages HTTP/1.1",
    "post /v1/messages HTTP/1.1", "POST /v1/messages http/1.1", "POST /v1/messages HTTP/1.1 more",
    "P(ST /v1/messages HTTP/1.1", "\x16\x03\x01\x02\x00\x01\x00", "POST \x7f HTTP/1.1",
]


@pytest.mark.parametrize("start", STARTS)
def test_the_request_line_is_plain(shared, simulator, start):
    check_refused(
        shared, simulator, head(shared, JSON, LENGTH, start=start) + BODY,
        codes=("bad_framing", "host_not_allowed", "method_not_allowed"), statuses=(400, 405))


@pytest.mark.parametrize("start", ["POST  /v1/messages HTTP/1.1", "POST /v1/messages  HTTP/1.1"])
def test_blanks_between_the_parts_of_the_request_line_mean_nothing(shared, simulator, start):
    """RFC 9112 §3 lets a recipient be lenient here: there is still one way to read it."""
    with shared.connect() as connection:
        connection.send(head(shared, JSON, LENGTH, start=start) + BODY)
        assert MESSAGES.text(connection.answer()) == "Hello from work."


CHUNKS = {
    "no size": b"zz\r\n" + BODY,
    "a signed size": b"+57\r\n" + BODY,
    "a size with 0x": b"0x57\r\n" + BODY,
    "an empty size": b"\r\n" + BODY,
    "a size beyond 64 bits": b"fffffffffffffffffff\r\n" + BODY,
    "data longer than said": b"5\r\n" + BODY + b"\r\n0\r\n\r\n",
    "a size line that ends in LF alone": b"%x\n" % len(BODY) + BODY + b"\r\n0\r\n\r\n",
    "data that ends in LF alone": b"%x\r\n" % len(BODY) + BODY + b"\n0\r\n\r\n",
    "a negative size": b"-1\r\n" + BODY,
}


@pytest.mark.parametrize("case", CHUNKS)
def test_chunks_are_plain(shared, simulator, case):
    check_refused(
        shared, simulator, head(shared, JSON, CHUNKED) + CHUNKS[case], codes=("bad_framing", "invalid_json"))


def test_a_body_cut_by_the_client_s_end_reaches_nobody(shared, simulator):
    with shared.connect() as connection:
        connection.send(head(shared, JSON, LENGTH) + BODY[:-5])
        connection.half_close()
        with pytest.raises(Ended):
            connection.answer()
    assert simulator.total() == 0


HOSTS_ALLOWED = ["127.0.0.1:{port}", "localhost:{port}", "LocalHost:{port}", "[::1]:{port}"]
HOSTS_REFUSED = [
    "127.0.0.1", "localhost", "127.0.0.1:1", "127.0.0.1:{port}0", "evil.example", "evil.example:{port}",
    "127.0.0.1.evil.example:{port}", "localhost.evil.example:{port}", "localhost.:{port}", "127.1:{port}",
    "127.0.0.2:{port}", "0.0.0.0:{port}", "2130706433:{port}", "[::ffff:127.0.0.1]:{port}", "[::]:{port}",
    "user@127.0.0.1:{port}", "127.0.0.1:{port},evil.example", "127.0.0.1:{port}#", "127.0.0.1:{port}/", "", ":{port}",
]


@pytest.mark.parametrize("host", HOSTS_ALLOWED)
def test_a_host_that_is_ours(shared, simulator, host):
    answer = shared.send(MESSAGES.path, MESSAGES.body(), host=host.format(port=shared.port))
    assert MESSAGES.text(answer) == "Hello from work."


@pytest.mark.parametrize("host", HOSTS_REFUSED)
@pytest.mark.parametrize("path", ["/v1/messages", "/livez", "/healthz"])
def test_a_host_that_is_not_ours(shared, simulator, host, path):
    host = host.format(port=shared.port)
    # Refused before the token is looked at.
    data = head(shared, f"Host: {host}", JSON, LENGTH, start=f"POST {path} HTTP/1.1", host=False, token=False) + BODY
    check_refused(shared, simulator, data, codes=("host_not_allowed",))


def test_no_host_and_two_hosts(shared, simulator):
    own = f"Host: 127.0.0.1:{shared.port}"
    check_refused(shared, simulator, head(shared, JSON, LENGTH, host=False) + BODY)
    for second in (own, "Host: evil.example", "host: evil.example"):
        check_refused(shared, simulator, head(shared, second, JSON, LENGTH) + BODY)


@pytest.mark.parametrize("target", ["http://evil.example/v1/messages", "http://evil.example:{port}/v1/messages", "evil:1", "*"])
def test_a_foreign_authority_in_the_request_line(shared, simulator, target):
    start = f"POST {target.format(port=shared.port)} HTTP/1.1"
    check_refused(
        shared, simulator, head(shared, JSON, LENGTH, start=start) + BODY, codes=("host_not_allowed", "bad_framing"))


def test_our_own_authority_in_the_request_line(shared):
    answer = shared.send(f"http://127.0.0.1:{shared.port}/v1/messages", MESSAGES.body())
    assert MESSAGES.text(answer) == "Hello from work."


def test_a_configured_host(start, simulator):
    gateway = start(
        {"anthropic:work": "sk-sim-ok-work"}, gateway={"allowedHosts": ["gate.example", "other.example:8443"]})
    allowed = ["gate.example", "gate.example:443", "GATE.example:1", "other.example:8443"]
    refused = ["a.gate.example", "gate.example.evil", "gate.example:x", "other.example", "other.example:443"]
    for host in allowed:
        assert gateway.send("/livez", host=host).status == 200, host
    for host in refused:
        answer = gateway.send("/livez", host=host)
        assert (answer.status, answer.code) == (400, "host_not_allowed"), host


ORIGINS_REFUSED = [
    "http://evil.example", "https://evil.example:{port}", "http://localhost:1", "http://127.0.0.1", "null", "file://",
    "chrome-extension://abcdefgh", "http://127.0.0.1:{port}.evil.example", "http://127.0.0.1:{port}/", "",
]


@pytest.mark.parametrize("origin", ORIGINS_REFUSED)
@pytest.mark.parametrize("path", ["/v1/messages", "/api/v1/status"])
def test_a_foreign_web_page(shared, simulator, origin, path):
    data = head(
        shared, f"Origin: {origin.format(port=shared.port)}", JSON, LENGTH, start=f"POST {path} HTTP/1.1") + BODY
    check_refused(shared, simulator, data, codes=("origin_not_allowed",))


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
def test_a_request_that_a_browser_calls_foreign(shared, simulator, site):
    check_refused(
        shared, simulator, head(shared, f"Sec-Fetch-Site: {site}", JSON, LENGTH) + BODY, codes=("origin_not_allowed",))


@pytest.mark.parametrize("fields", [[("Origin", "http://127.0.0.1:{port}")], [("Sec-Fetch-Site", "none")]])
def test_a_page_of_our_own(shared, fields):
    fields = [(name, value.format(port=shared.port)) for name, value in fields]
    answer = shared.send(MESSAGES.path, MESSAGES.body(), fields=fields)
    assert answer.status == 200
    # No page of another origin may ever read an answer.
    assert not [name for name, _ in answer.fields if name.lower().startswith("access-control-")]


@pytest.mark.parametrize("type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "application/jsonp"])
def test_what_a_form_could_send_is_refused(shared, simulator, type):
    data = head(shared, f"Content-Type: {type}", LENGTH) + BODY
    check_refused(shared, simulator, data, codes=("invalid_json",))


@pytest.mark.parametrize("type", ["application/json", "Application/JSON", "application/json; charset=utf-8"])
def test_json_by_its_names(shared, type):
    with shared.connect() as connection:
        connection.send(head(shared, f"Content-Type: {type}", LENGTH) + BODY)
        assert connection.answer().status == 200


def test_a_chunked_body_arrives_whole(shared, simulator):
    with shared.connect() as connection:
        connection.send(head(shared, JSON, CHUNKED) + chunked(*[BODY[n : n + 7] for n in range(0, len(BODY), 7)]))
        assert MESSAGES.text(connection.answer()) == "Hello from work."
    assert simulator.only_request()["bytesIn"] == len(BODY)


def test_byte_by_byte(shared, simulator):
    with shared.connect() as connection:
        for byte in head(shared, JSON, LENGTH) + BODY:
            connection.send(bytes([byte]))
        assert MESSAGES.text(connection.answer()) == "Hello from work."


def test_pipelined_requests_are_answered_in_their_order(shared, simulator):
    ones = [request(CHAT.path, shared.port, CHAT.body(stream=n % 2 == 1), token=TOKEN) for n in range(8)]
    with shared.connect() as connection:
        connection.send(b"".join(ones))
        for n in range(8):
            answer = connection.answer()
            assert answer.ending == "whole"
            assert (answer.field("content-type") or "").startswith("text/event-stream") == (n % 2 == 1)
            assert CHAT.text(answer) == "Hello from work."
    assert simulator.counts() == {"work": 8}


def test_a_pipelined_request_behind_a_refused_one_is_not_served(shared, simulator):
    good = request(CHAT.path, shared.port, CHAT.body(), token=TOKEN)
    bad = request(CHAT.path, shared.port, b"{", token=TOKEN)
    with shared.connect() as connection:
        connection.send(good + bad + good)
        assert connection.answer().status == 200
        answer = connection.answer()
        assert (answer.status, answer.code) == (400, "invalid_json")
        if answer.field("connection") == "close":
            assert connection.ending in ("fin", "reset")
            assert simulator.counts() == {"work": 1}
        else:
            # The refused request was read to its end, so the next one's beginning is known.
            assert connection.answer().status == 200
            assert simulator.counts() == {"work": 2}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("behind", [SMUGGLED, b"POST /v1/messages HTTP/1.1\r\nContent-Length: 0\r\n\r\n", b"garbage\r\n\r\n"])
def test_an_answer_is_not_lost_to_what_comes_behind_its_request(shared, simulator, stream, behind):
    with shared.connect() as connection:
        connection.send(shared.request(CHAT.path, CHAT.body(stream=stream)) + behind)
        answer = connection.answer()
        assert (CHAT.text(answer), answer.ending) == ("Hello from work.", "whole")
    assert simulator.counts() == {"work": 1}


def test_the_connection_is_kept(shared, simulator):
    with shared.connect() as connection:
        for n in range(5):
            connection.send(request(CHAT.path, shared.port, CHAT.body(stream=bool(n % 2)), token=TOKEN))
            assert CHAT.text(connection.answer()) == "Hello from work."
    # One upstream connection served them all.
    assert len({entry["connection"] for entry in simulator.requests()}) == 1


def test_the_client_may_ask_for_the_end(shared):
    with shared.connect() as connection:
        connection.send(shared.request(CHAT.path, CHAT.body(), fields=[("Connection", "close")]))
        answer = connection.answer()
        assert (answer.status, answer.field("connection")) == (200, "close")
        assert connection.ending == "fin"


@pytest.mark.parametrize("stream", [False, True])
def test_http_1_0_is_answered_and_closed(shared, stream):
    with shared.connect() as connection:
        connection.send(shared.request(CHAT.path, CHAT.body(stream=stream), version="1.0"))
        answer = connection.answer()
        assert answer.status == 200
        assert answer.field("transfer-encoding") is None
        assert answer.ending == ("fin" if stream else "whole")
        assert CHAT.text(answer) == "Hello from work."
        assert connection.ending == "fin"


def test_head_has_no_body(shared):
    with shared.connect() as connection:
        for path in ("/livez", "/readyz", "/healthz", "/metrics", "/v1/models"):
            connection.send(shared.request(path, method="HEAD"))
            answer = connection.answer(to_head=True)
            assert answer.status == 200, path
            assert int(answer.field("content-length")) > 0
        connection.send(shared.request("/livez"))
        assert connection.answer().json == {"status": "live"}


def test_expect_continue(shared, simulator):
    with shared.connect() as connection:
        connection.send(head(shared, JSON, LENGTH, "Expect: 100-continue"))
        assert connection.answer().status == 100
        assert simulator.total() == 0
        connection.send(BODY)
        assert MESSAGES.text(connection.answer()) == "Hello from work."


def test_expect_continue_is_not_encouraged_when_it_will_be_refused(shared, simulator):
    for lines, code in ([["Expect: 100-continue", JSON, "Content-Length: 33554433"], "body_too_large"],
                        [["Expect: 100-continue", "Content-Type: text/plain", LENGTH], "invalid_json"]):
        with shared.connect() as connection:
            connection.send(head(shared, *lines))
            answer = connection.answer()
            assert answer.code == code, answer.raw
    assert simulator.total() == 0
