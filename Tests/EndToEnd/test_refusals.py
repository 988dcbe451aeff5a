"""What the gateway refuses by itself: status, stable code, the caller's dialect, and nothing reaches the upstream."""

import json

import pytest

from dialects import ALL, CHAT, MESSAGES, RESPONSES, Dialect
from gateway import TOKEN

COUNT = Dialect("messages", "anthropic", "/v1/messages/count_tokens", b"")
EMBEDDINGS = Dialect("chat", "openai", "/v1/embeddings", b"")
EVERY = [*ALL, COUNT, EMBEDDINGS]

each_endpoint = pytest.mark.parametrize("dialect", EVERY, ids=lambda dialect: dialect.path)


@pytest.fixture(scope="module")
def shared(start_once):
    simulator = start_once.simulator
    providers = {
        **simulator.providers(),
        "one": {"baseUrl": f"{simulator.url}/v1", "api": "openai-completions", "apiKey": "sk-sim-ok-one",
                "models": ["shared-model", "own-model"]},
        "two": {"baseUrl": f"{simulator.url}/v1", "api": "openai-completions", "apiKey": "sk-sim-ok-two",
                "models": [{"id": "shared-model"}]},
        "third": {"baseUrl": simulator.url, "api": "anthropic-messages", "apiKey": "sk-sim-ok-third",
                  "models": ["shared-model"]},
    }
    return start_once({"anthropic:work": "sk-sim-ok-work", "openai:work": "sk-sim-ok-work"}, providers=providers)


def check(gateway, simulator, dialect, body, status, code, kind=None, **options):
    answer = gateway.send(dialect.path, body, **options)
    found, found_code, message = dialect.error(answer.json)
    assert (answer.status, found_code) == (status, code), answer.text
    assert found == (kind or "invalid_request_error")
    assert answer.field("content-type") == "application/json"
    assert answer.field("x-agenticflow-request-id")
    if dialect.name == "messages":
        assert answer.json["request_id"] == answer.field("x-agenticflow-request-id")
    assert message.isprintable() and len(message) > 20
    assert simulator.total() == 0
    return message


BROKEN = {
    "nothing": b"",
    "blanks": b" \r\n ",
    "half": b'{"model":"m","messages":[',
    "a cut string": b'{"model":"m',
    "a list": b"[]",
    "a string": b'"model"',
    "null": b"null",
    "a trailing comma": b'{"model":"m",}',
    "single quotes": b"{'model':'m'}",
    "no quotes": b"{model:\"m\"}",
    "a comment": b'{"model":"m"/*no*/}',
    "two documents": b'{"model":"m"}{"model":"m"}',
    "something behind": b'{"model":"m"} x',
    "a byte order mark": b'\xef\xbb\xbf{"model":"m"}',
    "NaN": b'{"model":"m","temperature":NaN}',
    "a leading zero": b'{"model":"m","max_tokens":01}',
    "a plus": b'{"model":"m","max_tokens":+1}',
    "a bare point": b'{"model":"m","temperature":1.}',
    "a raw line feed in a string": b'{"model":"m\n"}',
    "a wrong escape": b'{"model":"\\x41"}',
    "a wrong bracket": b'{"model":"m","messages":[}',
    "a word": b'{"model":"m","stream":truth}',
    "binary": bytes(range(256)),
}


@pytest.mark.parametrize("case", BROKEN)
def test_invalid_json(shared, simulator, case):
    message = check(shared, simulator, MESSAGES, BROKEN[case], 400, "invalid_json")
    assert "not valid JSON" in message


@each_endpoint
def test_invalid_json_in_every_dialect(shared, simulator, dialect):
    check(shared, simulator, dialect, b"{", 400, "invalid_json")


TWICE = {
    "model": b'{"model":"%s","max_tokens":1,"model":"other"}',
    "the same value": b'{"model":"%s","model":"%s"}',
    "an escaped name": b'{"model":"%s","mod\\u0065l":"other"}',
    "another field": b'{"model":"%s","stream":false,"messages":[],"stream":true}',
    "an unknown field": b'{"model":"%s","x":1,"x":2}',
}


@each_endpoint
@pytest.mark.parametrize("case", TWICE)
def test_duplicate_field(shared, simulator, dialect, case):
    body = TWICE[case].replace(b"%s", dialect.model.encode())
    check(shared, simulator, dialect, body, 400, "duplicate_field")


@each_endpoint
@pytest.mark.parametrize("depth", [201, 100_000])
@pytest.mark.parametrize("pair", ["[]", "{}"])
def test_too_deep(shared, simulator, dialect, depth, pair):
    opening = "[" * depth if pair == "[]" else '{"a":' * (depth - 1) + "{"
    closing = pair[1] * depth
    body = f'{{"model":"{dialect.model}","deep":{opening}{closing}}}'.encode()
    check(shared, simulator, dialect, body, 400, "too_deep")


def test_as_deep_as_allowed(shared, simulator):
    body = {**MESSAGES.body(), "deep": 0}
    text = json.dumps(body).replace('"deep": 0', '"deep": ' + "[" * 199 + "]" * 199).encode()
    assert shared.send(MESSAGES.path, text).status == 200


@each_endpoint
@pytest.mark.parametrize(
    "value", ["{}", '{"models":"m"}', '{"model":null}', '{"model":5}', '{"model":["m"]}', '{"model":{"id":"m"}}',
              '{"messages":[{"model":"inner"}]}', '{"Model":"m"}', '{"model":""}',
              '{"model":"  "}'])
def test_model_missing(shared, simulator, dialect, value):
    check(shared, simulator, dialect, value.encode(), 400, "model_missing")


@each_endpoint
@pytest.mark.parametrize("model", ["nosuch/model", "/", "nosuch/a/b", "/gpt-5"])
def test_model_not_found(shared, simulator, dialect, model):
    kind = "not_found_error" if dialect.name == "messages" else "invalid_request_error"
    check(shared, simulator, dialect, {**dialect.body(), "model": model}, 404, "model_not_found", kind)


def test_a_model_that_no_credential_leads_to(start, simulator):
    gateway = start({"openai:work": "sk-sim-ok-work"})
    for model in ("claude-haiku-4-5", "never-heard-of"):
        check(gateway, simulator, MESSAGES, MESSAGES.body(model=model), 404, "model_not_found", "not_found_error")


def test_ambiguous_model(shared, simulator):
    for dialect in ALL:
        message = check(shared, simulator, dialect, dialect.body(model="shared-model"), 400, "ambiguous_model")
        assert "one/shared-model" in message and "two/shared-model" in message
    answer = shared.send(CHAT.path, CHAT.body(model="two/shared-model"))
    assert CHAT.text(answer) == "Hello from two."


def test_a_model_that_one_provider_offers_needs_no_prefix(shared, simulator):
    assert CHAT.text(shared.send(CHAT.path, CHAT.body(model="own-model"))) == "Hello from one."
    assert simulator.only_request()["model"] == "own-model"


@pytest.mark.parametrize(
    ("dialect", "model"),
    [(MESSAGES, "openai/gpt-5"), (CHAT, "anthropic/claude-haiku-4-5"), (RESPONSES, "one/own-model"),
     (COUNT, "openai/gpt-5"), (EMBEDDINGS, "anthropic/claude-haiku-4-5"), (RESPONSES, "anthropic/claude-haiku-4-5")],
    ids=str)
def test_unsupported_dialect(shared, simulator, dialect, model):
    check(shared, simulator, dialect, {**dialect.body(), "model": model}, 400, "unsupported_dialect")


@each_endpoint
@pytest.mark.parametrize("provider", ["google", "amazon-bedrock", "github-copilot", "azure-openai"])
def test_unsupported_provider(shared, simulator, dialect, provider):
    check(shared, simulator, dialect, {**dialect.body(), "model": f"{provider}/any"}, 400, "unsupported_provider")


@each_endpoint
def test_no_credential(start, simulator, dialect):
    gateway = start()
    check(
        gateway, simulator, dialect, {**dialect.body(), "model": f"{dialect.provider}/{dialect.model}"},
        503, "no_credential", "api_error" if dialect.name == "messages" else "server_error")


@each_endpoint
def test_missing_client_token(shared, simulator, dialect):
    message = check(
        shared, simulator, dialect, dialect.body(), 401, "missing_client_token", "authentication_error", token=None)
    assert message.endswith("agenticflow-enterprise gateway token --show")


WRONG = {
    "another": [("Authorization", "Bearer agw_wrong")],
    "one character less": [("Authorization", f"Bearer {TOKEN[:-1]}")],
    "one character more": [("Authorization", f"Bearer {TOKEN}1")],
    "its start": [("x-api-key", TOKEN[:20])],
    "another case": [("x-api-key", TOKEN.upper())],
    "no scheme": [("Authorization", TOKEN)],
    "basic": [("Authorization", f"Basic {TOKEN}")],
    "empty": [("Authorization", "Bearer ")],
    "blank": [("x-api-key", " ")],
    "quoted": [("x-api-key", f'"{TOKEN}"')],
    "a provider's key": [("x-api-key", "sk-sim-ok-work")],
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_client_token(shared, simulator, case):
    check(
        shared, simulator, MESSAGES, MESSAGES.body(), 401, "wrong_client_token", "authentication_error", token=None,
        fields=WRONG[case])


@pytest.mark.parametrize("where", ["/v1/messages?token={}", "/v1/messages?key={}", "/v1/messages?api_key={}"])
def test_a_token_in_the_address_does_not_count(shared, simulator, where):
    answer = shared.send(where.format(TOKEN), MESSAGES.body(), token=None)
    assert (answer.status, answer.code) == (401, "missing_client_token")
    assert TOKEN not in shared.program.stderr
    assert simulator.total() == 0


CLOSED = ["/healthz", "/metrics", "/v1/models", "/api/v1/status", "/api/v1/explain", "/", "/nowhere", "/v1", "/api", "//livez"]


@pytest.mark.parametrize("path", CLOSED)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
def test_every_other_route_is_closed(shared, path, method):
    for fields in ([], [("x-api-key", "wrong")]):
        answer = shared.send(path, token=None, method=method, fields=fields)
        assert answer.status == 401, answer.raw
        assert answer.code in ("missing_client_token", "wrong_client_token")


def test_the_open_routes_say_nothing_else(shared):
    assert shared.send("/livez", token=None).json == {"status": "live"}
    assert shared.send("/readyz", token=None).json == {"status": "ready"}


@each_endpoint
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_another_method(shared, simulator, dialect, method):
    answer = shared.send(dialect.path, method=method)
    assert (answer.status, answer.field("allow")) == (405, "POST")
    assert dialect.error(answer.json)[1] == "method_not_allowed"
    assert simulator.total() == 0


def test_head_on_a_model_route_is_refused_without_a_body(shared):
    with shared.connect() as connection:
        connection.send(shared.request(MESSAGES.path, method="HEAD"))
        answer = connection.answer(to_head=True)
        assert answer.status == 405
        assert connection.ending == "fin"


@pytest.mark.parametrize("path", ["/nowhere", "/v1/complete", "/v1/messages/", "/v1/messages/batches", "/api/v1/nothing"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_unknown_paths(shared, simulator, path, method):
    answer = shared.send(path, method=method)
    assert answer.status == 404
    assert answer.code == "not_found"
    assert simulator.total() == 0


def test_the_path_is_taken_literally(shared, simulator):
    for path in ("/v1/../v1/messages", "/v1/%6dessages", "/V1/messages", "/v1/messages%00", "/v1//messages", "/v1/messages/.."):
        assert shared.send(path, MESSAGES.body()).status == 404, path
    assert simulator.total() == 0


def test_a_query_does_not_reach_the_upstream(shared, simulator):
    answer = shared.send("/v1/messages?beta=true&x=1", MESSAGES.body())
    assert MESSAGES.text(answer) == "Hello from work."
    assert simulator.only_request()["path"] == "/v1/messages"


def test_a_request_cannot_choose_the_host(shared, simulator):
    """Fields that some gateways obey (CVE-2024-6587) mean nothing here (hazards T24)."""
    body = {
        **CHAT.body(), "api_base": "http://127.0.0.1:1", "base_url": "http://127.0.0.1:1", "api_key": "sk-other",
        "user_config": {"api_base": "http://127.0.0.1:1"}, "extra_headers": {"authorization": "Bearer x"}}
    answer = shared.send(
        CHAT.path, body, fields=[("x-forwarded-host", "127.0.0.1:1"), ("forwarded", "host=127.0.0.1:1"),
                                 ("x-agenticflow-base-url", "http://127.0.0.1:1")])
    assert CHAT.text(answer) == "Hello from work."
    assert simulator.counts() == {"work": 1}


@pytest.mark.parametrize("agent", ["nobody", "../main", "MAIN ", "a" * 300])
def test_an_agent_that_is_not_there(shared, simulator, agent):
    answer = shared.send(MESSAGES.path, MESSAGES.body(), fields=[("x-agenticflow-agent", agent)])
    assert answer.status in (400, 404), answer.text
    assert simulator.total() == 0
