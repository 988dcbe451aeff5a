# SPDX-License-Identifier: Apache-2.0
"""Beside a gateway that is dead, hung, older, newer or something else: every command answers in time and says what it shows."""

import fcntl
import json
import os
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from answers import CONFIG, LOCK, PLACE, READING, SEED, STORE, WRITING, Host
from polling import eventually
from programs import Program

VIEWING = [line.split() for line in (
    "models status", "models status --json", "models status --check --json", "models status --plain", "models explain",
    "models explain --json", "models auth list", "models auth list --json", "models auth order get --provider anthropic --json",
    "gateway status", "gateway status --json", "gateway health", "gateway health --json", "gateway token", "doctor --json",
    "env list --json",
)]
LIMIT = 4.0  # Two seconds for the gateway's answer, and a machine under load.


@pytest.fixture
def host():
    made = Host()
    yield made
    made.remove()


def head(status="200 OK", length=None, kind="application/json"):
    field = "" if length is None else f"Content-Length: {length}\r\n"
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{field}Connection: close\r\n\r\n".encode()


def answer(body, status="200 OK", kind="application/json"):
    body = body.encode() if isinstance(body, str) else body
    return lambda peer: peer.sendall(head(status, len(body), kind) + body)


def says_nothing(peer):
    time.sleep(20)


def resets(peer):
    peer.sendall(head(length=10_000) + b'{"status":')
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def cut_short(peer):
    peer.sendall(head(length=10_000) + b'{"status": "ok"')


def floods(peer):
    peer.sendall(head())
    for _ in range(100):
        peer.sendall(b" " * (1 << 20))


def drips(peer):
    peer.sendall(head(length=100_000))
    for _ in range(200):
        peer.sendall(b" ")
        time.sleep(0.1)


ODD = {"status": "ok", "pid": 2**40, "version": "99.0", "future": {"a": [1]}, "credentials": [{"new": 1}, 5, None], "problems": [1]}
ANSWERS = {
    "says nothing": says_nothing, "resets": resets, "is cut short": cut_short, "floods": floods, "drips": drips,
    "closes at once": lambda peer: None, "is no HTTP": lambda peer: peer.sendall(b"SSH-2.0-OpenSSH_9.2\r\n\r\n\x1b[31m"),
    "knows no such path": answer('{"error":{"code":"not_found","message":"no"}}', "404 Not Found"),
    "wants another token": answer('{"error":{"code":"unauthorized","message":"no"}}', "401 Unauthorized"),
    "has a fault": answer("oh\x1b[31m", "500 Internal Server Error"), "sends rubbish": answer(b"\xff\x00{{{{\x1b[2J"),
    "sends nothing": answer(""), "sends a list": answer("[]"), "sends null": answer("null"), "is newer": answer(json.dumps(ODD)),
    "is old and answers everything alike": answer('{"version":"0.0.1"}'), "is a web page": answer("<html>It works</html>", kind="text/html"),
    "misses what credentials are": answer('{"version":"9","pid":1,"problems":[],"credentials":[{"agent":"main"}]}'),
    "sends wrong kinds": answer('{"status":1,"credentials":{"a":1},"problems":"x","pid":"\\u001b[31m","version":[]}'),
    "nests deeply": answer('{"a":' * 50_000 + "1" + "}" * 50_000), "has an odd status": lambda peer: peer.sendall(b"HTTP/1.1 99999999999999999999 X\r\n\r\n{}"),
    "sends escapes": answer(json.dumps({**ODD, "status": "\x1b[2J", "version": "\u202e", "problems": ["\x1b]0;x\x07"]})),
}


class Pretender:
    """Holds a state directory's gateway lock and answers in its own way."""

    def __init__(self, host, behaviour):
        self.lock = open(host / LOCK, "r+")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.server = socket.create_server(("127.0.0.1", 0))
        self.behaviour = behaviour
        (host / PLACE).write_text(json.dumps({"pid": os.getpid(), "host": "127.0.0.1", "port": self.server.getsockname()[1]}))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                peer, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(peer,), daemon=True).start()

    def talk(self, peer):
        with peer:
            try:
                peer.recv(65_536)
                self.behaviour(peer)
            except OSError:
                pass  # The command has hung up, which is its right.

    def end(self):
        self.server.close()
        self.lock.close()


def judge(host, codes, files=True):
    """Every command that shows something. `files`: whether those that show health must say that it is from the files."""
    problems, before = [], host.tree()
    asked = VIEWING
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda words: host.run(words, stdin=""), asked))
    for words, shown in zip(asked, answers):
        problems += shown.problems({1, 2, 69, *codes}, limit=LIMIT)
        if files and words[:2] in (["models", "status"], ["models", "explain"]) and "--plain" not in words:
            said = '"view": "files"' if "--json" in words else "View: files (the gateway does not answer)"
            if said not in shown.stdout:
                problems.append(f"{' '.join(words)} does not say that it shows the files: {shown.stdout[:200]} {shown.stderr}")
            if "of no help" not in shown.stderr:
                problems.append(f"{' '.join(words)} does not say that the gateway was of no help: {shown.stderr}")
        if words[:2] == ["gateway", "health"] and files and shown.code != 69:
            problems.append(f"{' '.join(words)}: exit {shown.code}")
    if host.tree() != before:
        problems.append("something stored was changed")
    return problems


def write(host):
    problems = []
    for words in WRITING[:6]:
        problems += host.run(words).problems({0}, limit=LIMIT)
    return problems


@pytest.mark.parametrize("what", ANSWERS)
def test_a_gateway_that(host, what):
    pretender = Pretender(host, ANSWERS[what])
    try:
        problems = judge(host, {0})
        problems += write(host)
    finally:
        pretender.end()
    assert not problems, "\n".join(problems[:20])


@pytest.mark.parametrize("place", [
    '{"pid":1,"host":"127.0.0.1","port":9}', "", "{", "[]", '{"port":"x"}', '{"host":"127.0.0.1","port":99999999999999999999}',
    '{"host":"evil.example","port":80}', '{"host":"192.0.2.1","port":80}', '{"host":"\\u001b[31m","port":1}', "x" * 10_000])
@pytest.mark.parametrize("held", [False, True], ids=["dead", "running"])
def test_a_note_of_where_it_listens_that_is_of_no_use(host, place, held):
    host.reset()
    (host / CONFIG).write_text(SEED[CONFIG].replace("18799", "9"))
    (host / PLACE).write_text(place)
    with open(host / LOCK, "r+") as lock:
        if held:
            fcntl.flock(lock, fcntl.LOCK_EX)
        problems = judge(host, {0}, files=held)
    assert not problems, "\n".join(problems[:20])


@pytest.fixture
def running(host):
    program = Program("agenticflow-enterprise", ["gateway", "run", "--port", "0"], host.environment, host.base / "logs")
    program.await_event("listening")
    yield program
    program.signal(signal.SIGCONT)
    program.kill()


def test_a_gateway_that_hangs_and_wakes_up(host, running):
    problems = judge(host, {0}, files=False)
    pause(running)
    problems += judge(host, {0}) + write(host)
    running.signal(signal.SIGCONT)
    problems += judge(host, {0}, files=False)
    assert not problems, "\n".join(problems)


def pause(program):
    program.signal(signal.SIGSTOP)
    eventually(lambda: open(f"/proc/{program.pid}/stat").read().split(")")[1].split()[0] == "T", "a stopped gateway")


def test_a_gateway_that_hangs_is_ended_and_started_anew_as_it_is_told(host, running):
    pause(running)
    said = {line: host.run(line.split()) for line in ("gateway status", "gateway health", "doctor")}
    assert [shown.code for shown in said.values()] == [0, 69, 0]
    for shown in said.values():
        text = shown.stdout + shown.stderr
        assert f"Process {running.pid} holds its lock and is paused (Ctrl-Z, or SIGSTOP): 127.0.0.1:" in text, text
        assert f"fix: Let it go on: kill -CONT {running.pid}. If it stays so, end it: kill {running.pid}; when that does nothing: " \
            f"kill -9 {running.pid} (nothing stored is lost). Then, " in text, text
    written = host.run("config set gateway.limits.maxAttempts 3".split())
    assert written.stderr == f"The gateway is paused, and takes it up when it goes on: kill -CONT {running.pid}\n"
    os.kill(running.pid, signal.SIGCONT)
    assert host.run(["gateway", "health"]).code == 0

    pause(running)
    before = (host / STORE).read_bytes()
    os.kill(running.pid, signal.SIGTERM)
    assert host.run(["gateway", "health"]).code == 69, "nothing came of the first signal"
    os.kill(running.pid, signal.SIGKILL)
    running.wait(10.0)
    anew = Program("agenticflow-enterprise", ["gateway", "run", "--port", "0"], host.environment, host.base / "anew")
    anew.await_event("listening")
    try:
        assert host.run(["gateway", "health"]).code == 0 and (host / STORE).read_bytes() == before
    finally:
        anew.kill()


def test_a_gateway_that_was_killed(host, running):
    running.kill()
    assert (host / PLACE).exists()
    problems = judge(host, {0}, files=False)
    shown = host.run(["models", "status"])
    assert "View: files (no gateway runs)" in shown.stdout and "of no help" not in shown.stderr
    assert not problems + write(host), "\n".join(problems)


def test_a_gateway_with_another_token_than_the_files(host, running):
    text = (host / CONFIG).read_text()
    host.environment["AGENTICFLOW_CONFIG_PATH"] = str(host.base / "other.json")
    (host.base / "other.json").write_text(text.replace("agw_answers", "agw_changed"))
    (host.base / "other.json").chmod(0o600)
    problems = judge(host, {0}, files=False)
    # Commands have a token of their own: the live view is shown, and the difference is told where it matters.
    assert host.run(["models", "status"]).stdout.startswith("View: gateway")
    assert "takes another client token" in host.run(["gateway", "token"]).stderr
    assert "gateway-refuses-token" in host.run(["doctor", "--json"]).stdout
    assert not problems, "\n".join(problems)


# The four kinds, and the four commands that ask a gateway: what each says then.

CLEAR = "/api/v1/credentials/clear"
LINE = {
    "agent": "main", "profile": "anthropic:work", "provider": "anthropic", "source": "store:main", "type": "api_key",
    "code": "ok", "lastUsed": None, "windows": [],
}
EXPLAINED = {
    "model": "claude-sonnet-4-5", "provider": "anthropic", "orderSource": "store", "next": "anthropic:work", "fallbacks": [],
    "candidates": [{
        "profile": "anthropic:work", "source": "store:main", "type": "api_key", "state": "next", "code": "ok",
        "reason": None, "until": None, "evidence": None}],
}
OLDER = {"/api/v1/status": {"version": "0.0.1", "pid": 1, "problems": [], "credentials": [LINE]}}
NEWER = {
    "/api/v1/status": {"version": "99.0", "pid": 1, "problems": [], "credentials": [{**LINE, "later": 1}], "later": {"a": [1]}},
    "/api/v1/explain": {**EXPLAINED, "later": 1, "candidates": [{**EXPLAINED["candidates"][0], "later": {}}]},
    CLEAR: {"later": 1, "cleared": [{
        "agent": "main", "profile": "anthropic:work", "failures": 2, "later": 1, "windows": []}]},
}


class Versioned(Pretender):
    """Answers what its version knows; anything else is no path to it."""

    def talk(self, peer):
        with peer:
            path = peer.recv(65_536).split(b" ")[1].decode().partition("?")[0]
            known = self.behaviour.get(path)
            (answer('{"error":{"code":"not_found"}}', "404 Not Found") if known is None else answer(json.dumps(known)))(peer)


OF_FILES, OF_NO_HELP = "View: files", "The gateway of this instance runs, but was of no help."
# Kind → for each command: exit code, and what it must say.
EXPECTED = {
    "dead": {
        "models status": (0, "View: files (no gateway runs)"), "models explain": (0, "View: files (no gateway runs)"),
        "doctor": (0, "The last gateway did not end in order."),
        "models auth clear-cooldown anthropic:default": (0, "anthropic:default: nothing was held against it."),
    },
    "hung": {
        "models status": (0, OF_NO_HELP), "models explain": (0, OF_NO_HELP),
        "doctor": (0, "The gateway runs and does not answer."),
        "models auth clear-cooldown anthropic:work": (69, "Nothing was cleared: the gateway of this instance runs, but was of no help."),
    },
    "older": {
        "models status": (0, "View: gateway (pid 1)"), "models explain": (0, OF_NO_HELP),
        "doctor": (0, "The gateway is older (0.0.1) than this command"),
        "models auth clear-cooldown anthropic:work": (69, "Nothing was cleared: the gateway that runs is older than this command."),
    },
    "newer": {
        "models status": (0, "View: gateway (pid 1)"), "models explain": (0, "View: gateway"),
        "doctor": (0, "The gateway is newer (99.0) than this command"),
        "models auth clear-cooldown anthropic:work": (0, "anthropic:work: cooldown cleared"),
    },
}


@pytest.mark.parametrize("kind", EXPECTED)
def test_what_is_said_beside_one_that_is(host, kind):
    made = {
        "dead": lambda: None, "hung": lambda: Pretender(host, says_nothing), "older": lambda: Versioned(host, OLDER),
        "newer": lambda: Versioned(host, NEWER),
    }[kind]()
    problems, before = [], host.tree()
    try:
        for line, (code, said) in EXPECTED[kind].items():
            shown = host.run(line.split(), stdin="")
            problems += shown.problems({code}, limit=LIMIT)
            if said not in shown.stdout + shown.stderr:
                problems.append(f"{line} does not say '{said}': {shown.stdout}{shown.stderr}")
    finally:
        if made:
            made.end()
    if host.tree() != before:
        problems.append("something stored was changed")
    assert not problems, "\n".join(problems)
