# SPDX-License-Identifier: Apache-2.0
"""Words that no command can work with, and rubbish instead of a secret: refused with a reason, and nothing is changed."""

import os
import re

import pytest

from answers import READING, SECOND, TYPED, WRITING, Host

USAGE, DATA, NO_INPUT, UNAVAILABLE = 64, 65, 66, 69
ID = re.compile(r"anthropic:[A-Za-z0-9._@+-]{1,128}")

# A secret that must not come back; also where a command line is only told that a word is one too many.
SECRET_WORD = TYPED
NAMES = {
    "unknown": "nothing-of-that-name", "empty": "", "blanks": "   ", "slash": "../../etc/passwd", "dots": "..", "dot": ".",
    "absolute": "/etc/passwd", "escape": "\x1b[2J\x1b[31mred", "control": "a\x01b", "newline": "a\nerror: forged\n  why: x",
    "bidi": "a\u202eb\u2066c", "zero width": "a\u200bb", "byte-order mark": "\ufeffopenai", "300 characters": "x" * 300,
    "100 000 characters": "x" * 100_000, "not UTF-8": os.fsdecode(b"a\xff\xfe\x80"), "emoji": "\U0001f600" * 40,
    "quotes": "'\"`$(id)`", "glob": "*", "percent": "%s%n%x", "long accents": "e" + "\u0301" * 2000,
    "dash": "-", "colon": ":", "many colons": "a:b:c:d", "equals": "=", "null word": "null", "number": "-1",
}

# Each with one word that is bad; the exit codes that are right for it.
PLACES = {
    "models status --agent": {USAGE, DATA}, "models explain --agent": {USAGE, DATA},
    "models explain --model": {USAGE, DATA, 0}, "models explain --session": {USAGE, DATA, 0},
    "models auth list --agent": {USAGE, DATA}, "models auth list --provider": {USAGE, DATA},
    "models auth order get --provider": {USAGE, DATA}, "models auth order set --provider anthropic": {USAGE, DATA},
    "models auth order clear --provider": {USAGE, DATA}, "models auth order set --provider anthropic --agent": {USAGE, DATA},
    "models auth paste-api-key --provider": {USAGE, DATA}, "models auth paste-api-key --provider anthropic": {USAGE, DATA},
    "models auth paste-api-key --provider anthropic --agent": {USAGE, DATA},
    "models auth paste-token --provider anthropic --expires-in": {USAGE, DATA},
    "gateway run --port": {USAGE}, "gateway run --port 0 --bind": {USAGE},
    "models": {USAGE}, "models auth": {USAGE}, "gateway": {USAGE}, "": {USAGE},
    "models auth logout": {USAGE, DATA}, "models auth rotate": {USAGE, DATA}, "models auth clear-cooldown": {USAGE, DATA},
    "models auth test --no-such": {USAGE},
    "models set": {USAGE, DATA}, "models set-image": {USAGE, DATA}, "models aliases remove": {USAGE, DATA},
    "models aliases add quick": {USAGE, DATA}, "models fallbacks add": {USAGE, DATA}, "models fallbacks remove": {USAGE, DATA},
    "models image-fallbacks add": {USAGE, DATA}, "models list --provider": {USAGE, DATA, 0},
    "agents delete --force": {USAGE, DATA}, "env unset": {USAGE, DATA, 0}, "config get": {USAGE, DATA, 1, 66},
    "models auth add --provider": {USAGE, DATA}, "models auth add --provider anthropic --type": {USAGE, DATA},
    "models auth test": {USAGE, DATA}, "models auth clean": {USAGE, DATA}, "models auth clear-cooldown --all --model": {USAGE, DATA},
    "config set gateway.port": {USAGE, DATA}, "config set": {USAGE, DATA}, "config unset": {USAGE, DATA, 66},
    "doctor --only": {USAGE}, "doctor --skip": {USAGE}, "doctor --lint --severity-min": {USAGE},
    "models status --probe --probe-provider": {USAGE, DATA}, "models status --probe --probe-profile": {USAGE, DATA},
    "models status --probe --probe-mode": {USAGE}, "agents add second --model": {USAGE, DATA},
    "agents default": {USAGE, DATA},
    "models status --probe-timeout": {USAGE}, "doctor --no-such": {USAGE},
}
# Some of the words are right in some places.
RIGHT = {
    ("models explain --session", None), ("config set gateway.port", "null word"),
}

RUBBISH = {
    "nothing": b"", "a line break": b"\n", "blanks": b"  \t \n", "quotes alone": b"''", "two lines": b"sk-ant-api03-first\nsk-ant-api03-second\n",
    "export": f"export ANTHROPIC_API_KEY={TYPED}".encode(), "assignment": f"ANTHROPIC_API_KEY={TYPED}".encode(),
    "Bearer": f"Bearer {TYPED}".encode(), "header": f"x-api-key: {TYPED}".encode(), "escape": f"{TYPED}\x1b[31m".encode(),
    "control": f"sk\x01{TYPED}".encode(), "zero": f"{TYPED}\0{TYPED}".encode(), "zero width": f"{TYPED[:9]}\u200b{TYPED[9:]}".encode(),
    "bidi": f"\u202e{TYPED}".encode(), "no-break space": f"{TYPED}\u00a0x".encode(), "inner blank": TYPED.replace("-", " ").encode(),
    "binary": bytes(range(256)), "not UTF-8": TYPED.encode() + b"\xff\xfe", "100 KB": b"s" * 100_000, "64 KB and one": b"s" * 65_537,
    "mask": b"sk-ant...cdef", "ellipsis": "sk-ant…cdef".encode(), "JSON": f'{{"key":"{TYPED}"}}'.encode(),
    "variable": b"$ANTHROPIC_API_KEY", "reference": b"${ANTHROPIC_API_KEY}", "one quote": f'"{TYPED}'.encode(),
    "web address": b"https://console.anthropic.com/settings/keys", "e-mail": b"me@example.com", "placeholder": b"<your-api-key>",
    "variable's name": b"OPENAI_API_KEY", "client token": b"agw_0123456789abcdef",
    "back-quotes": f"x`{TYPED}`".encode(), "brackets": f"({TYPED})".encode(), "stars": f"**{TYPED}**".encode(),
    "comma": f"{TYPED},".encode(), "semicolon": f"{TYPED};".encode(), "full stop": f"{TYPED}.".encode(),
    "percent": f"{TYPED}%".encode(), "backslash": f"{TYPED}\\".encode(), "colon": f":{TYPED}".encode(),
    "equals": f"={TYPED}".encode(), "twice": f"{TYPED}{TYPED}".encode(), "two keys": f"{TYPED},{SECOND}".encode(),
    "path": b"/run/secrets/key", "env reference": b"env:OPENAI_API_KEY", "undefined": b"undefined", "null": b"null",
    "None": b"None", "your-api-key-here": b"your-api-key-here", "crosses": b"sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "UTF-16": TYPED.encode("utf-16"), "carriage returns": TYPED.replace("-", "\r").encode(),
}
TAKING = ["models auth paste-api-key --provider anthropic", "models auth paste-token --provider openai",
          "models auth rotate anthropic:default", "env set GROQ_API_KEY", "config set models.providers.anthropic.apiKey --stdin"]

CONTRADICTIONS = [
    "models status --json --plain", "models status --plain --probe", "models list --json --plain",
    "models auth order set --provider anthropic", "models auth order set --provider anthropic anthropic:none",
    "models auth order set --provider anthropic openai:env",
    "models auth paste-api-key", "models auth paste-api-key --provider", "models auth paste-api-key --provider openai --profile-id anthropic:x",
    "models auth paste-api-key --provider anthropic --profile-id anthropic:env",
    "models auth paste-token --provider openai --expires-in -3d", "models auth paste-token --provider openai --expires-in 3y",
    "models auth paste-token --provider openai --expires-in 99999999999999999999999d",
    "models auth paste-token --provider openai --expires-in nan", "models auth paste-token --provider openai --expires-in infd",
    "models auth paste-token --provider openai --expires-in 1e308d",
    "gateway run --port 65536", "gateway run --port -1", "gateway run --port x", "gateway run --bind 8.8.8.8 --port 0",
    "gateway run --bind 0.0.0.0 --port 0",
    "models auth paste-token --provider openai --expires-in 0", "models auth paste-token --provider openai --expires-in 0.0001ms",
    "models status --probe --probe-profile ,", "models auth clear-cooldown --all --model nothing",
    "doctor --lint --only no-credentials --skip no-credentials",
    "--profile ../x models status", "--profile", "models status --agent main --agent nobody",
]


@pytest.fixture(scope="module")
def host():
    made = Host()
    yield made
    made.remove()


@pytest.fixture(autouse=True)
def unchanged(host):
    before = host.tree()
    yield
    after = host.tree()
    if after != before:
        host.reset()
    assert after == before, sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place or "nothing")
def test_a_bad_word(host, place):
    problems = []
    for what, word in NAMES.items():
        if (place, what) in RIGHT or (place, None) in RIGHT and what != "not UTF-8":
            continue
        words = [*place.split(), word]
        codes = PLACES[place]
        if place == "" and word == "":
            codes = {USAGE, 0}
        answer = host.run(words, stdin=f"{TYPED}\n")
        problems += [f"{what}: {problem}" for problem in answer.problems({*codes})]
        if "\nerror: forged" in answer.stderr or answer.stderr.startswith("error: forged"):
            problems.append(f"{what}: {place}: a line of the answer was forged")
        if len(answer.stderr) > 8000:
            problems.append(f"{what}: {place}: it repeats {len(answer.stderr)} characters")
    assert not problems, "\n".join(problems[:30])


@pytest.mark.parametrize("what", NAMES)
def test_a_name_that_people_give_a_profile(host, what):
    """It becomes an id that is safe everywhere, or is refused."""
    words = ["models", "auth", "paste-api-key", "--provider", "anthropic", "--profile-id", NAMES[what]]
    answer = host.run(words, stdin=f"{TYPED}\n")
    problems = answer.problems({0, USAGE, DATA})
    named = re.findall(r"^Auth profile: (.*) \(anthropic/api_key\)$", answer.stdout, re.MULTILINE)
    assert len(named) == (answer.code == 0) and all(ID.fullmatch(name) for name in named), answer.stdout
    host.reset()
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("line", CONTRADICTIONS)
def test_words_that_contradict_each_other(host, line):
    words = line.split()
    problems = host.run(words).problems({USAGE, DATA, 78})
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("what", RUBBISH)
@pytest.mark.parametrize("line", TAKING)
def test_rubbish_instead_of_a_secret(host, line, what):
    answer = host.run(line.split(), stdin=RUBBISH[what])
    if line.startswith("config set") and what == "reference":
        assert answer.code == 0  # The configuration takes it, and reads the variable.
        host.reset()
        return
    if line.startswith("env set") and answer.code == 0:
        host.reset()  # A variable may have blanks and quotes in it.
    problems = answer.problems({USAGE, DATA} if not line.startswith("env set") else {0, USAGE, DATA})
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("words", READING + WRITING, ids=" ".join)
def test_a_secret_among_the_words(host, words):
    problems = []
    for more in ([SECRET_WORD], [f"--api-key={SECRET_WORD}"], ["--token", SECRET_WORD], [f"--{SECRET_WORD}"], ["--", SECRET_WORD]):
        answer = host.run([*words, *more], stdin="")
        problems += answer.problems({USAGE, DATA, UNAVAILABLE, NO_INPUT})
    assert not problems, "\n".join(problems)
