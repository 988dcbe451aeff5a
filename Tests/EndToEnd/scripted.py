"""An upstream that says exactly the bytes it is told to: for what the simulator, which speaks proper HTTP, cannot do."""

import json
import socket
import threading

from rawhttp import HOST

ANSWER = json.dumps({
    "id": "1", "object": "chat.completion", "model": "gpt-5",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}],
}).encode()
DELTA = json.dumps({
    "id": "1", "object": "chat.completion.chunk",
    "choices": [{"index": 0, "delta": {"role": "assistant", "content": "Hello"}}],
})
EVENT = f"data: {DELTA}\n\n".encode()
STREAM_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"


def plain(body=ANSWER):
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


class Upstream:
    """Answers the request number N (from 1) with the pieces that `script(N)` gives, and keeps the connection open."""

    def __init__(self, script):
        self.script = script
        # The connection (from 1) that each request came on.
        self.requests = []
        self.listener = socket.create_server((HOST, 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    def providers(self, host=HOST):
        return {"openai": {"baseUrl": f"http://{host}:{self.port}/v1"}}

    def _accept(self):
        number = 0
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            number += 1
            threading.Thread(target=self._serve, args=(connection, number), daemon=True).start()

    def _serve(self, connection, number):
        with connection:
            held = b""
            try:
                while True:
                    while b"\r\n\r\n" not in held:
                        held += self._more(connection)
                    head, _, held = held.partition(b"\r\n\r\n")
                    lines = [line.lower().partition(b":") for line in head.split(b"\r\n")]
                    length = next(int(value) for name, _, value in lines if name == b"content-length")
                    while len(held) < length:
                        held += self._more(connection)
                    held = held[length:]
                    self.requests.append(number)
                    for piece in self.script(len(self.requests)):
                        connection.sendall(piece)
            except OSError:
                pass  # The gateway has left.

    @staticmethod
    def _more(connection):
        data = connection.recv(65536)
        if not data:
            raise ConnectionResetError
        return data
