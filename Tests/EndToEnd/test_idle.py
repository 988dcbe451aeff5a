# SPDX-License-Identifier: Apache-2.0
"""A gateway with nothing to do takes no processor time, whatever has happened around it. Its own time is counted, not the clock's."""

import fcntl
import os
import pty
import resource
import shutil
import signal
import socket
import subprocess
import sys
import termios
import time

import pytest

from gateway import TOKEN
from polling import eventually
from programs import BUILD, GATEWAY
from rawhttp import exchange, request

WINDOW = 2.0
# One that spins takes much of the window, also beside others; one with nothing to do takes a few milliseconds.
ALLOWED = 0.2


def processor_seconds(pid):
    fields = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def taken(pid):
    """Processor seconds in the window."""
    before = processor_seconds(pid)
    time.sleep(WINDOW)
    return processor_seconds(pid) - before


class Running:
    """A gateway whose standard files and limits a test has chosen."""

    def __init__(self, prepared, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options):
        self.state = prepared.state
        self.process = subprocess.Popen(
            [str(BUILD / GATEWAY), "gateway", "run", "--port", "0"], env=prepared.environment, cwd="/",
            stdin=stdin, stdout=subprocess.DEVNULL, stderr=stderr, **options)
        self.pid = self.process.pid
        place = prepared.state / "gateway.json"
        self.port = eventually(lambda: place.exists() and int(place.read_text().split('"port":')[1].split("}")[0].split(",")[0]))

    def talk(self, count=3):
        for _ in range(count):
            assert exchange(self.port, request("/healthz", self.port, None, token=TOKEN)).status == 200

    def end(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def run(start):
    made = []

    def make(**options):
        made.append(Running(start.prepare({"openai:work": "sk-sim-ok-work"}), **options))
        return made[-1]

    yield make
    for each in made:
        each.end()


def is_quiet(gateway):
    gateway.talk()
    assert taken(gateway.pid) < ALLOWED


def test_the_measure_finds_one_that_spins():
    spinning = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        eventually(lambda: processor_seconds(spinning.pid) > 2 * ALLOWED, "its processor time")
    finally:
        spinning.kill()
        spinning.wait()


def test_nobody_reads_the_log_any_more(run):
    reader, writer = os.pipe()
    gateway = run(stderr=writer)
    os.close(writer)
    os.close(reader)
    is_quiet(gateway)


def test_the_reader_of_the_log_has_stalled(run):
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    gateway = run(stderr=writer)
    with pytest.raises(BlockingIOError):
        while True:
            os.write(writer, b"x" * 4096)
    is_quiet(gateway)
    os.close(writer)
    os.close(reader)


def test_its_terminal_was_closed(run):
    ours, its = pty.openpty()
    gateway = run(
        stdin=its, stderr=its, start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
    os.close(its)
    os.close(ours)
    is_quiet(gateway)


def test_its_state_directory_was_removed(run):
    gateway = run()
    shutil.rmtree(gateway.state)
    is_quiet(gateway)


def test_it_was_stopped_and_goes_on(run):
    gateway = run()
    gateway.process.send_signal(signal.SIGSTOP)
    eventually(lambda: open(f"/proc/{gateway.pid}/stat").read().rpartition(")")[2].split()[0] == "T")
    gateway.process.send_signal(signal.SIGCONT)
    is_quiet(gateway)


def test_it_may_open_no_more_files(run):
    gateway = run(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40)))
    held = []
    for _ in range(100):
        peer = socket.socket()
        peer.setblocking(False)
        peer.connect_ex(("127.0.0.1", gateway.port))
        held.append(peer)
    assert taken(gateway.pid) < ALLOWED
    for peer in held:
        peer.close()
    is_quiet(gateway)


def test_whoever_traced_it_has_gone(run):
    gateway = run()
    tracer = subprocess.Popen(
        ["strace", "-f", "-qq", "-o", "/dev/null", "-p", str(gateway.pid)], stderr=subprocess.DEVNULL)
    eventually(lambda: "TracerPid:\t0\n" not in open(f"/proc/{gateway.pid}/status").read(), "the tracer")
    gateway.talk()
    tracer.kill()
    tracer.wait()
    is_quiet(gateway)
