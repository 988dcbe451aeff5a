"""The two programs under test as child processes: their output in files, their end by their own pid."""

import ctypes
import json
import os
import signal
import subprocess
from pathlib import Path

from polling import eventually

BUILD = Path(os.environ.get("BUILD_DIR", Path(__file__).resolve().parents[2] / ".build" / "debug"))
GATEWAY = "agenticflow-enterprise"
SIMULATOR = "provider-simulator"

_libc = ctypes.CDLL(None)
_PR_SET_PDEATHSIG, _PR_CAPBSET_DROP = 1, 24
_CAPABILITIES = 64


def _end_with_parent():
    """A test run that is killed leaves no gateway behind. And whoever runs it, the programs may do what anybody may:
    a call that only root's capabilities allow fails here as it does for users."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    for number in range(_CAPABILITIES):
        _libc.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0)


def clean_environment(home, **more):
    """Nothing of the caller's environment: a key in it would become a candidate."""
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": str(home),
        "SWIFT_BACKTRACE": "enable=no",
        **{name: str(value) for name, value in more.items()},
    }


class Program:
    """A running child process."""

    @classmethod
    def piped(cls, name, arguments, environment, folder, text):
        """One that reads `text` from its standard input."""
        folder.mkdir(parents=True, exist_ok=True)
        given = folder / "stdin"
        given.write_text(text)
        with open(given, "rb") as source:
            return cls(name, arguments, environment, folder, stdin=source)

    def __init__(self, name, arguments, environment, folder, stdin=subprocess.DEVNULL):
        self.name = name
        folder.mkdir(parents=True, exist_ok=True)
        number = len(list(folder.glob("*.stderr")))
        self.stdout_path = folder / f"{number}.stdout"
        self.stderr_path = folder / f"{number}.stderr"
        with open(self.stdout_path, "wb") as out, open(self.stderr_path, "wb") as err:
            self.process = subprocess.Popen(
                [str(BUILD / name), *arguments],
                stdin=stdin,
                stdout=out,
                stderr=err,
                env=environment,
                cwd=folder,
                preexec_fn=_end_with_parent,
            )

    @property
    def pid(self):
        return self.process.pid

    @property
    def exit_code(self):
        """None while it runs."""
        return self.process.poll()

    @property
    def stdout(self):
        return self.stdout_path.read_text(errors="replace")

    @property
    def stderr(self):
        return self.stderr_path.read_text(errors="replace")

    def events(self):
        """The JSON lines it has written so far, on either output."""
        found = []
        for line in (self.stdout + self.stderr).splitlines():
            if line.startswith("{"):
                try:
                    found.append(json.loads(line))
                except ValueError:
                    pass  # A line that is still being written.
        return found

    def await_event(self, name, within=30.0):
        def look():
            for event in self.events():
                if event.get("event") == name:
                    return event
            if self.exit_code is not None:
                raise AssertionError(f"{self.name} ended with {self.exit_code} before '{name}':\n{self.stderr}")
            return None

        return eventually(look, f"event '{name}' of {self.name}", within)

    def signal(self, number):
        if self.exit_code is None:
            self.process.send_signal(number)

    def wait(self, within=30.0):
        """Its exit code, once it has ended."""
        return self.process.wait(timeout=within)

    def kill(self):
        self.signal(signal.SIGKILL)
        return self.process.wait(timeout=30.0)

    def resident_bytes(self):
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError(f"{self.name} has no VmRSS: it has ended")


def run(name, *arguments, environment, stdin="", within=60.0):
    """One command to its end."""
    return subprocess.run(
        [str(BUILD / name), *arguments],
        input=stdin,
        env=environment,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=within,
    )
