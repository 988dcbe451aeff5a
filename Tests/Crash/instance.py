# SPDX-License-Identifier: Apache-2.0
"""A state directory with something of everything in it, and what may be left of it."""

import hashlib
import os
import pathlib
import re
import shutil
import stat
import time
from collections.abc import Callable

CONFIG = "agenticflow-enterprise.json"
DOTENV = ".env"
MAIN = "agents/main/agent"
STORE = f"{MAIN}/auth-profiles.json"
WORK_STORE = "agents/work/agent/auth-profiles.json"
JOURNAL = f"{MAIN}/auth-health.jsonl"

# Planted in the seed and typed into commands. None of them may ever be printed.
STORED, OTHER, IN_DOTENV, TYPED, TOKEN, SETUP_TOKEN = (
    "sk-ant-api03-crash-stored-0123456789abcdef", "sk-ant-api03-crash-other-0123456789abcdef",
    "sk-crash-dotenv-0123456789abcdef0123456789", "sk-ant-api03-crash-typed-0123456789abcdef",
    "agw_crashTestsCrashTestsCrashTestsCrashTests", "sk-ant-oat01-" + "crashTests" * 8,
)
SECRETS = [STORED, OTHER, IN_DOTENV, TYPED, TOKEN, SETUP_TOKEN]

CONFIG_TEXT = f"""// Kept by hand. Every byte of it matters to somebody.
{{
  gateway: {{ port: 0, auth: {{ token: '{TOKEN}', }}, future: [+1, 0x1F, Infinity, .5,], }}, /* a later version's */
  "agents": {{
    defaults: {{
      model: {{ primary: "anthropic/claude-sonnet-4-5", fallbacks: ["openai/gpt-5", "anthropic/claude-haiku-4-5"] }},
      imageModel: {{ primary: "openai/gpt-5", fallbacks: ["anthropic/claude-haiku-4-5"] }},
      models: {{
        "anthropic/claude-haiku-4-5": {{ alias: 'fast', later: null }}, // the cheap one
      }},
    }},
    list: [{{ id: "main" }}, {{ id: "work", name: 'At work' }}],
  }},
  auth: {{
    order: {{ anthropic: ["anthropic:work", "anthropic:default"] }},
    profiles: {{ "anthropic:default": {{ provider: "anthropic", mode: "api_key", later: 1 }} }},
  }},
  env: {{ vars: {{ CRASH_VARIABLE: "1" }} }},
  unknown: {{ deep: {{ list: [1, [2, {{ three: 3 }}]] }} }},
}}
"""
BACKUP_TEXT = f"{{ gateway: {{ auth: {{ token: '{TOKEN}' }} }} /* the day before */ }}\n"
DOTENV_TEXT = f"""# By hand.
export OPENAI_API_KEY="{IN_DOTENV}"   # the team's

CRASH_OTHER='kept'
not a line that anybody understands
"""
STORE_TEXT = f"""{{
  "version": 1, "future": {{"a": [1, 2.50, {{"b": null}}]}},
  "profiles": {{
    "anthropic:default": {{ "type": "api_key", "provider": "anthropic", "key": "{STORED}", "later": "x" }},
    "anthropic:work": {{"type":"token","provider":"anthropic","token":"{OTHER}","expires":4070908800000}},
    "anthropic:old": {{"type":"token","provider":"anthropic","token":"{OTHER}x","expires":1600000000000}},
    "elsewhere:1": {{ "type": "hologram", "provider": "elsewhere", "rays": 7 }},
    "No Profile Id": "kept"
  }},
  "order": {{ "anthropic": ["anthropic:work", "anthropic:default"] }},
  "lastGood": {{ "anthropic": "anthropic:default" }},
  "usageStats": {{ "anthropic:work": {{ "errorCount": 1, "cooldownUntil": 1770000130000 }} }}
}}
"""
WORK_TEXT = f'{{"version":1,"profiles":{{"openai:own":{{"type":"api_key","provider":"openai","key":"{OTHER}y"}}}}}}\n'
# As long as any is: a longer one would be cut by whoever reads it.
SINCE = int(time.time())
WINDOW = f'{{"reason":"rate_limit","since":{SINCE},"until":{SINCE + 6 * 86_400},"origin":"header","evidence":"retry-after: 9"}}'
JOURNAL_TEXT = (
    '{"v":1,"id":"anthropic:work","agent":"main","lastUsed":1790000000,"windows":[]}\n'
    f'{{"v":1,"id":"anthropic:default","agent":"main","lastUsed":1790000000,"windows":[{WINDOW}]}}\n'
)

FULL = {
    CONFIG: CONFIG_TEXT, f"{CONFIG}.bak": BACKUP_TEXT, DOTENV: DOTENV_TEXT, STORE: STORE_TEXT, WORK_STORE: WORK_TEXT,
    JOURNAL: JOURNAL_TEXT,
}
EMPTY: dict[str, str] = {}

# Left by commands that were stopped; nobody needs what is in them.
LOCKS = re.compile(r"(\.lock|/?gateway\.json)$")
BESIDE = re.compile(r"(^|/)\.[^/]+\.new-[^/]+\.tmp$")
# What differs from run to run, although the same was done.
VOLATILE = [
    (re.compile(rb"agw_[0-9A-Za-z]{40}"), b"agw_"), (re.compile(rb"1[5-9]\d{11}"), b"TIME"),
    (re.compile(rb"20\d{6}T\d{6}Z(-\d+)?"), b"TIME"), (re.compile(rb"20[2-9]\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), b"TIME"),
]


def steady(content: bytes) -> bytes:
    for pattern, instead in VOLATILE:
        content = pattern.sub(instead, content)
    return content


class Instance:
    """A state directory that is made anew for every run, under a path that stays the same.

    - `prepare`: is given this once the seed is there, and brings it where the command finds it. Done once, and copied.
    """

    def __init__(self, base: pathlib.Path, seed: dict[str, str], prepare: Callable[["Instance"], None] | None = None):
        self.base = base
        self.state = base / "state"
        self.seed = seed
        self.prepare = prepare
        self.prepared = base.parent / "prepared"
        self.environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": str(base / "home"),
            "AGENTICFLOW_STATE_DIR": str(self.state), "SWIFT_BACKTRACE": "enable=no",
            "SWIFT_DETERMINISTIC_HASHING": "1",  # The same calls in every run.
        }

    def reset(self):
        if self.prepared.exists():
            return self.take_from(self.prepared)
        self.plant()
        if self.prepare:
            self.prepare(self)
            self.keep_in(self.prepared)

    def keep_in(self, place: pathlib.Path):
        """Everything, with its modes and times."""
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self.base, place)

    def take_from(self, place: pathlib.Path):
        shutil.rmtree(self.base, ignore_errors=True)
        shutil.copytree(place, self.base)

    def plant(self):
        shutil.rmtree(self.base, ignore_errors=True)
        (self.base / "home").mkdir(parents=True, mode=0o700)
        for name, text in self.seed.items():
            path = self.state / name
            folder = self.state
            folder.mkdir(mode=0o700, exist_ok=True)
            for part in pathlib.PurePath(name).parts[:-1]:
                folder = folder / part
                folder.mkdir(mode=0o700, exist_ok=True)
            with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
                file.write(text)

    def files(self) -> dict[str, bytes]:
        """Every file below the state directory, by its path in there."""
        found = {}
        for folder, _, names in os.walk(self.state):
            for name in names:
                path = os.path.join(folder, name)
                if not os.path.isfile(path) or os.path.islink(path):
                    continue
                with open(path, "rb") as file:
                    found[steady(os.path.relpath(path, self.state).encode()).decode()] = steady(
                        file.read().replace(str(self.base).encode(), b"BASE"))
        return found

    def open_to_others(self) -> list[str]:
        paths = [self.state, *self.state.rglob("*")] if self.state.exists() else []
        return [
            f"others can read {p.relative_to(self.base)}" for p in paths
            if stat.S_IMODE(p.lstat().st_mode) & 0o077 or not p.is_dir() and p.lstat().st_nlink != 1
        ]


def kept(files: dict[str, bytes]) -> dict[str, bytes]:
    """Without locks and what writers leave beside a file."""
    return {name: content for name, content in files.items() if not LOCKS.search(name) and not BESIDE.search(name)}


def leftovers(files: dict[str, bytes]) -> list[str]:
    return [f"{name} was left" for name in files if BESIDE.search(name)]


def fingerprint(files: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        shown = BESIDE.sub("beside", name)
        digest.update(f"{shown}\0{0 if LOCKS.search(name) else len(files[name])}\0".encode())
        digest.update(b"" if LOCKS.search(name) else files[name])
    return digest.hexdigest()


def is_version(name: str) -> bool:
    """A file of which every version is to be found, in it or in its backups."""
    return name == CONFIG or name.startswith(f"{CONFIG}.bak")


def problems(before: dict[str, bytes], after: dict[str, bytes], found: dict[str, bytes]) -> list[str]:
    """What is wrong with a state that a command left when it was stopped on the way from `before` to `after`.

    Every file is the old one or the new one. Backups may be on their way to their next name; no version is lost.
    """
    before, after, found = kept(before), kept(after), kept(found)
    versions = {content for files in (before, after) for name, content in files.items() if is_version(name)}
    wrong = []
    for name in sorted(set(before) | set(after) | set(found)):
        content = found.get(name)
        if is_version(name) and name != CONFIG:
            if content is not None and content not in versions:
                wrong.append(f"{name} is no version of the configuration")
        elif content not in (before.get(name), after.get(name)):
            wrong.append(f"{name} is " + ("gone" if content is None else "neither the old one nor the new one"))
    here = {content for name, content in found.items() if is_version(name)}
    lost = [name for name in before if is_version(name) and before[name] not in here]
    # What is moved is somewhere at any moment.
    moved = [name for name in before if name not in after and before[name] in after.values()]
    lost += [name for name in moved if before[name] not in found.values()]
    return wrong + [f"what {name} held is lost" for name in lost]
