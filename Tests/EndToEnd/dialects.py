"""The three wire formats that are relayed: how each asks, answers, ends, and reports an error."""

import json
from dataclasses import dataclass

MODELS = {"anthropic": "claude-haiku-4-5", "openai": "gpt-5"}


@dataclass(frozen=True)
class Dialect:
    """One wire format, as raw bytes and through its SDK."""

    name: str
    provider: str
    path: str
    # What the last event of a complete stream holds.
    terminal: bytes

    def __str__(self):
        return self.name

    @property
    def model(self):
        return MODELS[self.provider]

    def body(self, stream=False, model=None, text="Hello"):
        model = model or self.model
        if self.name == "responses":
            return {"model": model, "input": text, "stream": stream}
        turn = {"messages": [{"role": "user", "content": text}], "stream": stream}
        return {"model": model, **({"max_tokens": 64} if self.name == "messages" else {}), **turn}

    def text(self, answer):
        """The text of a raw answer, streamed or not."""
        if (answer.field("content-type") or "").startswith("text/event-stream"):
            return "".join(self._delta(frame) for frame in frames(answer.body))
        if self.name == "messages":
            return "".join(block["text"] for block in answer.json["content"])
        if self.name == "chat":
            return answer.json["choices"][0]["message"]["content"]
        return "".join(part["text"] for item in answer.json["output"] for part in item["content"])

    def _delta(self, frame):
        if self.name == "messages":
            return frame.get("delta", {}).get("text", "")
        if self.name == "chat":
            return "".join(choice["delta"].get("content") or "" for choice in frame.get("choices", []))
        return frame["delta"] if frame["type"] == "response.output_text.delta" else ""

    def error(self, document, is_frame=False):
        """Type, code and message of one of our errors; fails when it is not exactly of this dialect's shape."""
        if self.name == "messages":
            assert set(document) == {"type", "error", "request_id"} and document["type"] == "error", document
            error = document["error"]
            assert set(error) == {"type", "message", "code"}, document
        elif self.name == "responses" and is_frame:
            assert set(document) == {"type", "code", "message", "param", "sequence_number"}, document
            error = document
        else:
            assert set(document) == {"error"}, document
            error = document["error"]
            assert set(error) == {"message", "type", "param", "code"}, document
        return error["type"], error["code"], error["message"]

    def ask(self, gateway, stream=False, model=None, **options):
        """One request through the official SDK: the text, and the headers of the answer."""
        body = {**self.body(stream, model), **options}
        if self.name == "messages":
            raw = gateway.anthropic().messages.with_raw_response.create(**body)
        elif self.name == "chat":
            raw = gateway.openai().chat.completions.with_raw_response.create(**body)
        else:
            raw = gateway.openai().responses.with_raw_response.create(**body)
        answer = raw.parse()
        if stream:
            text = "".join(self._delta(event.model_dump()) for event in answer)
        else:
            text = self.text(_Parsed(answer.model_dump()))
        return text, raw.headers


class _Parsed:
    """What an SDK made of a plain answer, where a raw one is expected."""

    def __init__(self, document):
        self.json = document

    @staticmethod
    def field(_):
        return "application/json"


def frames(body):
    """The JSON payloads of a stream's events, in their order."""
    found = []
    for event in body.decode().split("\n\n"):
        lines = [line[5:].strip() for line in event.split("\n") if line.startswith("data:")]
        if lines and lines[0] != "[DONE]":
            found.append(json.loads("\n".join(lines)))
    return found


MESSAGES = Dialect("messages", "anthropic", "/v1/messages", b"event: message_stop")
CHAT = Dialect("chat", "openai", "/v1/chat/completions", b"data: [DONE]")
RESPONSES = Dialect("responses", "openai", "/v1/responses", b"event: response.completed")
ALL = [MESSAGES, CHAT, RESPONSES]
