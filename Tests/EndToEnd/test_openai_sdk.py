"""The official OpenAI SDK against the gateway: it must not notice that it is not the provider."""

import openai
import pytest

MODEL = "gpt-5"
HELLO = {"model": MODEL, "messages": [{"role": "user", "content": "Hello"}]}
PARAMETERS = {"type": "object", "properties": {"place": {"type": "string"}}, "required": ["place"]}
WEATHER = {"type": "function", "function": {"name": "weather", "parameters": PARAMETERS}}


@pytest.fixture
def gateway(start):
    return start({"openai:work": "sk-sim-ok-work"})


def test_plain_chat(gateway, simulator):
    raw = gateway.openai().chat.completions.with_raw_response.create(**HELLO)
    completion = raw.parse()

    assert completion.choices[0].message.content == "Hello from work."
    assert completion.choices[0].finish_reason == "stop"
    assert completion.usage.completion_tokens > 0
    assert raw.headers["x-agenticflow-profile"] == "openai:work"
    assert raw.headers["x-agenticflow-provider"] == "openai"
    assert raw.headers["x-agenticflow-model"] == MODEL
    assert raw.headers["x-agenticflow-attempts"] == "1"
    assert raw.headers["x-agenticflow-upstream-request-id"] == simulator.only_request()["id"]
    assert simulator.counts() == {"work": 1}


def test_streamed_chat(gateway, simulator):
    stream = gateway.openai().chat.completions.create(**HELLO, stream=True, stream_options={"include_usage": True})
    chunks = list(stream)

    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == "Hello from work."
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].usage.completion_tokens > 0
    assert simulator.counts() == {"work": 1}


@pytest.mark.parametrize("is_stream", [False, True])
def test_chat_tools(gateway, is_stream):
    body = {**HELLO, "tools": [WEATHER], "tool_choice": "required"}
    client = gateway.openai()
    if is_stream:
        with client.chat.completions.stream(**body) as stream:
            choice = stream.get_final_completion().choices[0]
    else:
        choice = client.chat.completions.create(**body).choices[0]

    assert choice.finish_reason == "tool_calls"
    [call] = choice.message.tool_calls
    assert (call.function.name, call.function.arguments.replace(" ", "")) == ("weather", '{"place":"simulated"}')


def test_plain_response(gateway, simulator):
    response = gateway.openai().responses.create(model=MODEL, input="Hello")

    assert response.output_text == "Hello from work."
    assert response.status == "completed"
    assert simulator.only_request()["path"] == "/v1/responses"


def test_streamed_response(gateway):
    with gateway.openai().responses.stream(model=MODEL, input="Hello") as stream:
        events = list(stream)
        response = stream.get_final_response()

    assert response.output_text == "Hello from work."
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert events[-1].type == "response.completed"


@pytest.mark.parametrize("is_stream", [False, True])
def test_response_tools(gateway, is_stream):
    tool = {"type": "function", "name": "weather", "parameters": PARAMETERS, "strict": False}
    body = {"model": MODEL, "input": "Hello", "tools": [tool], "tool_choice": "required"}
    client = gateway.openai()
    if is_stream:
        with client.responses.stream(**body) as stream:
            response = stream.get_final_response()
    else:
        response = client.responses.create(**body)

    [call] = response.output
    assert (call.type, call.name) == ("function_call", "weather")


@pytest.mark.parametrize("encoding", ["float", "base64"])
def test_embeddings(gateway, simulator, encoding):
    made = gateway.openai().embeddings.create(
        model="text-embedding-3-small", input=["one", "two"], encoding_format=encoding)

    assert [entry.index for entry in made.data] == [0, 1]
    assert simulator.only_request()["path"] == "/v1/embeddings"


def test_models_are_listed_without_asking_the_provider(gateway, simulator):
    models = [model.id for model in gateway.openai().models.list()]

    assert MODEL in models
    assert "claude-haiku-4-5" not in models
    assert simulator.total() == 0


def test_the_upstream_gets_a_head_of_our_own(gateway, simulator):
    gateway.openai(organization="org-of-the-client", project="proj").chat.completions.create(**HELLO)

    headers = simulator.only_request()["headers"]
    assert headers["authorization"] == "Bearer [work]"
    assert headers["user-agent"].startswith("agenticflow-enterprise/")
    assert set(headers) <= {
        "host", "user-agent", "accept-encoding", "authorization", "content-type", "accept", "openai-beta",
        "idempotency-key", "x-stainless-retry-count", "content-length",
    }


def test_a_wrong_token_is_an_authentication_error(gateway, simulator):
    with pytest.raises(openai.AuthenticationError) as caught:
        gateway.openai(api_key="agw_wrong").chat.completions.create(**HELLO)

    assert caught.value.code == "wrong_client_token"
    assert set(caught.value.body) == {"message", "type", "param", "code"}
    assert simulator.total() == 0


@pytest.mark.parametrize(
    ("fault", "error", "code"),
    [
        ("400", openai.BadRequestError, "invalid_type"),
        ("400-context", openai.BadRequestError, "context_length_exceeded"),
        ("404", openai.NotFoundError, "model_not_found"),
        ("413", openai.APIStatusError, "request_too_large"),
    ],
)
@pytest.mark.parametrize("is_stream", [False, True])
def test_the_request_s_own_fault_is_passed_on(start, simulator, fault, error, code, is_stream):
    gateway = start(
        {"openai:bad": f"sk-sim-{fault}-bad", "openai:good": "sk-sim-ok-good"},
        order={"openai": ["openai:bad", "openai:good"]})

    with pytest.raises(error) as caught:
        gateway.openai().chat.completions.create(**HELLO, stream=is_stream)

    assert caught.value.code == code
    assert caught.value.response.headers["x-agenticflow-profile"] == "openai:bad"
    assert caught.value.response.headers["x-agenticflow-attempts"] == "1"
    assert simulator.counts() == {"bad": 1}
    assert gateway.credential("openai:bad")["code"] == "ok"


def test_the_model_s_name_may_carry_provider_and_profile(start, simulator):
    gateway = start({"openai:one": "sk-sim-ok-one", "openai:two": "sk-sim-ok-two"})
    client = gateway.openai()
    for name, label in [("openai/gpt-5@openai:two", "two"), ("gpt-5@openai:one", "one"), ("gpt-5@openai:two", "two")]:
        completion = client.chat.completions.create(**{**HELLO, "model": name})
        assert completion.choices[0].message.content == f"Hello from {label}."
    assert {request["model"] for request in simulator.requests()} == {MODEL}
    assert simulator.counts() == {"one": 1, "two": 2}
