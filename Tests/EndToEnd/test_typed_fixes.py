# SPDX-License-Identifier: Apache-2.0
"""Every fix that is printed is typed, as it stands, into a shell: it must work, on this instance, and do nothing else."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from answers import AGENT, CONFIG, DOTENV, JOURNAL, PROGRAM, SEED, STORE, TYPED
from programs import BUILD, GATEWAY

OTHER = 12345  # A user that owns nothing else.
IS_ROOT = os.geteuid() == 0
SETUP_TOKEN = "sk-ant-oat01-" + "typedFixes" * 9
CODER = "agents/coder/agent/auth-profiles.json"
FILES = {
    CONFIG: """{ gateway: { port: 18799 },
  agents: { defaults: { model: { primary: "anthropic/claude-sonnet-4-5" },
      models: { "anthropic/claude-haiku-4-5": { alias: "fast" } } },
    list: [{ id: "main", default: true }, { id: "coder", auth: { inherit: false }, model: "openai/gpt-5.2" }] } }
""",
    STORE: SEED[STORE], DOTENV: SEED[DOTENV], JOURNAL: SEED[JOURNAL],
    CODER: '{"version":1,"profiles":{"openai:b":{"type":"api_key","provider":"openai","key":"sk-typed-fixes-0123456789"}}}',
}


class Place:
    """A state directory of some name, and commands on it."""

    def __init__(self, name, instance=None, owner=None):
        self.base = Path(tempfile.mkdtemp(prefix="fixes-"))
        self.base.chmod(0o755)
        self.owner, self.instance = owner, instance
        home = self.base / ("home" if instance else f"h {name}")
        self.state = home / f".{GATEWAY}-{instance}" if instance else self.base / name
        self.environment = {
            "PATH": f"{BUILD}:{os.environ.get('PATH', '/usr/bin:/bin')}", "HOME": str(home),
            "SWIFT_BACKTRACE": "enable=no", "EDITOR": str(self.base / "editor"),
        }
        if not instance:
            self.environment["AGENTICFLOW_STATE_DIR"] = str(self.state)
        # Takes the line away that it is to be opened at.
        (self.base / "editor").write_text('#!/bin/sh\nexec sed -i "${1#+}d" "$2"\n')
        (self.base / "editor").chmod(0o755)
        home.mkdir()
        for root in [self.state] + ([home / f".{GATEWAY}"] if instance else []):
            for file, text in FILES.items():
                (root / file).parent.mkdir(parents=True, exist_ok=True)
                (root / file).write_text(text)
        self.own([home, self.state, *home.rglob("*"), *self.state.rglob("*")])
        self.cwd = home

    def own(self, paths):
        for path in paths:
            if path.is_symlink():
                continue
            path.chmod(0o700 if path.is_dir() else 0o600)
            if self.owner is not None:
                os.chown(path, self.owner, self.owner)

    def __truediv__(self, name):
        return self.state / name

    def remove(self):
        shutil.rmtree(self.base, ignore_errors=True)

    def _run(self, command, stdin):
        if self.owner is not None:
            command = ["setpriv", f"--reuid={self.owner}", f"--regid={self.owner}", "--clear-groups", *command]
        return subprocess.run(
            command, input=stdin, env=self.environment, cwd=self.cwd, capture_output=True, text=True, timeout=30,
            errors="replace")

    def run(self, words, stdin=""):
        return self._run([PROGRAM, *(["--profile", self.instance] if self.instance else []), *words], stdin)

    def type(self, line, stdin=""):
        return self._run(["sh", "-c", line], stdin)

    def type_here(self, line, stdin=""):
        """As in a shell that goes on: what is exported holds for the lines that follow."""
        answer = self.type(line, stdin)
        if exported := re.match(r"export ([A-Z_]+)=", line):
            self.environment[exported[1]] = self.type(f'{line}; printf %s "${exported[1]}"').stdout
        return answer

    def default_instance(self):
        """What an instance that was not meant holds."""
        root = self.cwd / f".{GATEWAY}"
        return {str(p): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file() and not p.name.endswith(".lock")}

    def planted(self):
        return [str(p) for p in self.base.rglob("PWNED*") if p.name == "PWNED"]


PLACES = {
    "plain": {"name": "state"}, "a quote": {"name": "my sta'te"}, "a command": {"name": "a';touch PWNED;'"},
    "a substitution": {"name": 'b"$(touch PWNED)`touch PWNED`'}, "an instance": {"name": "", "instance": "staging"},
}


@pytest.fixture(params=PLACES)
def place(request):
    made = Place(**PLACES[request.param])
    yield made
    assert made.planted() == []
    made.remove()


START = re.compile(r'agenticflow-enterprise |"\$\{EDITOR|\b(?:mv|cp|chmod|mkdir|export) ')
END = re.compile(r"; or |\. Or |\. If |, then |; then |    \(|; the gateway")


def typed(text, at=0, **words):
    """The command of a fix. `words`: for what only a person knows."""
    begin = [found.start() for found in START.finditer(text)]
    assert begin, f"no command in: {text}"
    line = END.split(text[begin[0]:])[at].removesuffix(".")
    for name, value in words.items():
        line = line.replace(name, value)
    return line


def advice(answer):
    """Every what and fix that was told."""
    found = re.findall(r"^(?:error|warning): (.+)\n +why: .+\n +fix: (.+)$", answer.stderr, re.MULTILINE)
    for text in answer.stdout.splitlines()[:1]:
        if text.startswith('{"error"'):
            told = json.loads(text)
            found.append((told["error"], told["fix"]))
    return found


# --- what cannot be used as it stands: the fix mends it ----------------------------------------------------------------

def instead(name, make):
    def apply(place):
        (place / name).unlink()
        make(place / name)
    return apply


def linked(name):
    def apply(place):
        kept = place.base / "kept"
        shutil.move(place / name, kept)
        (place / name).symlink_to(kept)
    return apply


def second_name(name):
    return lambda place: os.link(place / name, f"{place / name}.second")


def huge(name):
    return lambda place: os.truncate(place / name, 100 << 20)


def wrote(name, text):
    return lambda place: (place / name).write_text(text)


def taken(name):
    """`mv` to a name that something has would lose that."""
    def apply(place):
        instead(name, os.mkfifo)(place)
        Path(f"{place / name}.old").write_text("kept")
    return apply


def profile(kind, key):
    return json.dumps({"version": 1, "profiles": {"groq:ref": {"type": "api_key", "provider": "groq", "keyRef": {
        "source": kind, "provider": "default", "id": key}}}})


STATUS, VALIDATE, ENV = ["models", "status"], ["config", "get", "gateway.port"], ["env", "list"]
MENDS = {}
for _name, _command in ((CONFIG, VALIDATE), (STORE, STATUS), (DOTENV, ENV)):
    for _what, _make in (
        ("a link", linked(_name)), ("a link to nothing", instead(_name, lambda p: p.symlink_to("/nonexistent/file"))),
        ("an endless device", instead(_name, lambda p: p.symlink_to("/dev/zero"))),
        ("a link in a ring", instead(_name, lambda p: p.symlink_to(p))), ("a pipe", instead(_name, os.mkfifo)),
        ("a folder", instead(_name, os.mkdir)), ("a second name", second_name(_name)), ("a taken name", taken(_name)),
    ):
        MENDS[f"{_name} is {_what}"] = (_make, _command, {})
MENDS |= {
    "a configuration of 100 MB": (huge(CONFIG), VALIDATE, {}),
    "a configuration that is gone": (
        lambda place: (place.run(["config", "set", "gateway.port", "18795"]), (place / CONFIG).unlink()), VALIDATE, {}),
    "a store of 100 MB": (huge(STORE), STATUS, {}),
    "a line of .env without a sign": (wrote(DOTENV, "A=1\nFOO BAR\nB=2\n"), ENV, {}),
    "a line of .env without an end": (wrote(DOTENV, "FOO='bar\n"), STATUS, {}),
    "a variable twice in .env": (wrote(DOTENV, "B=1\nFOO=old\nFOO=new\n"), ENV, {}),
    "a reference to a variable": (wrote(STORE, profile("env", "TYPED_FIXES_KEY")), ["models", "auth", "list"], {}),
    "a key that no header can carry": (wrote(DOTENV, "GROQ_API_KEY='a b'\n"), STATUS, {}),
    "a state directory that is a file": (
        lambda place: (shutil.rmtree(place.state), place.state.write_text("")), STATUS, {}),
    "a way through a number": (lambda place: None, ["config", "set", "gateway.port.x", "1", "--allow-unknown"], {}),
    "an alias that is taken": (lambda place: None, ["models", "aliases", "add", "fast", "openai/gpt-5.2"], {}),
    "the default agent": (
        lambda place: place.run(["agents", "default", "coder"]), ["agents", "delete", "coder", "--yes"], {}),
}


@pytest.mark.parametrize("row", MENDS)
def test_the_fix_mends_it(place, row):
    damage, words, values = MENDS[row]
    damage(place)
    others = place.default_instance()
    before = advice(place.run(words))
    assert before, f"nothing was told: {place.run(words)}"
    what, fix = before[0]
    kept = Path(f"{place / CONFIG}.old"), Path(f"{place / STORE}.old"), Path(f"{place / DOTENV}.old")
    old = [path for path in kept if path.exists()]
    answer = place.type_here(typed(fix, **values), stdin=f"{TYPED}\n")
    assert answer.returncode == 0, (fix, answer)
    assert what not in [told for told, _ in advice(place.run(words))], fix
    assert all(path.read_text() == "kept" for path in old), "something was lost"
    assert place.default_instance() == others


# --- what was typed wrong: the fix is what was meant -------------------------------------------------------------------

KEY, TOKEN = f"{TYPED}\n", f"{SETUP_TOKEN}\n"
MEANT = {
    "a misspelt group": ("modls status", "", {}), "a misspelt command": ("models statsu", "", {}),
    "a misspelt option": ("models status --jsn", "", {}), "an option before the command": ("--json models status", "", {}),
    "no terminal to ask at": ("models auth logout anthropic:work --agent main", "", {}),
    "nobody to ask": ("agents delete coder", "", {}), "no terminal, of another agent": ("models auth logout openai:b --agent coder", "", {}),
    "a misspelt key": ("config get gateway.prt", "", {}), "a misspelt key to unset": ("config unset gateway.prt", "", {}),
    "an element without its id": ("config unset agents.list[1].id", "", {}),
    "an equals sign": ("config set gateway.port=18790", "", {}),
    "a path alone": ("config set gateway.port", "", {"VALUE": "18790"}),
    "a secret as a word": ("config set gateway.auth.token agw_0123456789abcdef", "agw_typedFixesTypedFixesTypedFixes\n", {}),
    "a misspelt variable": ("env unset OPENAI_API_KY", "", {}),
    "two forms at once": ("models status --json --plain", "", {}),
    "another agent's": ("models auth logout anthropic:work --agent coder", "", {}),
    "a key as a token": ("models auth paste-token --provider anthropic --profile-id anthropic:x --agent coder", KEY, {}),
    "a token as a key": ("models auth paste-api-key --provider anthropic --profile-id anthropic:y --agent coder", TOKEN, {}),
    "a token in the place of a key": ("models auth rotate anthropic:work --agent main", TOKEN, {}),
    "an unknown model": ("models set nothing-of-that-name", "", {}),
    "an unknown agent": ("models status --agent nobody", "", {"NAME": "nobody"}),
    "no alias of that name": ("models aliases remove nothing", "", {}),
}


@pytest.mark.parametrize("row", MEANT)
def test_the_fix_is_what_was_meant(place, row):
    line, stdin, values = MEANT[row]
    others = place.default_instance()
    answer = place.run(line.split(), stdin=stdin)
    told = advice(answer)
    assert told, f"nothing was told: {answer}"
    again = place.type(typed(told[0][1], **values), stdin=stdin)
    assert again.returncode == 0, (told[0][1], again)
    assert place.default_instance() == others


def test_a_token_given_as_a_key_goes_where_it_was_meant(place):
    words = "models auth paste-api-key --provider anthropic --profile-id anthropic:y --agent coder".split()
    place.type(typed(advice(place.run(words, stdin=TOKEN))[0][1]), stdin=TOKEN)
    assert json.loads((place / CODER).read_text())["profiles"]["anthropic:y"]["type"] == "token"
    assert "anthropic:y" not in (place / STORE).read_text()


def test_an_agent_comes_back_as_it_was(place):
    def entry():
        agents = json.loads(place.run(["agents", "list", "--json"]).stdout)["agents"]
        return [agent for agent in agents if agent["id"] == "coder"]

    before = entry()
    assert before[0]["inherits"] is False
    gone = place.run(["agents", "delete", "coder", "--yes"])
    assert gone.returncode == 0 and entry() == []
    line = re.search(r"^To bring it back: (.+)$", gone.stdout, re.MULTILINE)[1]
    assert place.type(line).returncode == 0
    assert entry() == before


def test_an_agent_that_was_made_again_is_not_mixed_with_the_one_before(place):
    gone = place.run(["agents", "delete", "coder", "--yes"])
    line = re.search(r"^To bring it back: (.+)$", gone.stdout, re.MULTILINE)[1]
    assert place.run(["agents", "add", "coder"]).returncode == 0
    before = sorted(map(str, place.state.rglob("*")))
    assert place.type(line).returncode != 0
    assert sorted(map(str, place.state.rglob("*"))) == before


def test_to_begin_anew_sets_every_copy_aside(place):
    for port in ("18791", "18792", "18793"):
        assert place.run(["config", "set", "gateway.port", port]).returncode == 0
    (place / CONFIG).unlink()
    copies = {path.name for path in place.state.glob(f"{CONFIG}.bak*")}
    assert len(copies) == 3
    fix = advice(place.run(["config", "set", "gateway.port", "18794"]))[0][1]
    answer = place.type(fix.partition("set the copies aside: ")[2])
    assert answer.returncode == 0, (fix, answer)
    assert {path.name for path in (place / f"{CONFIG}.old").iterdir()} == copies
    assert place.run(["config", "set", "gateway.port", "18794"]).returncode == 0


def test_an_agent_with_folders_elsewhere_comes_back_as_it_was(place):
    far = place.base / "far'; touch PWNED; '"
    words = ["agents", "add", "My Far", "--agent-dir", str(far), "--workspace", str(place.base / "w s"), "--model", "openai/gpt-5.2"]
    assert place.run(words).returncode == 0
    (place / "agents/my-far/sessions").mkdir(parents=True)

    def entry():
        return [agent for agent in json.loads(place.run(["agents", "list", "--json"]).stdout)["agents"] if agent["id"] == "my-far"]

    before = entry()
    gone = place.run(["agents", "delete", "my-far", "--yes"])
    line = re.search(r"^To bring it back: (.+)$", gone.stdout, re.MULTILINE)[1]
    answer = place.type(line)
    assert answer.returncode == 0, (line, answer)
    assert entry() == before


@pytest.mark.parametrize("words", [
    "models list --json", "models explain --json", "models auth list --json", "models status --json", "agents list --json",
    "gateway status --json", "env list --json",
])
def test_json_says_why_and_what_to_type(place, words):
    instead(STORE, os.mkfifo)(place)
    answer = place.run(words.split())
    shown = json.loads(answer.stdout)
    assert len(shown["problems"]) == len(shown["advice"]) == 1
    assert set(shown["advice"][0]) == {"error", "why", "fix"}
    assert place.type(typed(shown["advice"][0]["fix"])).returncode == 0
    assert json.loads(place.run(words.split()).stdout)["problems"] == []


@pytest.mark.parametrize("words", [
    "config set gateway.port 18790 --json", "config set gateway.port 18790 --json --dry-run",
    "config unset gateway.port --json", "config unset gateway.port --json --dry-run", "config set gateway.port 18799 --json",
])
def test_a_change_in_json_prints_one_document(place, words):
    answer = place.run(words.split())
    shown = json.loads(answer.stdout)
    assert (answer.returncode, shown["changed"], shown["dryRun"]) == (0, "18799" not in words, "--dry-run" in words)
    assert ("diff" in shown) == shown["dryRun"]


# --- what another user may not do --------------------------------------------------------------------------------------

DENIED = {
    "a store of mode 000": (lambda place: (place / STORE).chmod(0), STATUS),
    "a configuration of mode 000": (lambda place: (place / CONFIG).chmod(0), VALIDATE),
    "a folder of mode 000": (lambda place: (place / AGENT).chmod(0), STATUS),
    "another user's store": (lambda place: os.chown(place / STORE, 0, 0), STATUS),
    "another user's configuration": (lambda place: (os.chown(place / CONFIG, 0, 0), (place / CONFIG).chmod(0o644)), VALIDATE),
    "another user's configuration, with a copy": (
        lambda place: (shutil.copy(place / CONFIG, place / f"{CONFIG}.bak"), os.chown(place / f"{CONFIG}.bak", OTHER, OTHER),
                       os.chown(place / CONFIG, 0, 0), (place / CONFIG).chmod(0o644)), VALIDATE),
    "a link to another user's file": (instead(STORE, lambda p: p.symlink_to("/etc/passwd")), STATUS),
}


@pytest.mark.skipif(not IS_ROOT, reason="only root can be somebody else")
@pytest.mark.parametrize("row", DENIED)
def test_the_fix_mends_what_is_denied(row):
    place = Place("my sta'te", owner=OTHER)
    os.chown(place.base, OTHER, OTHER)
    try:
        damage, words = DENIED[row]
        damage(place)
        what, fix = advice(place.run(words))[0]
        answer = place.type(typed(fix))
        assert answer.returncode == 0, (fix, answer)
        assert what not in [told for told, _ in advice(place.run(words))], fix
    finally:
        place.remove()


LEFT = {
    "all of it": lambda place: [place.state, *place.state.rglob("*")],
    "all that is in it": lambda place: place.state.rglob("*"),
    "a store": lambda place: [place / STORE],
    "the locks": lambda place: place.state.rglob("*.lock"),
}
MEETING = [STATUS, VALIDATE, ["env", "list"], ["config", "set", "gateway.port", "18800"], ["env", "set", "OTHER"],
           ["models", "auth", "order", "set", "--provider", "anthropic", "anthropic:a"], ["gateway", "status"], ["doctor"]]


@pytest.mark.skipif(not IS_ROOT, reason="only root can leave something behind")
@pytest.mark.parametrize("row", LEFT)
@pytest.mark.parametrize("is_named", [False, True])
def test_what_root_has_left_in_a_home_is_given_back_first(row, is_named):
    place = Place("state", owner=OTHER) if is_named else Place("", instance="staging", owner=OTHER)
    os.chown(place.base, OTHER, OTHER)
    try:
        for words in (["config", "set", "gateway.port", "18801"], ["env", "set", "SOME"],
                      ["models", "auth", "order", "set", "--provider", "anthropic", "anthropic:a"]):
            place.run(words, "x\n")
        before = (place / STORE).read_bytes()
        for path in list(LEFT[row](place)):
            os.chown(path, 0, 0)
        fixes = []
        for words in MEETING:
            answer = place.run(words, "x\n")
            fixes += [fix for fix in re.findall(r"fix: (.+)", answer.stdout + answer.stderr) if "chown" in fix]
        assert fixes and all(
            re.match(r"(What follows is worked out from the files\. )?Have it given to you(, unless a gateway of root's runs on it)?: sudo chown ", fix) for fix in fixes), fixes
        if row == "all of it" or not is_named:
            assert all("sudo chown -R" in fix for fix in fixes), fixes
        for fix in sorted(set(fixes)):
            line = re.search(r"sudo (chown .+?)(?:; or |$)", fix)[1]
            subprocess.run(["sh", "-c", line], env=place.environment, check=True)
        assert (place / STORE).read_bytes() == before
        for words in MEETING:
            answer = place.run(words, "x\n")
            assert "chown" not in answer.stdout + answer.stderr and answer.returncode != 77, (words, answer)
    finally:
        place.remove()
