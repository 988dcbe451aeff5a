"""TLS to the upstream: verified, or nothing is sent."""

import socket
import threading

import pytest

from dialects import ALL, MESSAGES
from polling import eventually
from simulator import Simulator

KEY = "sk-sim-ok-encrypted"

each_dialect = pytest.mark.parametrize("dialect", ALL, ids=str)


@pytest.fixture(scope="module")
def good(authority):
    return authority.issue("good")


@pytest.fixture
def serve(tmp_path):
    """`serve(identity)` gives a simulator that serves TLS with it."""
    running = []

    def begin(identity):
        running.append(Simulator(tmp_path / f"tls-{len(running)}", tls=identity))
        return running[-1]

    yield begin
    for simulator in running:
        simulator.stop()


def start_with(start, providers, **options):
    return start({"anthropic:work": KEY, "openai:work": KEY}, providers=providers, **options)


@each_dialect
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_with_the_authority_s_file_it_serves(start, serve, authority, good, dialect, host):
    upstream = serve(good)
    gateway = start_with(start, upstream.providers(host, caFile=str(authority.certificate)))
    for stream in (False, True):
        assert dialect.ask(gateway, stream=stream)[0] == "Hello from encrypted."
    assert upstream.counts() == {"encrypted": 2}
    assert upstream.contraband() == {}


@each_dialect
def test_a_refusal_over_tls_moves_on(start, serve, authority, good, dialect):
    upstream = serve(good)
    gateway = start(
        {f"{dialect.provider}:bad": "sk-sim-529-bad", f"{dialect.provider}:good": "sk-sim-ok-good"},
        order={dialect.provider: [f"{dialect.provider}:bad", f"{dialect.provider}:good"]},
        providers=upstream.providers("localhost", caFile=str(authority.certificate)))

    assert dialect.ask(gateway, stream=True)[0] == "Hello from good."
    assert upstream.counts() == {"bad": 1, "good": 1}


CASES = ["expired", "wrong-host", "only-its-address", "wrong-address", "self-signed", "other-authority"]


def check_refused(gateway, upstream, statuses=(502,), code="upstream_failed"):
    answer = gateway.send(MESSAGES.path, MESSAGES.body())
    assert answer.status in statuses
    assert answer.code == code
    assert KEY not in answer.text and "127.0.0.1" not in answer.text
    # It was tried, and not one request reached the other side.
    assert answer.field("x-agenticflow-attempts") in ("1", "2")
    if upstream:
        assert upstream.total() == 0


def test_without_the_authority_s_file_it_is_refused(start, serve, good):
    upstream = serve(good)
    check_refused(start_with(start, upstream.providers("localhost")), upstream)


@pytest.mark.parametrize("case", CASES)
def test_a_certificate_that_does_not_fit_is_refused(start, serve, authority, tmp_path, case):
    host = "localhost"
    if case == "expired":
        identity = authority.issue("expired", expired=True)
    elif case == "wrong-host":
        identity = authority.issue("elsewhere", names="DNS:elsewhere.example")
    elif case == "only-its-address":
        # Whoever answers for the name in the DNS chooses the address, and can get a certificate for it.
        identity = authority.issue("elsewhere-too", names="DNS:elsewhere.example,IP:127.0.0.1,IP:::1")
    elif case == "wrong-address":
        identity = authority.issue("name-only", names="DNS:localhost")
        host = "127.0.0.1"
    elif case == "self-signed":
        identity = authority.self_signed("lonely")
    else:
        (tmp_path / "other").mkdir()
        identity = type(authority)(tmp_path / "other").issue("good")
    upstream = serve(identity)
    check_refused(start_with(start, upstream.providers(host, caFile=str(authority.certificate))), upstream)


class Listener:
    """A peer that accepts, keeps what it is told, and answers with `greeting` or not at all."""

    def __init__(self, greeting=b""):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.received = bytearray()
        self.connections = []
        self._greeting = greeting
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections.append(connection)
            threading.Thread(target=self._listen, args=(connection,), daemon=True).start()

    def _listen(self, connection):
        try:
            if self._greeting:
                connection.sendall(self._greeting)
            while piece := connection.recv(65536):
                self.received += piece
        except OSError:
            pass

    def close(self):
        self.socket.close()
        for connection in self.connections:
            connection.close()


@pytest.fixture
def listen():
    opened = []

    def begin(greeting=b""):
        opened.append(Listener(greeting))
        return opened[-1]

    yield begin
    for listener in opened:
        listener.close()


def providers_at(port, **more):
    return {"anthropic": {"baseUrl": f"https://localhost:{port}", **more}}


def test_a_silent_peer_is_given_up_at_the_connect_deadline(start, simulator, listen, authority):
    peer = listen()
    gateway = start_with(
        start, providers_at(peer.port, caFile=str(authority.certificate)),
        gateway={"deadlines": {"connectSeconds": 0.5}})

    check_refused(gateway, None, statuses=(504,), code="deadline_exceeded")

    # All it got is the beginning of a handshake.
    assert bytes(peer.received[:2]) == b"\x16\x03"
    assert KEY.encode() not in peer.received


def test_a_peer_that_speaks_no_tls_is_refused(start, simulator, listen, authority):
    peer = listen(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
    gateway = start_with(start, providers_at(peer.port, caFile=str(authority.certificate)))

    check_refused(gateway, None)

    assert KEY.encode() not in peer.received


def test_a_file_that_is_no_certificate_leaves_the_provider_out_and_is_said_so(start, serve, good, authority, tmp_path):
    broken = tmp_path / "broken.pem"
    broken.write_text("this is no certificate\n")
    upstream = serve(good)
    gateway = start_with(start, upstream.providers("localhost", caFile=str(broken)))

    assert "caFile" in " ".join(gateway.health()["problems"])
    answer = gateway.send(MESSAGES.path, MESSAGES.body())
    assert (answer.status, answer.code) == (503, "provider_left_out")
    assert answer.json["error"]["message"] == (
        "models.providers.anthropic.caFile cannot be used, so nothing is sent to anthropic. "
        "Which file, and why: agenticflow-enterprise doctor")
    assert upstream.total() == 0
    # What they show agrees with it.
    for words in (("models", "explain"), ("models", "status"), ("doctor",)):
        said = gateway.command(*words)
        assert f"{broken}: It holds no certificate (PEM)." in said.stdout + said.stderr, words
        assert "is available" not in said.stdout
    # And what they advise helps.
    assert gateway.command("config", "set", "models.providers.anthropic.caFile", str(authority.certificate)).returncode == 0
    served = eventually(lambda: (said := gateway.send(MESSAGES.path, MESSAGES.body())).status == 200 and said, "the answer")
    assert "Hello from encrypted." in served.text


def test_a_proxy_of_the_environment_is_not_used(start, simulator, listen):
    """Neither for plain HTTP nor for TLS (hazards T27)."""
    proxy = listen()
    names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"]
    gateway = start_with(
        start, simulator.providers(), environment={name: f"http://127.0.0.1:{proxy.port}" for name in names})

    assert MESSAGES.ask(gateway)[0] == "Hello from encrypted."
    assert proxy.connections == []


def test_session_keys_are_not_written_to_a_file(start, serve, authority, good, tmp_path):
    secrets = tmp_path / "session-keys"
    upstream = serve(good)
    gateway = start_with(
        start, upstream.providers("localhost", caFile=str(authority.certificate)),
        environment={"SSLKEYLOGFILE": str(secrets)})

    assert MESSAGES.ask(gateway)[0] == "Hello from encrypted."
    assert not secrets.exists()


@pytest.mark.parametrize(
    "address", ["http://169.254.169.254", "https://169.254.169.254", "http://[fe80::1]", "https://metadata.google.internal",
                "http://example.com", "https://user:pass@localhost", "https://localhost/${HOME}"])
def test_a_base_url_that_credentials_may_not_go_to_is_not_taken(start, simulator, address):
    gateway = start_with(start, {"anthropic": {"baseUrl": address}})
    problems = eventually(lambda: gateway.health()["problems"], "the problem")
    assert "models.providers.anthropic.baseUrl" in " ".join(problems)
