"""HTTP/1.1 by hand: exact bytes out, exact bytes in, and how the connection ended."""

import json
import socket
import struct
from dataclasses import dataclass, field

HOST = "127.0.0.1"
TIMEOUT = 30.0


@dataclass
class Answer:
    """One answer as it came over the wire."""

    status: int
    fields: list
    # The body as its framing delivers it.
    body: bytes = b""
    # Every byte of the answer, head included.
    raw: bytes = b""
    # "whole": as the framing says; "fin" or "reset": the connection ended first; "silent": nothing more came.
    ending: str = "whole"
    # The sizes of the chunks, the closing one included.
    chunks: list = field(default_factory=list)

    def field(self, name):
        """The value of a field that is there once, or None."""
        values = [value for key, value in self.fields if key.lower() == name.lower()]
        assert len(values) <= 1, f"{name} is there {len(values)} times: {values}"
        return values[0] if values else None

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode(errors="replace")

    @property
    def code(self):
        """The stable code of an error, in either dialect."""
        return self.json["error"]["code"]


class Ended(Exception):
    """The peer ended the connection, or stayed silent."""

    def __init__(self, ending):
        super().__init__(ending)
        self.ending = ending


class Connection:
    """One TCP connection to a server under test."""

    def __init__(self, port, receive_buffer=None, timeout=TIMEOUT, host=HOST):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        if receive_buffer:
            # Before connecting: it decides the window that is offered.
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        self.socket.connect((host, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._held = bytearray()
        self._taken = bytearray()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, data):
        self.socket.sendall(data)

    def send_what_fits(self, data, within=1.0):
        """Sends until the peer takes nothing for `within` seconds, or has ended; returns the number of bytes taken."""
        self.socket.settimeout(within)
        sent = 0
        view = memoryview(data)
        try:
            while sent < len(data):
                sent += self.socket.send(view[sent : sent + 65536])
        except (TimeoutError, BlockingIOError, ConnectionError):
            pass
        finally:
            self.socket.settimeout(TIMEOUT)
        return sent

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)

    def close(self):
        self.socket.close()

    def reset(self):
        """Ends with an RST instead of a FIN."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def answer(self, to_head=False, so_far=None):
        """Reads one answer to its end, or to the connection's.

        `so_far(body)`, when given, ends the reading as soon as it is true of the body read up to there.
        """
        self._taken = bytearray()
        head = self._line_block()
        status, fields = parse_head(head)
        found = Answer(status, fields)
        try:
            if not to_head and not 100 <= status < 200 and status not in (204, 304):
                self._body(found, so_far)
        except Ended as end:
            found.ending = end.ending
        except _Enough:
            found.ending = "open"
        found.raw = bytes(self._taken)
        return found

    def more(self, count=1):
        """At least `count` more bytes."""
        while len(self._held) < count:
            self._receive()
        taken = bytes(self._held)
        self._take(len(taken))
        return taken

    def rest(self):
        """Everything until the end of the connection, and how it ended."""
        try:
            while True:
                self._receive()
        except Ended as end:
            taken = bytes(self._held)
            self._held.clear()
            return taken, end.ending

    @property
    def ending(self):
        """How the connection ended; fails when more bytes come."""
        rest, ending = self.rest()
        assert rest == b"", f"more bytes came: {rest[:200]!r}"
        return ending

    def _body(self, found, so_far):
        coding = found.field("transfer-encoding")
        length = found.field("content-length")
        if coding:
            assert coding.lower() == "chunked" and length is None, found.fields
            while True:
                size = int(self._line().split(b";")[0], 16)
                found.chunks.append(size)
                if size == 0:
                    while self._line():
                        pass
                    return
                self._fill(found, size, so_far)
                assert self._exactly(2) == b"\r\n", "a chunk does not end in CR LF"
        elif length is not None:
            self._fill(found, int(length), so_far)
        else:
            while True:
                self._fill(found, 1, so_far)

    def _fill(self, found, count, so_far):
        while count:
            if not self._held:
                self._receive()
            piece = bytes(self._held[:count])
            self._take(len(piece))
            found.body += piece
            count -= len(piece)
            if so_far and so_far(found.body):
                raise _Enough

    def _line_block(self):
        while b"\r\n\r\n" not in self._held:
            self._receive()
        end = self._held.index(b"\r\n\r\n") + 4
        head = bytes(self._held[:end])
        self._take(end)
        return head

    def _line(self):
        while b"\r\n" not in self._held:
            self._receive()
        end = self._held.index(b"\r\n")
        line = bytes(self._held[:end])
        self._take(end + 2)
        return line

    def _exactly(self, count):
        while len(self._held) < count:
            self._receive()
        taken = bytes(self._held[:count])
        self._take(count)
        return taken

    def _take(self, count):
        self._taken += self._held[:count]
        del self._held[:count]

    def _receive(self):
        try:
            piece = self.socket.recv(65536)
        except TimeoutError:
            raise Ended("silent") from None
        except OSError:
            raise Ended("reset") from None
        if not piece:
            raise Ended("fin")
        self._held += piece


class _Enough(Exception):
    """The body read so far is what was waited for."""


def parse_head(head):
    """Status and fields of an answer's head; fails on anything that is not strictly HTTP/1.1."""
    lines = head[:-4].split(b"\r\n")
    version, status, _ = (lines[0] + b" ").split(b" ", 2)
    assert version == b"HTTP/1.1", lines[0]
    fields = []
    for line in lines[1:]:
        name, colon, value = line.partition(b":")
        assert colon and name == name.strip() and name, line
        assert b"\r" not in line and b"\n" not in line, line
        fields.append((name.decode("ascii"), value.strip().decode("ascii")))
    return int(status), fields


def request(path, port, body=None, token=None, method=None, fields=(), host=None, version="1.1"):
    """The bytes of a well-formed request; `fields` come last."""
    data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
    lines = [f"{method or ('GET' if data is None else 'POST')} {path} HTTP/{version}"]
    lines.append(f"Host: {host or f'{HOST}:{port}'}")
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if data is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(data)}"]
    lines += [f"{name}: {value}" for name, value in fields]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (data or b"")


def exchange(port, data, **options):
    """One request on its own connection, and its answer."""
    with Connection(port, **options) as connection:
        connection.send(data)
        return connection.answer()


def chunked(*pieces):
    """A chunked body with its closing chunk."""
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
