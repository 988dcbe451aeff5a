# SPDX-License-Identifier: Apache-2.0
"""Stops or disturbs a writer at one chosen system call, and looks at what is left of its store."""

import dataclasses
import os
import pathlib
import re
import shutil
import stat
import subprocess

STORE = "auth-profiles.json"
LOCK = "auth-profiles.lock"
SECRET = "sk-crash-test-secret-0123456789"

# Fields, types and profiles that the program does not know, at every level.
OLD = """{
  "version": 1, "future": {"a": [1, 2.50, {"b": null}]},
  "profiles": {
    "anthropic:default": { "type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-EXAMPLE", "later": "x" },
    "anthropic:work": {"type":"token","provider":"anthropic","token":"sk-ant-oat01-EXAMPLE","expires":1800000000000},
    "elsewhere:1": { "type": "hologram", "provider": "elsewhere", "rays": 7 },
    "No Profile Id": "kept"
  },
  "order": { "anthropic": ["anthropic:work", "anthropic:default"] },
  "lastGood": { "anthropic": "anthropic:default" },
  "usageStats": { "anthropic:work": { "errorCount": 1, "cooldownUntil": 1770000130000 } }
}
"""


class Folder:
    """An agent's folder in a known state. Always under the same path: every run makes the same calls."""

    def __init__(self, base: pathlib.Path, text: str | None):
        self.path = base / "state" / "agent"
        self.text = text

    def reset(self):
        shutil.rmtree(self.path.parent, ignore_errors=True)
        self.make()

    def make(self):
        if self.text is not None:
            self.path.mkdir(mode=0o700, parents=True)
            self.path.parent.chmod(0o700)
            (self.path / LOCK).touch(mode=0o600)
            (self.path / STORE).touch(mode=0o600)
            (self.path / STORE).write_text(self.text)

    @property
    def store(self) -> bytes | None:
        try:
            return (self.path / STORE).read_bytes()
        except FileNotFoundError:
            return None

    @property
    def leftovers(self) -> list[str]:
        names = os.listdir(self.path) if self.path.exists() else []
        return sorted(set(names) - {STORE, LOCK})

    def open_to_others(self) -> list[str]:
        """What another user could look into; nothing, whenever the writer was stopped."""
        if not self.path.exists():
            return []
        paths = [self.path, *(self.path / name for name in os.listdir(self.path))]
        return [str(p) for p in paths if stat.S_IMODE(p.lstat().st_mode) & 0o077 or not p.is_dir() and p.lstat().st_nlink != 1]


@dataclasses.dataclass(frozen=True)
class Call:
    name: str
    occurrence: int  # of this name, since the program began; from 1
    text: str


class Writer:
    def __init__(self, program: str, folder: Folder, *words: str, twin: str | None = None):
        self.folder = folder
        words = words or ("add", str(folder.path), "anthropic:new", SECRET)
        self.command = [program, *words, *(["--twin", twin] if twin else [])]
        self.trace = folder.path.parent.parent / "trace"

    def run(self, injection: str | None = None) -> subprocess.CompletedProcess:
        self.folder.reset()
        strace = ["strace", "-f", "-qq", "-o", str(self.trace), "-e", "trace=%file,%desc"]
        strace += ["-e", f"inject={injection}"] if injection else []
        return subprocess.run(strace + self.command, capture_output=True, text=True, timeout=60)

    def calls(self) -> list[Call]:
        """Those of the last run, from the beginning of the update to its end."""
        counts, found, inside = {}, [], False
        for line in self.trace.read_text(errors="replace").splitlines():
            match = re.match(r"\d+ +(\w+)\((.*)", line)
            if not match:
                continue
            name, text = match.groups()
            counts[name] = counts.get(name, 0) + 1
            if "/store-update-ends" in text:
                break
            if inside and name != "mmap":
                found.append(Call(name, counts[name], f"{name}({text}"))
            inside = inside or "/store-update-begins" in text
        return found

    def at(self, call: Call, what: str, index: int) -> subprocess.CompletedProcess:
        """Runs with `what` happening at one call, and makes sure that it happened there."""
        result = self.run(f"{call.name}:{what}:when={call.occurrence}")
        seen = self.calls()
        assert len(seen) > index and seen[index].name == call.name, f"{call.text} was missed: {seen}"
        if what.startswith("error"):
            assert "(INJECTED)" in seen[index].text, seen[index].text
        else:
            assert len(seen) == index + 1 and result.returncode == -9, f"{call.text} did not end the writer"
        return result


def names(calls: list[Call]) -> str:
    counts = {}
    for call in calls:
        counts[call.name] = counts.get(call.name, 0) + 1
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
