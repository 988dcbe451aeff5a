# SPDX-License-Identifier: Apache-2.0
"""One command on a state directory, and what every answer has to keep to, whatever is wrong there."""

import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import tempfile
import time
from pathlib import Path

from programs import BUILD, GATEWAY

PROGRAM = str(BUILD / GATEWAY)
CONFIG, DOTENV = "agenticflow-enterprise.json", ".env"
AGENT = "agents/main/agent"
STORE, JOURNAL = f"{AGENT}/auth-profiles.json", f"{AGENT}/auth-health.jsonl"
PLACE, LOCK = "gateway.json", "gateway.lock"
CONFIG_LOCK, STORE_LOCK = f"{CONFIG}.lock", f"{AGENT}/auth-profiles.lock"

# None of these may ever be shown.
STORED, SECOND, VARIABLE, TYPED, TOKEN = (
    "sk-ant-api03-answers-stored-0123456789abcdef", "sk-ant-api03-answers-second-0123456789abcdef",
    "sk-answers-variable-0123456789abcdef012345", "sk-ant-api03-answers-typed-0123456789abcdef",
    "agw_answersTestsAnswersTestsAnswersTestsAn",
)
SECRETS = [STORED, SECOND, VARIABLE, TYPED, TOKEN]

NOW = int(time.time())

SEED = {
    CONFIG: f"""// by hand
{{ gateway: {{ auth: {{ token: '{TOKEN}' }}, port: 18799 }},
  agents: {{ defaults: {{ model: {{ primary: "anthropic/claude-sonnet-4-5", fallbacks: ["openai/gpt-5"] }},
    imageModel: {{ primary: "openai/gpt-5", fallbacks: ["anthropic/claude-haiku-4-5"] }},
    models: {{ "anthropic/claude-haiku-4-5": {{ alias: "fast" }} }} }},
    list: [{{ id: "main", default: true }}, {{ id: "other" }}] }}, /* kept */
}}
""",
    STORE: json.dumps({"version": 1, "future": [1], "profiles": {
        "anthropic:default": {"type": "api_key", "provider": "anthropic", "key": STORED, "later": {}},
        "anthropic:work": {"type": "api_key", "provider": "anthropic", "key": SECOND},
        "anthropic:old": {"type": "token", "provider": "anthropic", "token": f"{SECOND}-old", "expires": 1600000000000},
    }, "order": {"anthropic": ["anthropic:work", "anthropic:default"]}}, indent=2),
    DOTENV: f"# by hand\nOPENAI_API_KEY={VARIABLE}\n",
    JOURNAL: json.dumps({"v": 1, "id": "anthropic:work", "agent": "main", "lastUsed": NOW, "windows": [
        {"reason": "rate_limit", "since": NOW, "until": NOW + 86_400, "origin": "header", "evidence": "retry-after: 9"},
    ]}, separators=(",", ":")) + "\n",
    LOCK: "", CONFIG_LOCK: "", STORE_LOCK: "",
    PLACE: '{"pid":1,"host":"127.0.0.1","port":9}\n',
}

WITH_NOBODY = {**SEED, CONFIG: SEED[CONFIG].replace("/* kept */", """/* kept */
  models: { providers: { anthropic: { baseUrl: "http://127.0.0.1:9" }, openrouter: { baseUrl: "http://127.0.0.1:9/v1" } } },""")}

READING = [line.split() for line in (
    "models status", "models status --json", "models status --check --json", "models status --plain",
    "models explain", "models explain --json", "models auth list", "models auth list --json",
    "models auth order get --provider anthropic", "models auth order get --provider anthropic --json",
    "gateway status", "gateway status --json", "gateway health", "gateway health --json", "gateway token",
    "config get gateway.port", "config validate", "config validate --json", "env list", "env list --json",
    "agents list", "agents list --json", "doctor", "doctor --json", "doctor --lint", "models list", "models list --json",
    "models aliases list", "models aliases list --json", "models fallbacks list --json", "models image-fallbacks list",
    "models explain --session one --agent other", "models auth list --agent other", "models auth clean --dry-run",
    "models auth clean --dry-run --json", "config get", "config get --json", "config path", "config path --json",
    "env list --all", "completion bash", "doctor --fix --dry-run",
)]
# Those that must change something when nothing is wrong; each leaves work for the others.
WRITING = [line.split() for line in (
    "models auth paste-api-key --provider anthropic --profile-id anthropic:new",
    "models auth paste-token --provider openai --expires-in 3d",
    "models auth order set --provider anthropic anthropic:default anthropic:work",
    "models auth order clear --provider anthropic",
    "config set agents.defaults.model.primary openai/gpt-5", "config unset agents.defaults.models",
    "models set openai/gpt-5", "models set-image openai/gpt-5", "models aliases add quick openai/gpt-5",
    "models aliases remove fast", "models fallbacks add anthropic/claude-haiku-4-5", "models fallbacks clear",
    "models image-fallbacks add openai/gpt-5", "env set GROQ_API_KEY", "env unset OPENAI_API_KEY",
    "models auth logout anthropic:default --yes", "models auth rotate anthropic:default",
    "agents add third", "agents add third --copy-credentials", "agents delete other --force", "agents default other",
    "models fallbacks remove openai/gpt-5", "models image-fallbacks remove anthropic/claude-haiku-4-5",
    "models image-fallbacks clear", "models auth add --provider openai --profile-id openai:ref --ref env:OPENAI_API_KEY",
    "models auth clean --yes", "models auth clear-cooldown anthropic:work", "models auth clear-cooldown --all --json",
    "models auth order set --provider anthropic --agent other anthropic:work",
)]

# Those that ask a provider or a terminal; where nobody is there (`WITH_NOBODY`), they change nothing either.
ASKING = [line.split() for line in (
    "models auth test anthropic:default", "models auth test anthropic:default --json", "models status --probe",
    "models scan --yes", "models scan --no-probe --json", "models auth setup-token --yes",
)]

_known = {}


def is_known(words):
    """True; a command that this program does not have is a failure, since a row that is skipped proves nothing."""
    depth = 4 if "order" in words else 3 if words[:2] in OF_THREE_WORDS else 1 if words[0] in ("doctor", "completion") else 2
    key = " ".join(words[:depth])
    if key not in _known:
        shown = subprocess.run([PROGRAM, *words[:depth], "--help"], capture_output=True, text=True)
        usage = " ".join(re.split("usage:", shown.stdout, flags=re.IGNORECASE)[-1].split())
        _known[key] = shown.returncode == 0 and usage.startswith(f"{GATEWAY} {key}")
    assert _known[key], f"there is no command: {key}"
    return True


OF_THREE_WORDS = [["models", name] for name in ("auth", "aliases", "fallbacks", "image-fallbacks")]


def every_command():
    """The words of each command that the program has, as it says itself."""
    shown = json.loads(subprocess.run([PROGRAM, "--experimental-dump-help"], capture_output=True, check=True).stdout)

    def leaves(command, words):
        below = [one for one in command.get("subcommands", []) if one["commandName"] != "help" and one["shouldDisplay"]]
        return [leaf for one in below for leaf in leaves(one, [*words, one["commandName"]])] or [" ".join(words)]

    return leaves(shown["command"], [])


class Host:
    """A state directory that is made anew when asked, and commands on it, as this user or as another one."""

    def __init__(self, owner=None, seed=SEED):
        # Not below pytest's own folder: another user could not reach it.
        self.base = Path(tempfile.mkdtemp(prefix="answers-"))
        self.base.chmod(0o755)
        self.owner, self.seed = owner, seed
        self.state = self.base / "state"
        self.environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": str(self.base / "home"),
            "AGENTICFLOW_STATE_DIR": str(self.state), "SWIFT_BACKTRACE": "enable=no",
        }
        self.reset()

    def __truediv__(self, name):
        return self.state / name

    def reset(self):
        self.remove()
        self.base.mkdir(mode=0o755, exist_ok=True)
        for folder in ("home", "state", f"state/{AGENT}"):
            (self.base / folder).mkdir(parents=True)
        for name, text in self.seed.items():
            (self.state / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        for path in [self.base / "home", self.state, *self.state.rglob("*")]:
            path.chmod(0o700 if path.is_dir() else 0o600)
            if self.owner is not None:
                os.chown(path, self.owner, self.owner)

    def remove(self):
        shutil.rmtree(self.base, ignore_errors=True)

    def tree(self):
        """Everything that is stored, by its path: what it is and what is in it. Locks hold nothing."""
        found = {}
        for path in sorted([self.state, *self.state.rglob("*")]):
            name, status = str(path.relative_to(self.base)), path.lstat()
            kind = stat.S_IFMT(status.st_mode)
            if name.endswith(".lock") and kind == stat.S_IFREG:
                continue
            content = ""
            if kind == stat.S_IFLNK:
                content = os.readlink(path)
            elif kind == stat.S_IFREG:
                small = status.st_size < 1 << 20
                content = hashlib.sha256(path.read_bytes()).hexdigest() if small else f"{status.st_size} {status.st_mtime_ns}"
            found[name] = (kind, content)
        return found

    def run(self, words, stdin=f"{TYPED}\n", within=30.0, prefix=(), environment=None, **options):
        command = [*prefix, PROGRAM, *words]
        if self.owner is not None and self.owner != os.geteuid():
            command = ["setpriv", f"--reuid={self.owner}", f"--regid={self.owner}", "--clear-groups", *command]
        begin = time.monotonic()
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": "/", **options}
        if "stdin" not in options:
            options["input"] = stdin.encode() if isinstance(stdin, str) else stdin
        result = subprocess.run(
            command, env=environment if environment is not None else self.environment, timeout=within, **options)
        return Answer(words, result, time.monotonic() - begin)


# Escapes, other control characters, and marks that turn the direction of a line round.
UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
# What a fix may tell: one of our commands or of the shell's, an option of the same one, or what to paste into it.
COMMAND = re.compile(
    r"agenticflow-enterprise|the command|\b(mv|cp|chmod|chown|export|ss|df|findmnt|dmesg|ulimit|readlink|printf|ls) |\$\{EDITOR| --[a-z-]+ \S|[Pp]aste the|[Pp]ipe it|Copy the|setup-token")


class Answer:
    def __init__(self, words, result, seconds):
        self.words = words
        self.code = result.returncode
        self.raw = result.stdout or b"", result.stderr or b""
        self.stdout, self.stderr = (part.decode(errors="surrogateescape") for part in self.raw)
        self.seconds = seconds

    @property
    def is_json(self):
        return "--json" in self.words

    @property
    def advice(self):
        """What, why and fix; nothing when no error was told."""
        if self.is_json and self.code >= 64:
            try:
                shown = json.loads(self.stdout)
                if set(shown) == {"error", "why", "fix"}:
                    return shown["error"], shown["why"], shown["fix"]
                if self.words[:3] == ["models", "auth", "test"] and shown["finding"] != "ok":  # Its answer says more.
                    return shown["finding"], shown["error"], shown["fix"]
            except (ValueError, KeyError, TypeError):
                pass
        found = re.search(r"^error: (.+)\n +why: (.+)\n +fix: (.+)$", self.stderr, re.MULTILINE)
        return found.groups() if found else None

    def problems(self, codes, limit=2.0):
        """What this answer does not keep to. `codes`: the exit codes that it may have."""
        both, found = self.stdout + self.stderr, []
        if self.code < 0 or self.code >= 128 or "Fatal error" in both or "stack trace" in both:
            found.append("it crashed")
        if self.code not in codes:
            found.append(f"exit {self.code}, not {sorted(codes)}")
        if self.seconds > limit:
            found.append(f"it took {self.seconds:.1f} s")
        found += ["it shows a secret" for secret in SECRETS if secret in both]
        found += [f"it prints {character!r}" for character in set(UNSAFE.findall(both))]
        if self.code >= 64:
            advice = self.advice
            if advice is None and not self.is_usage and self.words[:2] != ["config", "validate"]:  # Its answer is the list.
                found.append("it does not say what, why and fix")
            elif advice and not COMMAND.search(advice[2]):
                found.append("its fix names no command")
        if self.is_json and (self.code < 64 or self.stdout) and not self.is_usage:
            try:
                told = json.loads(self.stdout)
                assert isinstance(told, dict)
                is_list = self.words[0] == "doctor" or self.words[:2] == ["config", "validate"]  # Each entry says it.
                if self.code in (65, 77, 78) and not is_list and not ({"error", "why", "fix"} <= set(told) or told.get("advice")):
                    found.append("its JSON does not say what, why and fix")
            except (ValueError, AssertionError):
                found.append("its output is not one JSON object")
        shown = f"exit {self.code}, stdout {ascii(self.stdout[:200])}, stderr {ascii(self.stderr[:400])}" if found else ""
        return [f"{ascii(' '.join(self.words))[:200]}: {problem} ({shown})" for problem in found]

    @property
    def is_usage(self):
        return self.code == 64 and "Usage:" in self.stderr
