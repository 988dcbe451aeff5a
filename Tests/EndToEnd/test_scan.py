"""`models scan`: OpenRouter's free models, tried and made fallbacks; here the simulator is OpenRouter."""

import json
import os
import pty
import select
import socket
import subprocess
import time

import pytest

from programs import BUILD, GATEWAY

SCAN = ["models", "scan"]
TOOLS = {"openrouter/acme/llama-70b-instruct:free", "openrouter/acme/pixel-12b:free", "openrouter/zero/priced-30b",
         "openrouter/tiny/mini-1b:free", "openrouter/old/ancient-7b:free"}
IMAGES = ["openrouter/acme/pixel-12b:free"]


def prepare(start, simulator, profiles=None, **config):
    own = {"openrouter:work": "sk-sim-ok-work"} if profiles is None else profiles
    return start.prepare(own, providers={"openrouter": {"baseUrl": f"{simulator.url}/api/v1"}}, config=config)


def scanned(gateway, *words):
    result = gateway.command(*SCAN, "--json", *words)
    assert result.returncode == 0, result.stdout + result.stderr
    return json.loads(result.stdout)


def models_of(gateway):
    return json.loads(gateway.command("models", "status", "--json").stdout)


def test_the_best_become_fallbacks(start, simulator):
    gateway = prepare(start, simulator)
    done = gateway.command(*SCAN, "--yes")
    assert done.returncode == 0, done.stderr
    assert "Updated ~/state/agenticflow-enterprise.json" in done.stdout
    shown = models_of(gateway)
    # Those that see images go first; among the rest it is the clock that decides.
    assert shown["fallbacks"][0] == IMAGES[0] and set(shown["fallbacks"]) == TOOLS
    assert shown["imageFallbacks"] == IMAGES
    # No model was chosen: the built-in default stands.
    assert shown["resolvedDefault"] == "anthropic/claude-opus-4-5" and shown["imageModel"] is None
    assert set(shown["allowed"]) == TOOLS
    assert simulator.contraband() == {}
    paths = [(request["path"], request["label"]) for request in simulator.requests()]
    # The list without a credential; one question for each tool and each picture.
    assert paths.count(("/api/v1/models", "none")) == 1
    assert paths.count(("/api/v1/chat/completions", "work")) == 6 == len(paths) - 1


def test_what_was_there_stays(start, simulator):
    gateway = prepare(start, simulator)
    gateway.write_config(
        "// mine\n{ models: { providers: { openrouter: { baseUrl: '" + simulator.url + "/api/v1' } } },\n"
        "  agents: { defaults: { model: 'anthropic/claude-a', /* kept */ imageModel: { primary: 'openai/gpt-b' } } },\n"
        "  auth: { x: [1, 2,], }, }")
    assert gateway.command(*SCAN, "--yes", "--max-candidates", "2").returncode == 0
    text = gateway.config_path.read_text()
    assert text.startswith("// mine\n") and "/* kept */" in text and "auth: { x: [1, 2,], }," in text
    shown = models_of(gateway)
    assert (shown["resolvedDefault"], shown["imageModel"]) == ("anthropic/claude-a", "openai/gpt-b")
    assert len(shown["fallbacks"]) == 2 and shown["imageFallbacks"] == IMAGES


def test_the_best_may_become_the_default(start, simulator):
    gateway = prepare(start, simulator)
    answer = scanned(gateway, "--yes", "--set-default", "--set-image", "--max-candidates", "1")
    assert answer["selected"] == answer["selectedImages"] == IMAGES
    assert (answer["setDefault"], answer["setImage"], answer["warnings"]) == (True, True, [])
    shown = models_of(gateway)
    assert shown["resolvedDefault"] == shown["imageModel"] == IMAGES[0]


def test_what_goes_and_what_never_serves_is_told(start, simulator):
    gateway = prepare(start, simulator, agents={"defaults": {"model": {
        "primary": "anthropic/claude-sonnet-4-5", "fallbacks": ["anthropic/claude-haiku-4-5", IMAGES[0]]}}})
    done = gateway.command(*SCAN, "--yes", "--max-candidates", "1")
    assert done.returncode == 0, done.stderr
    back = "agenticflow-enterprise models fallbacks add anthropic/claude-haiku-4-5"
    assert f"Fallbacks that are gone: anthropic/claude-haiku-4-5. To have them back, run: {back}\n" in done.stderr
    assert "None of these fallbacks ever takes the place of anthropic/claude-sonnet-4-5." in done.stderr
    assert f"run: agenticflow-enterprise models set {IMAGES[0]}\n" in done.stderr
    assert gateway.command("doctor", "--lint", "--only", "model-fallback-idle").returncode == 1
    assert gateway.command(*back.split()[1:]).returncode == 0
    told = scanned(gateway, "--yes", "--max-candidates", "1")["warnings"]
    assert [word.split()[0] for word in told] == ["Fallbacks", "None"]
    # The second time there is nothing that goes, and nothing that is new.
    assert scanned(gateway, "--yes", "--max-candidates", "1")["warnings"] == []


def test_the_filters(start, simulator):
    gateway = prepare(start, simulator)

    def found(*words):
        return {entry["id"] for entry in scanned(gateway, "--no-probe", *words)["results"]}

    everything = {reference.removeprefix("openrouter/") for reference in TOOLS} | {"mute/words-22b:free"}
    assert found() == everything
    assert found("--min-params", "20") == {"acme/llama-70b-instruct:free", "zero/priced-30b", "mute/words-22b:free"}
    assert found("--max-age-days", "25") == {"acme/llama-70b-instruct:free", "zero/priced-30b"}
    assert found("--provider", "acme") == {"acme/llama-70b-instruct:free", "acme/pixel-12b:free"}
    assert found("--provider", "nobody") == set()


def unchanged(gateway, *words, code, said):
    before = gateway.config_path.read_bytes()
    result = gateway.command(*SCAN, *words)
    assert result.returncode == code, result.stdout + result.stderr
    assert said in result.stderr + result.stdout
    assert gateway.config_path.read_bytes() == before
    return result


def test_without_a_terminal_and_without_yes(start, simulator):
    unchanged(prepare(start, simulator), code=64, said="--yes")
    unchanged(prepare(start, simulator), "--json", code=64, said="--yes")
    assert simulator.total() == 0


def test_to_list_only(start, simulator):
    gateway = prepare(start, simulator)
    shown = unchanged(gateway, "--no-probe", code=0, said="acme/llama-70b-instruct:free")
    assert "paid/big-405b" not in shown.stdout
    assert [request["path"] for request in simulator.requests()] == ["/api/v1/models"]


def test_without_a_credential_the_list_alone(start, simulator):
    gateway = prepare(start, simulator, {})
    result = unchanged(gateway, "--yes", code=69, said="There is no usable credential for openrouter")
    assert "paste-api-key --provider openrouter" in result.stderr
    answer = json.loads(unchanged(gateway, "--yes", "--json", code=69, said="Nothing was tried").stdout)
    assert answer["error"] == "Nothing was tried, and nothing was changed."
    assert answer["selected"] == [] and len(answer["warnings"]) == 1 and len(answer["results"]) == 6


def test_a_rejected_credential_ends_it(start, simulator):
    gateway = prepare(start, simulator, {"openrouter:work": "sk-sim-401-work"})
    unchanged(gateway, "--yes", "--concurrency", "1", code=77, said="OpenRouter does not take the credential")
    assert simulator.counts() == {"none": 1, "work": 1}


def test_models_that_fail_are_not_chosen(start, simulator):
    simulator.rules({"model": "acme/pixel-12b:free", "fault": "500"}, {"model": "tiny/mini-1b:free", "fault": "429"})
    answer = scanned(prepare(start, simulator), "--yes")
    assert set(answer["selected"]) == TOOLS - {"openrouter/acme/pixel-12b:free", "openrouter/tiny/mini-1b:free"}
    assert answer["selectedImages"] == []
    tries = {entry["id"]: entry for entry in answer["results"]}
    assert tries["tiny/mini-1b:free"]["tool"]["error"].startswith("status 429")
    assert tries["mute/words-22b:free"]["tool"] == {"ok": False, "skipped": True, "error": "it takes no tools"}


def test_when_none_works_nothing_changes(start, simulator):
    simulator.rules({"endpoint": "/api/v1/chat/completions", "fault": "503"})
    unchanged(prepare(start, simulator), "--yes", code=69, said="No free model called the tool")


@pytest.mark.parametrize("fault", ["500", "garbage-head", "redirect-302", "stall", "gzip", "cut-plain"])
def test_a_list_that_cannot_be_had(start, simulator, fault):
    simulator.rules({"endpoint": "/api/v1/models", "fault": fault})
    unchanged(prepare(start, simulator), "--yes", "--timeout", "500", code=69, said="list of models could not be had")


def test_nobody_listens(start, simulator):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        gateway = start.prepare(providers={"openrouter": {"baseUrl": f"http://127.0.0.1:{taken.getsockname()[1]}/api/v1"}})
        unchanged(gateway, "--no-probe", code=69, said="could not connect to 127.0.0.1:")


@pytest.mark.parametrize(("words", "said"), [
    (["--max-candidates", "0"], "--max-candidates"), (["--timeout", "x"], "--timeout"),
    (["--concurrency", "0"], "--concurrency"), (["--min-params", "-1"], "--min-params"),
    (["--max-age-days", "-1"], "--max-age-days"), (["--no-probe", "--set-default"], "--no-probe"),
])
def test_flags_that_mean_nothing(start, simulator, words, said):
    assert said in unchanged(prepare(start, simulator), *words, code=64, said=said).stderr


def on_a_terminal(gateway, answers, *words):
    """Runs the scan on a terminal, and types an answer at each question."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [str(BUILD / GATEWAY), *SCAN, *words], stdin=follower, stdout=follower, stderr=follower, env=gateway.environment,
        cwd=gateway.folder, start_new_session=True)
    os.close(follower)
    shown, asked, deadline = b"", 0, time.monotonic() + 30
    while time.monotonic() < deadline:
        if not select.select([leader], [], [], 0.1)[0]:
            if process.poll() is not None:
                break
            continue
        try:
            shown += os.read(leader, 65536)
        except OSError:
            break
        if shown.count(b"]: ") > asked and asked < len(answers):
            os.write(leader, answers[asked].encode())
            asked += 1
    os.close(leader)
    return process.wait(10), shown.decode()


def test_on_a_terminal_that_is_not_to_be_asked_the_best_are_taken(start, simulator):
    gateway = prepare(start, simulator)
    code, shown = on_a_terminal(gateway, [], "--no-input")
    assert code == 0 and "]: " not in shown, shown
    assert models_of(gateway)["fallbacks"][0] == IMAGES[0] and models_of(gateway)["imageFallbacks"] == IMAGES


def test_on_a_terminal_somebody_chooses(start, simulator):
    gateway = prepare(start, simulator)
    code, shown = on_a_terminal(gateway, ["7\n", "2,1\n", "none\n"])
    assert code == 0, shown
    assert "Type numbers from 1 to 6" in shown
    listed = [line.split()[1] for line in shown.splitlines() if line[:2] in ("1.", "2.")]
    assert models_of(gateway)["fallbacks"] == [f"openrouter/{name}" for name in (listed[1], listed[0])]
    assert models_of(gateway)["imageFallbacks"] == []


@pytest.mark.parametrize("answer", ["none\n", "\x04"])
def test_on_a_terminal_somebody_declines(start, simulator, answer):
    gateway = prepare(start, simulator)
    before = gateway.config_path.read_bytes()
    code, shown = on_a_terminal(gateway, [answer])
    assert code >= 64 and "error:" in shown
    assert gateway.config_path.read_bytes() == before
