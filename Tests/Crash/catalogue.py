# SPDX-License-Identifier: Apache-2.0
"""OpenRouter as far as `models scan` needs it: a list of two free models, one that calls tools and one that sees images."""

import http.server
import json
import threading

MODELS = [
    {"id": "acme/tools-70b:free", "name": "Tools 70B", "supported_parameters": ["tools"]},
    {"id": "acme/eyes-12b:free", "name": "Eyes 12B", "supported_parameters": [],
     "architecture": {"input_modalities": ["text", "image"]}},
]
CALL = {"id": "1", "type": "function", "function": {"name": "ping", "arguments": "{}"}}


class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer({"data": MODELS})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        names = [tool["function"]["name"] for tool in asked.get("tools", [])]
        message = {"role": "assistant", "content": "red"}
        if names:
            message = {"role": "assistant", "content": None, "tool_calls": [{**CALL, "function": {"name": names[0], "arguments": "{}"}}]}
        self.answer({
            "id": "1", "object": "chat.completion", "created": 1, "model": asked["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}})

    def answer(self, what):
        body = json.dumps(what).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def serve() -> str:
    """Its base URL, until this process ends. It keeps nothing, so all may ask it at once."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/api/v1"
