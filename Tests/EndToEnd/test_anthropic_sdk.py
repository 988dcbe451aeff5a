"""The official Anthropic SDK against the gateway: it must not notice that it is not the provider."""

import anthropic
import pytest

MODEL = "claude-haiku-4-5"
HELLO = {"model": MODEL, "max_tokens": 64, "messages": [{"role": "user", "content": "Hello"}]}
WEATHER = {
    "name": "weather",
    "description": "The weather of a place.",
    "input_schema": {"type": "object", "properties": {"place": {"type": "string"}}, "required": ["place"]},
}


@pytest.fixture
def gateway(start):
    return start({"anthropic:work": "sk-sim-ok-work"})


def test_plain(gateway, simulator):
    raw = gateway.anthropic().messages.with_raw_response.create(**HELLO)
    message = raw.parse()

    assert message.content[0].text == "Hello from work."
    assert message.stop_reason == "end_turn"
    assert message.usage.output_tokens > 0
    assert raw.headers["x-agenticflow-profile"] == "anthropic:work"
    assert raw.headers["x-agenticflow-provider"] == "anthropic"
    assert raw.headers["x-agenticflow-model"] == MODEL
    assert raw.headers["x-agenticflow-attempts"] == "1"
    assert raw.headers["x-agenticflow-request-id"]
    assert raw.headers["x-agenticflow-upstream-request-id"] == simulator.only_request()["id"]
    assert simulator.counts() == {"work": 1}


def test_stream(gateway, simulator):
    with gateway.anthropic().messages.stream(**HELLO) as stream:
        pieces = list(stream.text_stream)
        message = stream.get_final_message()

    assert pieces == ["Hello", " from ", "work", "."]
    assert message.content[0].text == "Hello from work."
    assert message.stop_reason == "end_turn"
    assert simulator.counts() == {"work": 1}


def test_stream_events_pass_in_their_order(gateway):
    events = [event.type for event in gateway.anthropic().messages.create(**HELLO, stream=True)]

    assert events[0] == "message_start"
    assert events[-2:] == ["message_delta", "message_stop"]
    assert events.count("content_block_delta") == 4


@pytest.mark.parametrize("is_stream", [False, True])
def test_tools(gateway, is_stream):
    body = {**HELLO, "tools": [WEATHER], "tool_choice": {"type": "tool", "name": "weather"}}
    client = gateway.anthropic()
    if is_stream:
        with client.messages.stream(**body) as stream:
            message = stream.get_final_message()
    else:
        message = client.messages.create(**body)

    assert message.stop_reason == "tool_use"
    assert [(block.type, block.name, block.input) for block in message.content] == [
        ("tool_use", "weather", {"place": "simulated"})
    ]


def test_count_tokens(gateway, simulator):
    count = gateway.anthropic().messages.count_tokens(model=MODEL, messages=HELLO["messages"])

    assert count.input_tokens > 0
    assert simulator.only_request()["path"] == "/v1/messages/count_tokens"


def test_models_are_listed_without_asking_the_provider(gateway, simulator):
    models = [model.id for model in gateway.anthropic().models.list()]

    assert MODEL in models
    # No credential of that provider: its models cannot be had.
    assert "gpt-5" not in models
    assert simulator.total() == 0


def test_the_key_may_come_in_either_field(gateway, simulator):
    token = gateway.anthropic().api_key
    for fields in ([("x-api-key", token)], [("Authorization", f"Bearer {token}")]):
        answer = gateway.send("/v1/messages", HELLO, token=None, fields=fields)
        assert (answer.status, answer.json["content"][0]["text"]) == (200, "Hello from work.")
    assert simulator.counts() == {"work": 2}


def test_the_version_and_the_betas_pass(gateway, simulator):
    gateway.anthropic().beta.messages.create(
        **HELLO, betas=["one-2026-01-01", "two-2026-02-02"], extra_headers={"anthropic-version": "2031-01-01"})

    headers = simulator.only_request()["headers"]
    assert headers["anthropic-version"] == "2031-01-01"
    assert headers["anthropic-beta"] == "one-2026-01-01,two-2026-02-02"


def test_the_upstream_gets_a_head_of_our_own(gateway, simulator):
    gateway.anthropic(default_headers={"x-private": "1", "cookie": "a=b"}).messages.create(**HELLO)

    headers = simulator.only_request()["headers"]
    assert headers["x-api-key"] == "[work]"
    assert headers["user-agent"].startswith("agenticflow-enterprise/")
    assert headers["accept-encoding"] == "identity"
    assert set(headers) <= {
        "host", "user-agent", "accept-encoding", "x-api-key", "content-type", "accept", "anthropic-version",
        "anthropic-beta", "idempotency-key", "x-stainless-retry-count", "content-length",
    }


def test_a_wrong_token_is_an_authentication_error(gateway, simulator):
    with pytest.raises(anthropic.AuthenticationError) as caught:
        gateway.anthropic(api_key="agw_wrong").messages.create(**HELLO)

    assert caught.value.body["error"]["type"] == "authentication_error"
    assert caught.value.body["error"]["code"] == "wrong_client_token"
    assert simulator.total() == 0


@pytest.mark.parametrize(
    ("fault", "error", "type"),
    [
        ("400", anthropic.BadRequestError, "invalid_request_error"),
        ("400-context", anthropic.BadRequestError, "invalid_request_error"),
        ("404", anthropic.NotFoundError, "not_found_error"),
        ("413", anthropic.RequestTooLargeError, "request_too_large"),
    ],
)
@pytest.mark.parametrize("is_stream", [False, True])
def test_the_request_s_own_fault_is_passed_on(start, simulator, fault, error, type, is_stream):
    gateway = start(
        {"anthropic:bad": f"sk-sim-{fault}-bad", "anthropic:good": "sk-sim-ok-good"},
        order={"anthropic": ["anthropic:bad", "anthropic:good"]})

    with pytest.raises(error) as caught:
        gateway.anthropic().messages.create(**HELLO, stream=is_stream)

    # The provider's own words, about this request: nobody else is asked, and the credential stays in use.
    assert caught.value.body["error"]["type"] == type
    assert caught.value.response.headers["x-agenticflow-profile"] == "anthropic:bad"
    assert caught.value.response.headers["x-agenticflow-attempts"] == "1"
    assert simulator.counts() == {"bad": 1}
    assert gateway.credential("anthropic:bad")["code"] == "ok"


def test_nothing_stored_is_said_so(start, simulator):
    gateway = start()
    with pytest.raises(anthropic.InternalServerError) as caught:
        gateway.anthropic().messages.create(**{**HELLO, "model": f"anthropic/{MODEL}"})

    assert caught.value.status_code == 503
    assert caught.value.body["error"]["code"] == "no_credential"
    assert "models auth paste-api-key --provider anthropic" in caught.value.body["error"]["message"]
    assert caught.value.response.headers["x-should-retry"] == "false"
    assert simulator.total() == 0
