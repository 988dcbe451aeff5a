# SPDX-License-Identifier: Apache-2.0
"""Kills or disturbs a whole command at every system call that touches its state directory, and judges what it left."""

import concurrent.futures
import dataclasses
import os
import pathlib
import pty
import queue
import re
import select
import signal
import subprocess
import termios
import threading
import time
from collections.abc import Callable

from instance import SECRETS, Instance, fingerprint, kept, leftovers, problems

ERRORS = ["ENOSPC", "EIO", "EROFS"]
EVERY = os.environ.get("CRASH_EVERY") == "1"  # Every error at reading calls too, instead of one in turn.
HONEST = {64, 65, 66, 69, 70, 74, 77, 78}
# A call that changes something, or begins to: from the first of these on, everything counts.
CHANGES = re.compile(r"O_CREAT|O_WRONLY|O_RDWR|^(write|pwrite64|rename\w*|unlink\w*|mkdir\w*|fsync|fdatasync|ftruncate|fchmod\w*|chmod|link\w*|flock)\(")


@dataclasses.dataclass(frozen=True)
class Call:
    name: str
    occurrence: int  # of this name, since the program began; from 1
    text: str

    @property
    def is_change(self) -> bool:
        return CHANGES.search(self.text) is not None


@dataclasses.dataclass(frozen=True)
class Command:
    """A command line that writes.

    - `code`: its exit code when nothing goes wrong; `word`: what it says then, if others end with that code too.
    - `changes`: the files that are others afterwards; `lagging`: those among them that may stay as they were, when that is told.
    - `again`: exit codes that it may have when it is repeated after it was done.
    - `typed`: for one that asks on a terminal, each prompt and what is typed behind it.
    - `prepare`: brings the seed where the command finds it; see `Instance`. Is given the program too.
    """

    name: str
    line: tuple[str, ...]
    stdin: str = ""
    typed: tuple[tuple[str, str], ...] = ()
    prepare: Callable[[Instance, str], None] | None = None
    seed: dict = dataclasses.field(default_factory=dict)
    code: int = 0
    word: str = ""
    again: tuple[int, ...] = (0,)
    changes: tuple[str, ...] = ()
    lagging: tuple[str, ...] = ()


class Stopper:
    """Runs one command again and again in one folder."""

    def __init__(self, base: pathlib.Path, command: Command, program: str):
        self.command = command
        prepare = command.prepare
        self.instance = Instance(base / "instance", command.seed, prepare and (lambda instance: prepare(instance, program)))
        self.trace = base / "trace"
        self.program = program
        self.line = [program, *command.line]

    def run(self, injection: str | None = None, fresh: bool = True, traced: bool = True) -> subprocess.CompletedProcess:
        if fresh:
            self.instance.reset()
        strace = ["strace", "-f", "-qq", "-y", "-o", str(self.trace), "-e", "trace=%file,%desc"]
        strace += ["-e", f"inject={injection}"] if injection else []
        line = (strace if traced else []) + self.line
        if self.command.typed:
            return on_a_terminal(line, self.command.typed, self.instance)
        process = subprocess.Popen(
            line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
            env=self.instance.environment, cwd=self.instance.base)
        try:
            shown = process.communicate(self.command.stdin.encode(), timeout=30)
        except subprocess.TimeoutExpired:
            # An error that met a thread's own call, which may wait for ever; one that met ours is told by the exit code.
            os.killpg(process.pid, signal.SIGKILL)
            shown = process.communicate()
        return subprocess.CompletedProcess(line, process.returncode, *shown)

    def calls(self) -> list[Call]:
        """Those of the last run that touch the state directory."""
        counts, found, first = {}, [], None
        state = self.instance.state
        place = re.compile(f'{re.escape(str(state))}[/">]|{re.escape(str(state.parent))}>, "{state.name}"')
        for line in self.trace.read_text(errors="replace").splitlines():
            match = re.match(r"(\d+) +(\w+)\((.*)", line)
            if not match:
                continue
            thread, name, text = match.groups()
            first = first or thread
            if thread != first:
                continue
            counts[name] = counts.get(name, 0) + 1
            if place.search(text) and name != "execve":
                found.append(Call(name, counts[name], f"{name}({text}"))
        return found

    def at(self, call: Call, what: str, index: int) -> subprocess.CompletedProcess | None:
        """Runs with `what` happening at one call; nil when it did not happen there."""
        occurrence = call.occurrence
        for _ in range(25):
            result = self.run(f"{call.name}:{what}:when={occurrence}")
            seen = self.calls()
            # Between its own threads a program may make one more call of that name, or one less.
            occurrence = seen[index].occurrence if len(seen) > index and seen[index].name == call.name else call.occurrence
            if len(seen) <= index or seen[index].name != call.name:
                continue
            if what.startswith("error") and "(INJECTED)" in seen[index].text:
                return result
            if what.startswith("signal") and len(seen) == index + 1 and result.returncode == -9:
                return result
        return None


def on_a_terminal(line: list[str], typed, instance: Instance) -> subprocess.CompletedProcess:
    """Runs a command behind a pseudo-terminal, and types at each prompt; a secret once the terminal does not show it."""
    own, other = pty.openpty()
    process = subprocess.Popen(
        line, stdin=other, stdout=other, stderr=other, start_new_session=True, env=instance.environment, cwd=instance.base)
    os.close(other)
    shown, seen, waiting, end = b"", 0, list(typed), time.monotonic() + 60
    while time.monotonic() < end:
        if select.select([own], [], [], 0.02)[0]:
            try:
                some = os.read(own, 65536)
            except OSError:  # Nobody holds the other end any more.
                break
            shown += some
        # A question need not come every time.
        number = next((number for number, (prompt, _) in enumerate(waiting) if prompt.encode() in shown[seen:]), None)
        if number is not None:
            answer = waiting[number][1]
            is_secret = any(secret in answer for secret in SECRETS)
            if not is_secret or not termios.tcgetattr(own)[3] & termios.ECHO:
                os.write(own, answer.encode())
                seen, waiting = len(shown), waiting[number + 1:]
    else:
        os.killpg(process.pid, signal.SIGKILL)
    code = process.wait()
    os.close(own)
    return subprocess.CompletedProcess(line, code, shown, b"")


@dataclasses.dataclass
class Findings:
    calls: int = 0
    changing: int = 0
    runs: int = 0
    states: int = 0
    problems: list[str] = dataclasses.field(default_factory=list)

    @property
    def sentence(self) -> str:
        return (f"{self.calls} calls ({self.changing} from the first change on), {self.runs} stops, "
                f"{self.states} states left, {len(self.problems)} problems")


class Judge:
    """Everything that is done to one command."""

    def __init__(self, base: pathlib.Path, command: Command, program: str, workers: int = 0):
        self.command = command
        self.workers = workers or len(os.sched_getaffinity(0))
        self.stoppers: queue.Queue[Stopper] = queue.Queue()
        for number in range(self.workers):
            (base / f"{number}").mkdir()
            self.stoppers.put(Stopper(base / f"{number}", command, program))
        self.findings = Findings()
        self.after_next: dict[str, list[str]] = {}
        self.lock = threading.Lock()

    def judge(self) -> Findings:
        stopper = self.stoppers.get()
        stopper.instance.reset()
        self.before = self.look(stopper.instance)
        result = stopper.run()
        told = result.stderr.decode(errors="replace") + result.stdout.decode(errors="replace")
        assert result.returncode == self.command.code, f"{self.command.line}: exit {result.returncode}: {told}"
        self.after, calls = self.look(stopper.instance), stopper.calls()
        self.stoppers.put(stopper)
        self.findings.problems += self.first_problems()
        first = next((index for index, call in enumerate(calls) if call.is_change), len(calls))
        self.findings.calls, self.findings.changing = len(calls), len(calls) - first
        with concurrent.futures.ThreadPoolExecutor(self.workers) as pool:
            for found in pool.map(lambda stop: self.stop(*stop), self.stops(calls, first)):
                self.findings.problems += found
                self.findings.runs += 1
        self.findings.states = len(self.after_next)
        return self.findings

    def look(self, instance: Instance):
        return instance.files()

    def first_problems(self) -> list[str]:
        """Of the run that nobody disturbed."""
        before, after = kept(self.before), kept(self.after)
        changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        wanted = set(self.command.changes)
        # Backups belong to the configuration.
        changed = {name for name in changed if ".bak" not in name}
        found = [] if changed == wanted else [f"undisturbed: it changed {sorted(changed)}, not {sorted(wanted)}"]
        return found + leftovers(self.after) + problems(self.before, self.after, self.after)

    def stops(self, calls: list[Call], first: int):
        for index, call in enumerate(calls):
            reads = not call.is_change and not EVERY
            # A call that only reads leaves what the one before it left: every fourth stands for the others.
            if not reads or index % 4 == 0:
                yield index, call, "signal=SIGKILL"
            # As long as nothing has been changed, every third.
            step = 3 if index < first else 1
            for number, error in enumerate(ERRORS):
                if not reads or index % step == 0 and index // step % len(ERRORS) == number:
                    yield index, call, f"error={error}"

    def stop(self, index: int, call: Call, what: str) -> list[str]:
        stopper = self.stoppers.get()
        try:
            result = stopper.at(call, what, index)
            if result is None:
                return [f"{what} at {call.text}: it did not happen there"]
            found = self.aftermath(stopper, result, is_kill=what.startswith("signal"))
            return [f"{what} at {call.text}: {problem}" for problem in found]
        finally:
            self.stoppers.put(stopper)

    def aftermath(self, stopper: Stopper, result: subprocess.CompletedProcess, is_kill: bool) -> list[str]:
        files = stopper.instance.files()
        found = problems(self.before, self.after, files) + stopper.instance.open_to_others()
        told = result.stdout.decode(errors="replace") + result.stderr.decode(errors="replace")
        found += ["it shows a secret"] if any(secret in told for secret in SECRETS) else []
        if not is_kill:
            found += leftovers(files) + self.answer(result, told, is_done=self.is_done(files, told), is_untouched=kept(files) == kept(self.before))
        return found + self.once_for(fingerprint(files), lambda: self.next_run(stopper))

    def once_for(self, state: str, find: Callable[[], list[str]]) -> list[str]:
        """What comes next does not depend on how a state came about."""
        with self.lock:
            known = self.after_next.get(state)
        if known is None:
            known = find()
            with self.lock:
                self.after_next[state] = known
        return known

    def is_done(self, files: dict[str, bytes], told: str) -> bool:
        found, wanted = kept(files), kept(self.after)
        for name in self.command.lagging:
            if found.get(name) != wanted.get(name) and " stays" in told:
                found[name] = wanted[name]
        return found == wanted

    def answer(self, result: subprocess.CompletedProcess, told: str, is_done: bool, is_untouched: bool) -> list[str]:
        code, found = result.returncode, []
        if code == self.command.code and self.command.word in told:
            return [] if is_done else [f"it claims success (exit {code}) and has not done it"]
        if code == 0 and is_untouched:
            return []  # It says what it found, and not that it has done anything.
        if code not in HONEST:
            found.append(f"exit {code}: {told[:300]}")
        if "Fatal error" in told or "Current stack trace" in told:
            found.append(f"it crashed: {told[:300]}")
        if not all(word in told for word in ("error: ", "why: ", "fix: ")):
            found.append(f"it does not explain itself: {told[:300]}")
        if is_done and "may not survive" not in told and "stored file is unchanged" in told:
            found.append(f"it claims that nothing was changed: {told[:300]}")
        return found

    def next_run(self, stopper: Stopper) -> list[str]:
        result = stopper.run(fresh=False, traced=False)
        told = result.stderr.decode(errors="replace") + result.stdout.decode(errors="replace")
        if result.returncode not in {self.command.code, *self.command.again}:
            return [f"the next run failed with {result.returncode}: {told[:300]}"]
        files = stopper.instance.files()
        wrong = [f"the next run: {problem}" for problem in leftovers(files)]
        for name, content in kept(self.after).items():
            if ".bak" not in name and name not in self.command.lagging and files.get(name) != content:
                wrong.append(f"the next run did not finish {name}")
        return wrong + problems(self.before, self.after, files)
