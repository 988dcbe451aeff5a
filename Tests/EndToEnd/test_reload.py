"""Changes of the files take effect under the running gateway; a file that cannot be read takes nothing away."""

import json
import os

import pytest

from dialects import CHAT, MESSAGES, RESPONSES
from gateway import TOKEN, replace, store
from polling import eventually
from simulator import Simulator

NEXT_TOKEN = "agw_anotherTokenForTheSameGatewayOfTheTests2"

def served_by(gateway, dialect, label, **options):
    """Waits until requests are answered by that credential."""
    eventually(lambda: dialect.ask(gateway, **options)[0].startswith(f"Hello from {label}."), f"an answer from {label}")


@pytest.mark.parametrize("dialect", [MESSAGES, RESPONSES], ids=str)
def test_a_stream_stays_whole_while_everything_changes_around_it(start, simulator, dialect):
    provider = dialect.provider
    one, two = f"{provider}:one", f"{provider}:two"
    gateway = start({one: "sk-sim-ok-one", two: "sk-sim-ok-two"}, order={provider: [one]})
    # It outlasts the changes: it is held until the test lets it end.
    simulator.rules({"label": "one", "fault": "slow-stream", "parameters": {"events": 150, "microseconds": 50_000}})
    with gateway.connect() as connection:
        connection.send(gateway.request(dialect.path, dialect.body(stream=True)))
        first = connection.answer(so_far=lambda body: b"Hello" in body)
        simulator.rules()

        # The order changes …
        gateway.write_store({one: "sk-sim-ok-one", two: "sk-sim-ok-two"}, {provider: [two]})
        served_by(gateway, dialect, "two")
        # … the stream's own key is replaced …
        gateway.write_store({one: "sk-sim-ok-renewed", two: "sk-sim-ok-two"}, {provider: [one]})
        served_by(gateway, dialect, "renewed")
        # … its profile goes away …
        gateway.write_store({two: "sk-sim-ok-two"})
        served_by(gateway, dialect, "two")
        # … the configuration gets an alias, and a limit …
        gateway.config["agents"] = {"defaults": {"models": {f"{provider}/{dialect.model}": {"alias": "team/pet"}}}}
        gateway.config["gateway"]["limits"] = {"maxBodyBytes": 4096}
        gateway.write_config(gateway.config)
        eventually(lambda: is_served(gateway, dialect, "team/pet"), "the alias")
        assert gateway.send(dialect.path, dialect.body(text="x" * 5000)).code == "body_too_large"
        # … and so does the environment file.
        gateway.write_store({})
        gateway.write_dotenv({f"{provider.upper()}_API_KEY": "sk-sim-ok-dotenv"})
        served_by(gateway, dialect, "dotenv")

        # The stream, which began before all that, goes on and ends complete.
        assert [entry["outcome"] for entry in simulator.requests() if entry["label"] == "one"][0] == "open"
        rest, chunks = read_chunks(connection)
        assert chunks[-1] == 0
        whole = first.body + rest
        assert dialect.terminal in whole
        assert b" 150" in whole
    health = gateway.health()
    assert (health["status"], health["problems"]) == ("ok", [])


def read_chunks(connection):
    """The rest of a chunked answer that was left between two chunks."""
    body, chunks = b"", []
    line = connection._line()
    if not line:
        line = connection._line()
    while True:
        chunks.append(int(line, 16))
        if chunks[-1] == 0:
            assert connection._line() == b""
            return body, chunks
        body += connection._exactly(chunks[-1])
        assert connection._exactly(2) == b"\r\n"
        line = connection._line()


def is_served(gateway, dialect, model):
    return gateway.send(dialect.path, dialect.body(model=model)).status == 200


def test_a_replaced_key_is_not_held_to_what_the_old_one_did(start, simulator):
    gateway = start({"anthropic:only": "sk-sim-401-old"})
    assert gateway.send(MESSAGES.path, MESSAGES.body()).status == 503
    assert gateway.credential("anthropic:only")["code"] == "disabled_auth"

    gateway.write_store({"anthropic:only": "sk-sim-ok-new"})

    eventually(lambda: is_served(gateway, MESSAGES, MESSAGES.model), "the new key")
    assert simulator.counts()["old"] == 1


def dotenv(gateway, key):
    gateway.write_dotenv({"ANTHROPIC_API_KEY": key})


def inline(gateway, key):
    gateway.config["models"]["providers"]["anthropic"]["apiKey"] = key
    gateway.write_config(gateway.config)


@pytest.mark.parametrize("place", [dotenv, inline], ids=lambda place: place.__name__)
def test_nor_is_a_replaced_key_outside_the_store(start, simulator, place):
    gateway = start()
    place(gateway, "sk-sim-401-old")
    eventually(lambda: gateway.send(MESSAGES.path, MESSAGES.body()) and simulator.counts() == {"old": 1}, "the old key")

    place(gateway, "sk-sim-ok-new")

    eventually(lambda: is_served(gateway, MESSAGES, MESSAGES.model), "the new key")
    assert simulator.counts()["old"] == 1


def test_another_token(start, simulator):
    gateway = start({"anthropic:work": "sk-sim-ok-work"})
    gateway.config["gateway"]["auth"]["token"] = NEXT_TOKEN
    gateway.write_config(gateway.config)

    eventually(lambda: gateway.send("/healthz", token=NEXT_TOKEN).status == 200, "the new token")
    answer = gateway.send("/healthz", token=TOKEN)
    assert (answer.status, answer.code) == (401, "wrong_client_token")


def test_another_place(start, simulator, tmp_path):
    gateway = start({"openai:work": "sk-sim-ok-work"})
    assert CHAT.ask(gateway)[0] == "Hello from work."
    other = Simulator(tmp_path / "other")
    try:
        gateway.config["models"]["providers"] = other.providers()
        gateway.write_config(gateway.config)
        eventually(lambda: CHAT.ask(gateway) and other.total() > 0, "a request at the other place")
        before = simulator.total()
        CHAT.ask(gateway)
        assert simulator.total() == before
    finally:
        other.stop()


def test_comments_and_unknown_keys_of_the_configuration_do_no_harm(start, simulator):
    gateway = start({"anthropic:work": "sk-sim-ok-work"})
    gateway.write_config(
        f"// The gateway of the tests.\n{{ gateway: {{ auth: {{ token: '{TOKEN}', }}, mode: 'local', }},\n"
        f"  models: {{ providers: {{ anthropic: {{ baseUrl: '{simulator.url}' }} }} }},\n"
        "  somethingNew: { a: [1, 2,], }, agents: { defaults: { models: {\n"
        "    'anthropic/claude-haiku-4-5': { alias: 'team/pet' } } } } }\n")
    eventually(lambda: is_served(gateway, MESSAGES, "team/pet"), "the alias")
    assert gateway.health()["status"] == "ok"


# Files that cannot be read.


def truncated(path):
    replace(path, path.read_text()[:-20])


def emptied(path):
    replace(path, "")


def newer(path):
    replace(path, json.dumps({**json.loads(path.read_text()), "version": 99}))


def no_object(path):
    replace(path, "[]")


def garbage(path):
    beside = path.with_name("beside")
    beside.write_bytes(bytes(range(256)) * 4)
    beside.chmod(0o600)
    os.rename(beside, path)


def a_directory(path):
    path.rename(path.with_name("away"))
    path.mkdir(mode=0o700)


def a_symbolic_link(path):
    path.rename(path.with_name("away"))
    path.symlink_to(path.with_name("away"))


def in_place(path):
    """As a careless program writes it: the old file is cut to nothing first, and stays so."""
    with open(path, "r+b") as file:
        file.truncate(0)


STORES = [truncated, emptied, newer, no_object, garbage, a_directory, a_symbolic_link, in_place]


def contents(path):
    return path.read_bytes() if path.is_file() else None


@pytest.mark.parametrize("spoil", STORES, ids=lambda spoil: spoil.__name__)
def test_a_store_that_cannot_be_read_takes_nothing_away(start, simulator, spoil):
    good = {"anthropic:work": "sk-sim-ok-work"}
    gateway = start(good)
    assert MESSAGES.ask(gateway)[0] == "Hello from work."

    spoil(gateway.store_path)
    left = contents(gateway.store_path)

    problems = eventually(lambda: gateway.health()["problems"], "the problem in /healthz")
    assert gateway.health()["status"] == "degraded"
    assert str(gateway.store_path) in problems[0] and "stays in use" in problems[0]
    assert "sk-sim" not in " ".join(problems)
    # It goes on with what it last knew, also after having something to record.
    for _ in range(3):
        assert MESSAGES.ask(gateway)[0] == "Hello from work."
    # What lies there is left alone, never replaced by an empty one.
    assert contents(gateway.store_path) == left
    assert [event["problem"] for event in gateway.program.events() if event.get("event") == "problem"] == problems

    # Mended, it is read again.
    if gateway.store_path.is_dir() and not gateway.store_path.is_symlink():
        gateway.store_path.rmdir()
    gateway.write_store({"anthropic:work": "sk-sim-ok-mended"})
    served_by(gateway, MESSAGES, "mended")
    assert gateway.health()["problems"] == []


def test_a_store_that_goes_away_is_taken_at_its_word(start, simulator):
    """A missing file is no unreadable one: every profile was removed."""
    gateway = start({"anthropic:work": "sk-sim-ok-work"}, dotenv={"ANTHROPIC_API_KEY": "sk-sim-ok-dotenv"})
    gateway.store_path.unlink()
    served_by(gateway, MESSAGES, "dotenv")


@pytest.mark.parametrize("spoil", [newer, truncated, garbage], ids=lambda spoil: spoil.__name__)
def test_a_gateway_starts_beside_a_store_that_it_cannot_read(start, simulator, spoil):
    gateway = start.prepare({"anthropic:work": "sk-sim-ok-work"})
    spoil(gateway.store_path)
    left = contents(gateway.store_path)
    gateway.start()

    assert str(gateway.store_path) in gateway.health()["problems"][0]
    answer = gateway.send(MESSAGES.path, MESSAGES.body(model="anthropic/claude-haiku-4-5"))
    assert (answer.status, answer.code) == (503, "no_credential")
    assert contents(gateway.store_path) == left
    gateway.write_store({"anthropic:work": "sk-sim-ok-work"})
    eventually(lambda: is_served(gateway, MESSAGES, MESSAGES.model), "the mended store")


def bad_syntax(gateway):
    gateway.write_config("{ gateway: { auth: ")


def no_object_at_all(gateway):
    gateway.write_config("[1, 2]")


def gone(gateway):
    gateway.config_path.unlink()


def nothing_in_it(gateway):
    gateway.write_config("")


@pytest.mark.parametrize(
    "spoil", [bad_syntax, no_object_at_all, gone, nothing_in_it], ids=lambda spoil: spoil.__name__)
def test_a_configuration_that_cannot_be_read_takes_nothing_away(start, simulator, spoil):
    gateway = start(
        {"anthropic:work": "sk-sim-ok-work"},
        config={"agents": {"defaults": {"models": {"anthropic/claude-haiku-4-5": {"alias": "team/pet"}}}}})
    spoil(gateway)

    problems = eventually(lambda: gateway.health()["problems"], "the problem in /healthz")
    assert str(gateway.config_path) in problems[0] and "stays in use" in problems[0]
    # The token, the place of the provider and the alias are as they were.
    assert MESSAGES.ask(gateway, model="team/pet")[0] == "Hello from work."

    gateway.write_config(gateway.config)
    eventually(lambda: gateway.health()["problems"] == [], "the mended configuration")


def test_a_value_that_makes_no_sense_is_reported_and_the_rest_is_used(start, simulator):
    gateway = start({"anthropic:work": "sk-sim-ok-work"})
    gateway.config["gateway"]["limits"] = {"maxBodyBytes": "plenty", "maxAttempts": 3}
    gateway.config["agents"] = {"defaults": {"models": {"anthropic/claude-haiku-4-5": {"alias": "team/pet"}}}}
    gateway.write_config(gateway.config)

    problems = eventually(lambda: gateway.health()["problems"], "the problem in /healthz")
    assert any("gateway.limits.maxBodyBytes" in problem for problem in problems)
    assert is_served(gateway, MESSAGES, "team/pet")


def test_a_broken_line_of_the_environment_file_is_reported_and_the_rest_is_used(start, simulator):
    gateway = start()
    replace(gateway.dotenv_path, "this is no line\nANTHROPIC_API_KEY=sk-sim-ok-dotenv\n")

    served = eventually(lambda: gateway.health()["problems"], "the problem in /healthz")
    assert str(gateway.dotenv_path) in served[0] and "line 1" in served[0]
    served_by(gateway, MESSAGES, "dotenv")


def test_an_entry_that_is_not_understood_is_passed_over(start, simulator):
    gateway = start({"anthropic:work": "sk-sim-ok-work"})
    book = store({"anthropic:work": "sk-sim-ok-still"})
    book["profiles"]["anthropic:odd"] = {"type": "hologram", "provider": "anthropic", "beam": "sk-sim-ok-odd"}
    book["future"] = {"a": 1}
    replace(gateway.store_path, json.dumps(book))

    served_by(gateway, MESSAGES, "still")
    assert json.loads(gateway.store_path.read_text()) == book
