"""Probes: the command line asks the providers itself, beside a running gateway or without one."""

import json
import socket
import threading
import time

import pytest

import leaks
from dialects import MESSAGES, MODELS
from gateway import replace, store
from polling import eventually
from simulator import Simulator

CANARY = "sk-ant-api03-CanaryOfTheProbes0123456789CanaryOfTheProbes"
PROBE = ["models", "status", "--probe"]


def probed(gateway, *words, code=0, environment=None):
    result = gateway.command(*PROBE, "--json", *words, environment=environment)
    assert result.returncode == code, result.stdout + result.stderr
    return json.loads(result.stdout)["auth"]["probes"]


def by_profile(probes):
    return {entry["profileId"]: entry for entry in probes["results"]}


def test(gateway, profile, *words):
    """Exit code and JSON of `models auth test`."""
    result = gateway.command("models", "auth", "test", profile, "--json", *words)
    return result.returncode, json.loads(result.stdout)


test.__test__ = False

WANTED = {
    "ok": ("ok", "ok", None),
    "401": ("rejected", "auth", "auth"),
    "401-revoked": ("rejected", "auth", "auth_permanent"),
    "403": ("rejected", "auth", "auth"),
    "402": ("rejected", "billing", "billing"),
    "429": ("could_not_ask", "rate_limit", "rate_limit"),
    "500": ("could_not_ask", "unknown", "server_error"),
    "502-html": ("could_not_ask", "timeout", "timeout"),
    "529": ("could_not_ask", "unknown", "overloaded"),
    "redirect-302": ("could_not_ask", "format", "redirect"),
    "garbage-head": ("could_not_ask", "format", "protocol"),
    "empty": ("could_not_ask", "unknown", "closed"),
    "cut-plain": ("could_not_ask", "unknown", "closed"),
    "gzip": ("could_not_ask", "format", "encoding"),
}


@pytest.mark.parametrize("is_running", [True, False], ids=["beside-a-gateway", "alone"])
@pytest.mark.parametrize("mode", ["metadata", "completion"])
def test_three_answers_that_are_never_mixed_up(start, simulator, is_running, mode):
    gateway = start.prepare({f"anthropic:p{fault}": f"sk-sim-{fault}-{fault}" for fault in WANTED})
    if is_running:
        gateway.start()
    probes = probed(gateway, "--probe-mode", mode, "--probe-concurrency", "8")

    found = by_profile(probes)
    assert {fault: (found[f"anthropic:p{fault}"]["finding"], found[f"anthropic:p{fault}"]["status"],
                    found[f"anthropic:p{fault}"].get("reasonCode")) for fault in WANTED} == WANTED
    assert probes["totalTargets"] == len(WANTED)
    assert list(probes) == ["startedAt", "finishedAt", "durationMs", "totalTargets", "options", "results"]
    assert probes["options"] == {
        "provider": None, "profileIds": [], "timeoutMs": 8000, "concurrency": 8, "maxTokens": 8, "mode": mode}
    assert probes["finishedAt"] - probes["startedAt"] == pytest.approx(probes["durationMs"], abs=1)
    assert abs(probes["startedAt"] / 1000 - time.time()) < 60
    assert probes["options"] == {
        "provider": None, "profileIds": [], "timeoutMs": 8000, "concurrency": 8, "maxTokens": 8, "mode": mode}
    # One question for each, whatever it says; nothing is followed.
    assert simulator.counts() == {fault: 1 for fault in WANTED}
    assert simulator.contraband() == {}
    paths = {request["path"].partition("?")[0] for request in simulator.requests()}
    assert paths == {"/v1/models" if mode == "metadata" else "/v1/messages"}


def test_a_completion_is_as_short_as_asked_for(start, simulator):
    gateway = start.prepare({"anthropic:work": "sk-sim-ok-work"})
    found = by_profile(probed(gateway, "--probe-mode", "completion"))["anthropic:work"]
    assert found["model"].startswith("anthropic/claude-")
    assert simulator.only_request()["bytesIn"] < 200


def test_a_configured_model_is_what_a_completion_asks_for(start, simulator):
    gateway = start.prepare(
        {"openai:work": "sk-sim-ok-work"}, config={"agents": {"defaults": {"model": {"primary": "openai/gpt-mine"}}}})
    probed(gateway, "--probe-mode", "completion")
    assert simulator.only_request()["model"] == "gpt-mine"


def test_setup_tokens_and_what_no_request_would_use_are_not_asked(start, simulator):
    gateway = start.prepare(
        {
            "anthropic:subscription": {
                "type": "token", "provider": "anthropic", "token": "sk-ant-oat01-" + "s" * 90},
            "anthropic:old": {"type": "token", "provider": "anthropic", "token": "sk-sim-ok-old", "expires": 1000},
            "anthropic:spare": "sk-sim-ok-spare", "anthropic:work": "sk-sim-ok-work",
            "anthropic:far": {"type": "api_key", "provider": "anthropic",
                              "keyRef": {"source": "env", "provider": "default", "id": "NOT_SET_ANYWHERE"}},
        },
        order={"anthropic": ["anthropic:work", "anthropic:subscription", "anthropic:old", "anthropic:far"]})
    found = by_profile(probed(gateway))
    assert {name: entry.get("reasonCode") for name, entry in found.items()} == {
        "anthropic:subscription": "needs_vendor_cli", "anthropic:old": "expired",
        "anthropic:spare": "excluded_by_auth_order", "anthropic:work": None, "anthropic:far": "unresolved_ref"}
    assert all(entry["status"] == "unknown" for name, entry in found.items() if name != "anthropic:work")
    assert found["anthropic:spare"]["error"] == "Excluded by auth.order for this provider."
    assert found["anthropic:old"]["error"].startswith("Auth profile credentials are missing or expired.\n↳ Auth reason [expired]: ")
    assert simulator.counts() == {"work": 1}
    assert simulator.record()["contraband"]["setupTokens"] == 0

    code, entry = test(gateway, "anthropic:subscription")
    assert (code, entry["finding"], entry["reasonCode"]) == (65, "not_asked", "needs_vendor_cli")
    # Named outright, an order does not matter.
    assert test(gateway, "anthropic:spare")[0] == 0
    assert simulator.record()["contraband"]["setupTokens"] == 0


def test_keys_of_the_environment_and_the_configuration_are_targets_too(start, simulator):
    providers = simulator.providers()
    providers["openai"]["apiKey"] = "sk-sim-ok-configured"
    gateway = start.prepare({"anthropic:work": "sk-sim-ok-work"}, providers=providers,
                            dotenv={"ANTHROPIC_API_KEYS": "sk-sim-ok-first,sk-sim-401-second"})
    found = by_profile(probed(gateway))
    assert {name: (entry["source"], entry["finding"]) for name, entry in found.items()} == {
        "anthropic:work": ("profile", "ok"), "anthropic:env": ("env", "ok"), "anthropic:env-2": ("env", "rejected"),
        "openai:config": ("models.json", "ok")}


def test_the_flags_choose(start, simulator):
    gateway = start.prepare({f"anthropic:{n}": f"sk-sim-ok-{n}" for n in "abc"} | {"openai:d": "sk-sim-ok-d"})
    assert set(by_profile(probed(gateway, "--probe-provider", "openai"))) == {"openai:d"}
    chosen = probed(gateway, "--probe-profile", "anthropic:a,anthropic:c", "--probe-profile", "openai:d")
    assert set(by_profile(chosen)) == {"anthropic:a", "anthropic:c", "openai:d"}
    assert probed(gateway, "--probe-provider", "mistral")["results"] == []

    unknown = gateway.command(*PROBE, "--probe-profile", "anthropic:aa")
    assert unknown.returncode == 65 and "Did you mean anthropic:a?" in unknown.stderr
    for words, said in [
        (["--probe", "--probe-timeout", "0"], "--probe-timeout must be a positive number"),
        (["--probe", "--probe-concurrency", "-1"], "--probe-concurrency"),
        (["--probe", "--probe-max-tokens", "x"], "--probe-max-tokens"),
        (["--probe", "--plain"], "--probe or --plain"),
        (["--probe-mode", "completion"], "--probe-mode only has a meaning with --probe"),
    ]:
        refused = gateway.command("models", "status", *words)
        assert (refused.returncode, refused.stdout) == (64, ""), refused.stdout
        assert said in refused.stderr


def test_check_counts_a_rejection_and_nothing_else(start, simulator):
    gateway = start.prepare({"anthropic:a": "sk-sim-ok-a", "anthropic:b": "sk-sim-429-b"})
    assert gateway.command(*PROBE, "--check").returncode == 0
    gateway.write_store({"anthropic:a": "sk-sim-ok-a", "anthropic:b": "sk-sim-401-b"})
    assert gateway.command(*PROBE, "--check").returncode == 1
    # A rejection by itself puts nothing aside.
    assert gateway.command("models", "status", "--check").returncode == 0


def test_for_people(start, simulator):
    gateway = start.prepare({"anthropic:bad": "sk-sim-401-bad", "anthropic:good": "sk-sim-ok-good"})
    shown = gateway.command(*PROBE).stdout
    table = shown[shown.index("\nAuth probes\n"):].splitlines()[2:]
    assert table[0].split() == ["Model", "Profile", "Status"]
    assert table[1].startswith("anthropic (metadata)  anthropic:bad   auth · ")
    assert table[2] == "  ↳ Anthropic rejected the credential anthropic:bad."
    assert table[3].startswith("  status 401: ")
    assert table[4].endswith("paste-api-key --provider anthropic --profile-id anthropic:bad --agent main")
    assert table[5].startswith("anthropic (metadata)  anthropic:good  ok · ")
    assert table[6].startswith("Probed 2 targets in ")
    nobody = start.prepare()
    assert nobody.command(*PROBE).stdout.endswith("Auth probes\nNo probe targets.\n")


# What stands in the way.


def asked_in_vain(start, base, wanted, **provider):
    gateway = start.prepare({"anthropic:work": CANARY}, providers={"anthropic": {"baseUrl": base, **provider}})
    result = gateway.command("models", "auth", "test", "anthropic:work", "--timeout", "1500")
    assert result.returncode == 69, result.stderr
    assert "anthropic:work: could not ask Anthropic." in result.stderr and "fix:" in result.stderr
    assert leaks.find({"canary": CANARY}, (result.stdout + result.stderr).encode()) == []
    assert by_profile(probed(gateway, "--probe-timeout", "1500"))["anthropic:work"]["reasonCode"] == wanted


def test_nobody_listens(start, simulator):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        asked_in_vain(start, f"http://127.0.0.1:{taken.getsockname()[1]}", "connection")


def test_a_name_that_leads_nowhere(start, simulator):
    asked_in_vain(start, "https://no-such-host.invalid", "dns")


@pytest.mark.parametrize("address", ["169.254.169.254", "[fe80::1]", "100.100.100.200"])
def test_no_credential_goes_to_a_metadata_service(start, simulator, address):
    gateway = start.prepare({"anthropic:work": CANARY}, providers={"anthropic": {"baseUrl": f"https://{address}"}})
    result = gateway.command("models", "auth", "test", "anthropic:work", "--timeout", "1000")
    # Refused with the configuration, or when it is connected; it never works.
    assert result.returncode in (65, 69, 78) or address not in result.stderr


@pytest.fixture
def serve(tmp_path):
    running = []

    def begin(identity):
        running.append(Simulator(tmp_path / f"tls-{len(running)}", tls=identity))
        return running[-1]

    yield begin
    for simulator in running:
        simulator.stop()


def test_a_certificate_of_an_unknown_authority(start, serve, authority):
    upstream = serve(authority.issue("unknown"))
    asked_in_vain(start, upstream.url.replace("127.0.0.1", "localhost"), "tls")
    assert upstream.total() == 0


def test_a_certificate_of_another_name(start, serve, authority):
    upstream = serve(authority.issue("elsewhere-probed", names="DNS:elsewhere.example,IP:127.0.0.1,IP:::1"))
    base = upstream.url.replace("127.0.0.1", "localhost")
    asked_in_vain(start, base, "tls", caFile=str(authority.certificate))
    assert upstream.total() == 0


def test_with_the_authority_s_file_it_is_asked(start, serve, authority):
    upstream = serve(authority.issue("probed"))
    gateway = start.prepare(
        {"anthropic:work": "sk-sim-ok-work"}, providers=upstream.providers("localhost", caFile=str(authority.certificate)))
    assert test(gateway, "anthropic:work")[1]["finding"] == "ok"
    assert upstream.counts() == {"work": 1}


def test_an_authority_s_file_that_is_none(start, simulator, tmp_path):
    nothing = tmp_path / "nothing.pem"
    nothing.write_text("nothing")
    asked_in_vain(start, "https://localhost:1", "ca_file", caFile=str(nothing))


def in_time(gateway, milliseconds):
    began = time.monotonic()
    result = gateway.command("models", "auth", "test", "anthropic:work", "--timeout", str(milliseconds), "--json")
    took = time.monotonic() - began
    assert result.returncode == 69, result.stdout + result.stderr
    entry = json.loads(result.stdout)
    assert (entry["status"], entry["reasonCode"]) == ("timeout", "deadline")
    assert milliseconds / 1000 <= took <= milliseconds / 1000 * 1.2 + 0.2
    assert milliseconds <= entry["latencyMs"] <= milliseconds * 1.2


@pytest.mark.parametrize("fault", ["stall", "stall-after-head", "stall-after-text"])
def test_the_time_to_wait_is_kept(start, simulator, fault):
    in_time(start.prepare({"anthropic:work": f"sk-sim-{fault}-work"}), 1000)


class Dripping:
    """Accepts, and then sends one byte of a head now and again, or never one."""

    def __init__(self, drips):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.drips = drips
        self.kept = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            connection, _ = self.listener.accept()
            self.kept.append(connection)
            if self.drips:
                threading.Thread(target=self._drip, args=(connection,), daemon=True).start()

    def _drip(self, connection):
        try:
            for byte in b"HTTP/1.1 200 OK\r\nx-slow: " + b"a" * 10000:
                connection.sendall(bytes([byte]))
                time.sleep(0.05)
        except OSError:
            pass


@pytest.mark.parametrize(("scheme", "drips"), [("https", False), ("http", True)])
def test_the_time_to_wait_is_for_everything(start, simulator, scheme, drips):
    port = Dripping(drips).listener.getsockname()[1]
    in_time(start.prepare(
        {"anthropic:work": "sk-sim-ok-work"}, providers={"anthropic": {"baseUrl": f"{scheme}://127.0.0.1:{port}"}}), 1000)


def test_so_many_at_once_and_no_more(start, simulator):
    """Eight that stall for half a second, four at once: two rounds."""
    gateway = start.prepare({f"anthropic:n{n}": f"sk-sim-stall-n{n}" for n in range(8)})
    for at_once, rounds in [(8, 1), (4, 2)]:
        duration = probed(gateway, "--probe-timeout", "500", "--probe-concurrency", str(at_once))["durationMs"]
        assert rounds * 500 <= duration <= rounds * 500 * 1.3 + 200


def test_no_proxy_of_the_environment_is_used(start, simulator):
    gateway = start.prepare({"anthropic:work": "sk-sim-ok-work"})
    nowhere = {name: "http://127.0.0.1:1" for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY")}
    assert by_profile(probed(gateway, environment=nowhere))["anthropic:work"]["finding"] == "ok"


def test_a_provider_that_repeats_the_secret_does_not_show_it(start, simulator):
    simulator.rules({"credential": CANARY, "label": "canary", "fault": "401",
                     "parameters": {"message": f"Incorrect key {CANARY}, {CANARY[10:40]}\x1b[31m"}})
    gateway = start.prepare({"anthropic:work": CANARY})
    for words in (["models", "auth", "test", "anthropic:work"], ["models", "auth", "test", "anthropic:work", "--json"],
                  PROBE, [*PROBE, "--json"]):
        result = gateway.command(*words)
        output = (result.stdout + result.stderr).encode()
        assert leaks.find({"canary": CANARY}, output) == []
        assert b"\x1b" not in output
        assert b"[redacted]" in output


def test_of_another_agent(start, simulator):
    gateway = start.prepare({"openai:main": "sk-sim-ok-main"}, config={"agents": {"list": [{"id": "main"}, {"id": "coder"}]}})
    replace(gateway.state / "agents/coder/agent/auth-profiles.json", json.dumps(store({"openai:own": "sk-sim-401-own"})))
    code, said = test(gateway, "openai:own", "--agent", "coder")
    assert (code, said["agentId"], said["finding"]) == (77, "coder", "rejected")
    assert "--agent coder" in said["fix"]
    # What it inherits is tested as well; what is its own is nobody else's.
    assert test(gateway, "openai:main", "--agent", "coder")[0] == 0
    assert test(gateway, "openai:own")[0] == 65
    assert simulator.counts() == {"own": 1, "main": 1}


def test_words_and_exit_codes_of_one_test(start, simulator):
    gateway = start.prepare({
        "anthropic:good": "sk-sim-ok-good", "anthropic:bad": "sk-sim-401-bad", "anthropic:poor": "sk-sim-402-poor",
        "anthropic:busy": "sk-sim-429-after-60-busy"})
    good = gateway.command("models", "auth", "test", "anthropic:good")
    assert good.returncode == 0 and good.stdout.startswith("anthropic:good: ok (Anthropic takes it; metadata, ")
    for name, code, what, fix in [
        ("bad", 77, "rejected. Anthropic does not take it.", "paste-api-key --provider anthropic --profile-id anthropic:bad"),
        ("poor", 77, "rejected. Anthropic reports no credit on it.", "Top up"),
        ("busy", 69, "could not ask Anthropic.", "Repeat the command after 20"),
    ]:
        result = gateway.command("models", "auth", "test", f"anthropic:{name}")
        lines = result.stderr.splitlines()
        assert (result.returncode, result.stdout) == (code, "")
        assert lines[0] == f"error: anthropic:{name}: {what}"
        assert lines[1].startswith("  why: Anthropic ") and " Its answer: status 4" in lines[1] and fix in lines[2]


# Openrouter has a list of models that answers everybody, and a page about the key.


def test_openrouter_is_asked_about_the_key(start, simulator):
    gateway = start.prepare(
        {"openrouter:good": "sk-sim-ok-good", "openrouter:bad": "sk-or-nobody-knows-this-one"},
        providers={"openrouter": {"baseUrl": f"{simulator.url}/api/v1"}})
    found = by_profile(probed(gateway))
    assert {name: entry["finding"] for name, entry in found.items()} == {
        "openrouter:good": "ok", "openrouter:bad": "rejected"}
    assert {request["path"] for request in simulator.requests()} == {"/api/v1/key"}


def test_without_a_free_page_and_without_a_model_nobody_is_asked(start, simulator):
    providers = {"zai": {"baseUrl": f"{simulator.url}/v1"}}
    gateway = start.prepare({"zai:work": "sk-sim-ok-work"}, providers=providers)
    found = by_profile(probed(gateway))["zai:work"]
    assert (found["status"], found["finding"], found["reasonCode"]) == ("no_model", "not_asked", "no_model")
    assert simulator.total() == 0
    providers["zai"]["models"] = [{"id": "glm-sample"}]
    gateway = start.prepare({"zai:work": "sk-sim-ok-work"}, providers=providers)
    assert by_profile(probed(gateway))["zai:work"]["model"] == "zai/glm-sample"


# What a good answer clears.


def cool(gateway, simulator, fault):
    """Has the gateway's only credential put aside, then mends the provider."""
    simulator.rules({"label": "work", "fault": fault})
    assert gateway.send(MESSAGES.path, MESSAGES.body()).status == 503
    simulator.rules({"label": "work", "fault": "ok"})


@pytest.mark.parametrize("is_running", [True, False], ids=["beside-a-gateway", "alone"])
@pytest.mark.parametrize("fault", ["429-after-600", "401"])
def test_a_good_answer_ends_the_cooldown(start, simulator, is_running, fault):
    gateway = start({"anthropic:work": "sk-sim-ok-work"})
    cool(gateway, simulator, fault)
    if not is_running:
        assert gateway.stop() == 0

    shown = json.loads(gateway.command(*PROBE, "--json").stdout)

    entry = by_profile(shown["auth"]["probes"])["anthropic:work"]
    assert [window["reason"] for window in entry["cleared"]["windows"]] == ["rate_limit" if "429" in fault else "auth"]
    # What is shown beside it is how it is now.
    assert shown["auth"]["unusableProfiles"] == []
    if not is_running:
        gateway.start()
    assert gateway.explain(MODELS["anthropic"])["next"] == "anthropic:work"
    assert gateway.send(MESSAGES.path, MESSAGES.body()).status == 200


def test_that_there_is_credit_again_a_completion_proves(start, simulator):
    gateway = start({"anthropic:work": "sk-sim-ok-work"})
    cool(gateway, simulator, "402")
    assert test(gateway, "anthropic:work")[0] == 0
    assert gateway.credential("anthropic:work")["code"] == "disabled_billing"
    code, entry = test(gateway, "anthropic:work", "--mode", "completion")
    assert code == 0 and [window["reason"] for window in entry["cleared"]["windows"]] == ["billing"]
    assert gateway.credential("anthropic:work")["code"] == "ok"


def test_a_rejection_changes_nothing(start, simulator):
    gateway = start({"anthropic:work": "sk-sim-401-work"})
    assert test(gateway, "anthropic:work")[0] == 77
    assert gateway.credential("anthropic:work")["code"] == "ok"
    assert [line for line in gateway.program.events() if line.get("event") == "cooldowns_cleared"] == []


def test_a_key_that_the_gateway_has_not_got_clears_nothing_there(start, simulator):
    gateway = start(environment={"ANTHROPIC_API_KEY": "sk-sim-401-its"})
    assert gateway.send(MESSAGES.path, MESSAGES.body()).status == 503
    found = by_profile(probed(gateway, environment={"ANTHROPIC_API_KEY": "sk-sim-ok-mine"}))["anthropic:env"]
    assert found["finding"] == "ok" and "cleared" not in found
    assert gateway.credential("anthropic:env")["code"] == "disabled_auth"


# Nobody else asks.


def test_commands_that_read_ask_no_provider(start, simulator):
    gateway = start({"anthropic:work": "sk-sim-ok-work"})
    before = simulator.record()["connections"]
    for words in (["models", "status"], ["models", "status", "--check"], ["models", "auth", "list"], ["models", "explain"],
                  ["gateway", "status"], ["models", "auth", "clear-cooldown", "--all"]):
        gateway.command(*words)
    # The record itself was asked for once more.
    assert simulator.record()["connections"] == before + 1
    assert simulator.total() == 0
    assert eventually(lambda: gateway.health()["status"] == "ok", "a healthy gateway")
