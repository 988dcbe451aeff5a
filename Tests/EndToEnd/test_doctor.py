# SPDX-License-Identifier: Apache-2.0
"""The doctor beside real gateways: one in order, one that hangs, one that died, another program in its place."""

import fcntl
import http.server
import json
import os
import pty
import re
import select
import shutil
import signal
import socket
import stat
import subprocess
import threading
import time
from pathlib import Path

import pytest

from gateway import replace
from programs import BUILD, GATEWAY

PAGE = Path(__file__).resolve().parents[2] / "docs" / "gateway" / "doctor.md"
KEY = "sk-ant-api03-0123456789abcdefghijklmnopqrstuvwxyz"


def report(gateway, *arguments, code=0):
    result = gateway.command("doctor", "--json", *arguments)
    assert result.returncode == code, result.stderr + result.stdout
    assert result.stderr == ""
    found = json.loads(result.stdout)
    assert found["version"] == 1
    return {check["id"]: check for check in found["checks"]}


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def everything(folder):
    return {
        str(path.relative_to(folder)): (stat.S_IMODE(path.lstat().st_mode), path.read_bytes() if path.is_file() else b"")
        for path in sorted(folder.rglob("*"))
        if "doctor-backups" not in path.parts
    }


def closed(tree):
    """Likewise, without anybody else's access: that is never given back."""
    return {name: (mode & 0o700, content) for name, (mode, content) in tree.items()}


def test_a_gateway_in_order(start, simulator):
    gateway = start({"anthropic:work": "sk-sim-ok-work"})
    assert report(gateway) == {}
    assert gateway.command("doctor", "--lint", "--severity-min", "info").returncode == 0


def test_a_gateway_that_hangs(start, simulator):
    gateway = start({"anthropic:work": "sk-sim-ok-work"})
    gateway.program.signal(signal.SIGSTOP)
    try:
        began = time.monotonic()
        found = report(gateway)
        assert time.monotonic() - began < 5
    finally:
        gateway.program.signal(signal.SIGCONT)
    assert set(found) == {"gateway-hung"}
    assert f"kill -9 {gateway.program.pid}" in found["gateway-hung"]["fix"]


def test_a_gateway_that_died(start, simulator):
    gateway = start({"anthropic:work": "sk-sim-ok-work"}, gateway={"port": free_port()})
    gateway.kill()
    assert set(report(gateway)) == {"gateway-not-running", "gateway-place-stale"}


def test_another_program_on_the_port(start):
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", 0))
        squatter.listen()
        port = squatter.getsockname()[1]
        gateway = start.prepare({"anthropic:work": KEY}, gateway={"port": port})
        found = report(gateway)
        assert set(found) == {"gateway-not-running", "port-in-use"}
        assert found["port-in-use"]["why"].startswith(f"- pid {os.getpid()} ")
        assert found["port-in-use"]["fix"].startswith("Take another port: agenticflow-enterprise config set gateway.port ")
    assert set(report(gateway)) == {"gateway-not-running"}


@pytest.mark.parametrize(("version", "word"), [("0.0.1", "older"), ("9.9.9", "newer")])
def test_a_gateway_of_another_version(start, version, word):
    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps({"version": version, "pid": 1, "problems": [], "credentials": []}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    gateway = start.prepare({"anthropic:work": KEY})
    with http.server.HTTPServer(("127.0.0.1", 0), Answers) as server, open(gateway.state / "gateway.lock", "w") as lock:
        os.chmod(lock.name, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        replace(gateway.state / "gateway.json", json.dumps({"pid": 1, "host": "127.0.0.1", "port": server.server_port}))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        found = report(gateway)
        server.shutdown()
    assert found["gateway-version-differs"]["what"].startswith(f"The gateway is {word} ({version})")


def test_credentials_in_the_working_directory(start, tmp_path):
    gateway = start.prepare({"anthropic:work": KEY}, gateway={"port": 0})
    (tmp_path / ".env").write_text(f"ANTHROPIC_API_KEY={KEY}\nOPENAI_BASE_URL=http://evil.example\n")
    result = subprocess.run(
        [BUILD / GATEWAY, "doctor", "--json"], env=gateway.environment, cwd=tmp_path, capture_output=True, text=True)
    found = {check["id"]: check for check in json.loads(result.stdout)["checks"]}
    assert found["env-working-directory-ignored"]["what"].startswith("ANTHROPIC_API_KEY, OPENAI_BASE_URL in ")
    assert KEY[:20] not in result.stdout


def broken(start):
    gateway = start.prepare({"anthropic:work": KEY}, gateway={"port": 0})
    gateway.write_config({"gateway": {"port": 0, "token": "agw_0123456789abcdefghijklmnopqrstuvw"}})
    gateway.config_path.chmod(0o644)
    replace(gateway.agent_folder / "auth.json", json.dumps({"openrouter": {"key": "sk-or-0123456789abcdef"}}))
    left = gateway.agent_folder / ".auth-profiles.json.new-x.tmp"
    replace(left, "{")
    os.utime(left, (time.time() - 3600,) * 2)
    return gateway


@pytest.mark.parametrize(("typed", "is_made"), [("yes", True), ("y", True), ("no", False), ("", False), ("\x04", False)])
def test_a_person_is_asked(start, typed, is_made):
    gateway = broken(start)
    before = everything(gateway.state)
    own, other = pty.openpty()
    process = subprocess.Popen(
        [BUILD / GATEWAY, "doctor", "--fix"], stdin=other, stdout=other, stderr=other, env=gateway.environment)
    os.close(other)
    shown = b""
    while b"[y/N]" not in shown:
        assert select.select([own], [], [], 20)[0], shown
        shown += os.read(own, 65536)
    # What is asked about has been shown.
    assert b'+  "gateway": {' in shown or b"-    \"token\"" in shown
    assert everything(gateway.state) == before
    os.write(own, typed.encode() if typed == "\x04" else f"{typed}\n".encode())
    while select.select([own], [], [], 20)[0]:
        try:
            shown += os.read(own, 65536)
        except OSError:
            break
    assert process.wait(20) == (66 if typed == "\x04" else 0 if is_made else 65)
    os.close(own)
    assert (everything(gateway.state) != before) == is_made
    assert (b"Nothing was changed." in shown) == (not is_made)


def test_a_read_only_state_directory(start):
    gateway = broken(start)
    before = everything(gateway.state)
    script = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && shift && exec "$@"'

    def run(*arguments):
        return subprocess.run(
            ["unshare", "-m", "sh", "-c", script, "sh", str(gateway.state), str(BUILD / GATEWAY), *arguments],
            env=gateway.environment, capture_output=True, text=True)

    if subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode != 0:
        pytest.skip("needs mounts of its own")
    looked = run("doctor", "--json")
    assert looked.returncode == 0, looked.stderr
    assert "state-not-writable" in {check["id"] for check in json.loads(looked.stdout)["checks"]}
    for words in [["--fix", "--yes"], ["--generate-gateway-token"]]:
        repaired = run("doctor", *words)
        assert repaired.returncode == 74, repaired.stdout + repaired.stderr
        assert re.match("error: .*\n  why: .*Read-only file system.*\n  fix: ", repaired.stderr)
        assert everything(gateway.state) == before
    assert "doctor-backups" not in os.listdir(gateway.state)


def injected(gateway, call, kind, number, *arguments):
    """The doctor, with the n-th of its calls of that name cut or refused; None when it makes fewer."""
    trace = gateway.folder / "trace"
    result = subprocess.run(
        ["strace", "-f", "-o", trace, "-e", f"trace={call}", "-e", f"inject={call}:{kind}:when={number}",
         BUILD / GATEWAY, "doctor", *arguments],
        env=gateway.environment, capture_output=True, text=True)
    is_cut = result.returncode in (-9, 137) or "INJECTED" in trace.read_text()
    return result if is_cut else None


def codes(call):
    """The exit codes of a run that was cut there. What is only tidied up, or let go of, fails for nobody."""
    return {-9, 137, 74, 77} | ({0} if call in ("unlinkat", "flock") else set())


needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")


@needs_strace
@pytest.mark.parametrize("call", ["fsync", "renameat", "fchmod", "mkdirat", "unlinkat", "flock"])
def test_a_death_or_an_error_at_every_call_can_be_taken_back(start, call):
    """At each of its calls the doctor is killed, or told that the disk is broken: what was is still there, or comes back."""
    for kind in ["signal=KILL", "error=EIO"]:
        for number in range(1, 60):
            gateway = broken(start)
            before = everything(gateway.state)
            result = injected(gateway, call, kind, number, "--fix", "--yes")
            if result is None:
                break
            assert result.returncode in codes(call), result.stderr
            after = everything(gateway.state)
            undone = gateway.command("doctor", "--undo")
            if undone.returncode == 0:
                after = everything(gateway.state)
                # What the doctor did not come to is as it was; others are let in to nothing else again.
                before = {name: after[name] if after[name] == before[name] else private for name, private in closed(before).items()}
            else:
                assert undone.returncode == 66, undone.stderr
            assert {name: after[name] for name in before} == before, f"{call} {kind} {number}"
        assert number > 1


@needs_strace
@pytest.mark.parametrize("call", ["fsync", "renameat", "fchmod", "unlinkat"])
def test_a_way_back_that_was_cut_can_be_gone_again(start, call):
    for kind in ["signal=KILL", "error=EIO"]:
        for number in range(1, 60):
            gateway = broken(start)
            before = closed(everything(gateway.state))
            assert gateway.command("doctor", "--fix", "--yes").returncode == 0
            result = injected(gateway, call, kind, number, "--undo")
            if result is not None:
                assert result.returncode in codes(call), result.stderr
                assert gateway.command("doctor", "--undo").returncode in (0, 66)
            after = everything(gateway.state)
            assert {name: after[name] for name in before} == before, f"{call} {kind} {number}"
            if result is None:
                break
        assert number > 1


@needs_strace
@pytest.mark.parametrize("call", ["renameat", "fsync"])
def test_a_way_back_that_stops_says_how_far_it_came(start, call):
    """What it calls restored is as before, what it calls not restored is as the doctor left it, and it can be run again."""
    stopped = 0
    for number in range(1, 60):
        gateway = broken(start)
        before = closed(everything(gateway.state))
        assert gateway.command("doctor", "--fix", "--yes").returncode == 0
        repaired = everything(gateway.state)
        result = injected(gateway, call, "error=EIO", number, "--undo")
        if result is None:
            break
        now = everything(gateway.state)
        found = re.search(
            r"^error: The repair was taken back in part\. Restored: (.*)\. Not restored: (.*)\.$", result.stderr, re.MULTILINE)
        if found:
            stopped += 1
            restored, left = (
                [Path(path.replace("~", str(gateway.state.parent), 1)) for path in part.split(", ") if path != "none"]
                for part in found.groups())
            assert left or "may not survive a loss of power" in result.stderr, result.stderr
            for path in restored:
                name = str(path.relative_to(gateway.state))
                assert now.get(name) == before.get(name)
            for path in left:
                name = str(path.relative_to(gateway.state))
                assert now.get(name) in (repaired.get(name), before.get(name))
            assert "Then run: agenticflow-enterprise doctor --undo" in result.stderr
        assert gateway.command("doctor", "--undo").returncode in (0, 66)
        after = everything(gateway.state)
        assert {name: after[name] for name in before} == before, f"{call} {number}"
    assert stopped > 1


def test_every_command_of_the_page_works_as_shown(start):
    gateway = broken(start)
    commands = re.findall(r"^    agenticflow-enterprise (.*)$", PAGE.read_text(), re.M)
    assert len(commands) >= 5
    for line in commands:
        result = gateway.command(*line.split())
        assert result.returncode in (0, 1) if "--lint" in line else result.returncode == 0, line + result.stderr
        assert "-0123456789abcdef" not in result.stdout + result.stderr
    assert "config-gateway-token-misplaced" in report(gateway)
