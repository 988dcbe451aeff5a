# SPDX-License-Identifier: Apache-2.0
"""Commands beside an included file, another agent's store, a reference's file, a backup and a folder's `.env` that are bad."""

import json

import pytest

from answers import CONFIG, DOTENV, SEED, STORE, Host
from test_bad_files import CONFIGURATION, DAMAGE, DATA, IN_ITS_PLACE, PERMISSION, differences

INCLUDED, CODER, KEY, MANIFEST = (
    "more.json", "agents/coder/agent/auth-profiles.json", "key.txt", "doctor-backups/20260101T000000Z/manifest.json",
)
FURTHER = {
    **SEED,
    CONFIG: SEED[CONFIG].replace("{ gateway:", '{ "$include": "./more.json", gateway:', 1).replace(
        '{ id: "other" }', '{ id: "other" }, { id: "coder" }', 1),
    INCLUDED: "{ gateway: { allowedHosts: ['ai.example'] } }\n",
    CODER: json.dumps({"version": 1, "profiles": {}}) + "\n",
    MANIFEST: json.dumps({"version": 1, "madeAt": 1, "changes": []}) + "\n",
}
READING = [line.split() for line in (
    "models status --agent coder", "models status --plain", "models list --json", "models explain --agent coder",
    "models auth list --agent coder --json", "models auth order get --provider anthropic --agent coder", "config get",
    "config get gateway.port", "agents list --json", "env list --json", "models aliases list", "doctor --json", "doctor --lint",
    "doctor --fix --dry-run", "complete -- models auth list --agent ",
)]
WRITING = [line.split() for line in (
    "models auth paste-api-key --provider anthropic --agent coder", "models auth add --provider openai --profile-id openai:ref --type api_key --ref env:MY_KEY --agent coder",
    "models auth clear-cooldown --all --json", "models auth clear-cooldown --all --agent coder", "models auth clean --yes",
    "agents delete coder --force", "agents default coder", "agents add third --copy-credentials", "models set openai/gpt-5",
    "doctor --fix --yes", "doctor --undo",
)]
WHATS = {name: DAMAGE[name] for name in ("rubbish", "not an object", "cut in the middle", "empty", "100 MB of holes")} | IN_ITS_PLACE
# A person decides what `doctor --fix` does beside a bad file; the others leave everything as it was.
MAY_CHANGE = (["doctor", "--fix"], ["doctor", "--undo"])
CODES = {0, 1, 2, 64, DATA, 66, 69, PERMISSION, CONFIGURATION}


@pytest.fixture
def host():
    made = Host(seed=FURTHER)
    yield made
    made.remove()


@pytest.fixture(autouse=True)
def folders(monkeypatch):
    """The seed has files in folders that are not made otherwise."""
    reset = Host.reset

    def with_folders(self):
        write = self.seed
        self.seed = {name: text for name, text in write.items() if name not in (CODER, MANIFEST)}
        reset(self)
        self.seed = write
        for name in (CODER, MANIFEST):
            if name in write:
                path = self.state / name
                path.parent.mkdir(parents=True)
                for folder in (path.parent, path.parent.parent):
                    folder.chmod(0o700)
                path.write_text(write[name])
                path.chmod(0o600)

    monkeypatch.setattr(Host, "reset", with_folders)


def bare(answer):
    """`complete` has no errors to tell."""
    return [] if answer.words[0] == "complete" and answer.code == 0 else answer.problems(CODES)


@pytest.mark.parametrize("what", [*WHATS, "a newer version", "not UTF-8", "zeros"])
@pytest.mark.parametrize("name", [INCLUDED, CODER, MANIFEST])
def test_beside_a_bad_file(host, name, what):
    spoil, _ = {**DAMAGE, **WHATS}[what]
    spoil(host / name)
    problems, before = [], host.tree()
    for words in READING + WRITING:
        answer = host.run(words)
        problems += bare(answer)
        after = host.tree()
        if after != before and (answer.code != 0 or words in READING) and words[:2] not in MAY_CHANGE:
            problems.append(f"{words}: exit {answer.code}, and changed {differences(before, after)}")
        if after != before:
            host.reset()
            spoil(host / name)
            before = host.tree()
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("what", WHATS)
def test_a_bad_include_is_the_first_thing_that_is_told(host, what):
    """Not that there is no such agent, or no such model: those are in the file that cannot be read."""
    WHATS[what][0](host / INCLUDED)
    for line in ("models status --agent coder", "models explain --agent coder", "models auth list --agent coder", "agents default coder",
                 "agents delete coder --force", "models auth paste-api-key --provider openai --agent coder"):
        answer = host.run(line.split())
        assert answer.code in (PERMISSION, CONFIGURATION, DATA), (line, answer.code, answer.stderr)
        # A link is named by what it leads to, and what is no object by the file that includes it.
        names = {"an endless device": "/dev/zero", "not an object": CONFIG}.get(what, INCLUDED)
        assert "There is no agent" not in answer.stderr and names in answer.stderr, (line, answer.stderr)


@pytest.mark.parametrize("what", WHATS)
@pytest.mark.parametrize("line", ["models list --json", "models auth list", "models status --plain", "env list --json", "models status --check"])
def test_lists_without_a_configuration_say_so_by_their_exit_code(host, line, what):
    WHATS[what][0](host / CONFIG)
    answer = host.run(line.split())
    assert answer.code in (PERMISSION, CONFIGURATION), (answer.code, answer.stderr)
    assert not answer.problems({PERMISSION, CONFIGURATION})


@pytest.mark.parametrize("what", WHATS)
def test_the_working_directorys_variables(host, what):
    folder = host.base / "project"
    folder.mkdir()
    (folder / DOTENV).write_text("MODE=x\n")
    WHATS[what][0](folder / DOTENV)
    before = host.tree()
    for words in READING:
        assert not (bare(host.run(words, cwd=folder))), words
        assert host.tree() == before


@pytest.mark.parametrize("what", WHATS)
def test_a_references_file(host, what):
    key = host / KEY
    key.write_text("sk-of-a-reference-0123456789\n")
    key.chmod(0o600)
    config = SEED[CONFIG].replace("{ gateway:", f"{{ secrets: {{ providers: {{ vault: {{ source: 'file', path: '{key}', mode: 'singleValue' }} }} }}, gateway:", 1)
    (host / CONFIG).write_text(config)
    store = json.loads(SEED[STORE])
    store["profiles"]["anthropic:vault"] = {
        "type": "api_key", "provider": "anthropic", "keyRef": {"source": "file", "provider": "vault", "id": "value"}}
    (host / STORE).write_text(json.dumps(store))
    WHATS[what][0](key)
    before = host.tree()
    for line in ("models status", "models status --json", "models explain", "models auth list --json", "doctor --json", "doctor --lint"):
        answer = host.run(line.split())
        assert not answer.problems({0, 1, 2}), line
        assert "sk-of-a-reference" not in answer.stdout + answer.stderr
        assert host.tree() == before, line
