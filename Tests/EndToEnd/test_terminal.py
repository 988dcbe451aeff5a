# SPDX-License-Identifier: Apache-2.0
"""The commands that ask: nothing of a secret is shown, and whatever ends a prompt finds the terminal restored."""

import json
import re
import signal
import termios
import time

import pytest

from gateway import store
from programs import BUILD, GATEWAY, clean_environment
from terminal import Terminal

KEY = "sk-CANARY-ok-typed-at-a-prompt"
SETUP_TOKEN = "sk-ant-oat01-" + "CANARY" * 12
AUTH = ["models", "auth"]


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


class Home:
    """A home directory, and commands at a terminal in it."""

    def __init__(self, folder):
        self.folder = folder
        self.environment = clean_environment(folder, TERM="xterm")
        self.state = folder / ".agenticflow-enterprise"
        self.terminals = []

    def command(self, *arguments):
        return self.type(*AUTH, *arguments)

    def type(self, *words):
        return self.run(str(BUILD / GATEWAY), *words)

    def run(self, *words):
        made = Terminal(words, self.environment)
        self.terminals.append(made)
        return made

    def store(self, profiles):
        folder = self.state / "agents" / "main" / "agent"
        for path in (self.state, self.state / "agents", folder.parent, folder):
            path.mkdir(mode=0o700, exist_ok=True)
        path = folder / "auth-profiles.json"
        path.write_text(json.dumps(store(profiles), indent=2))
        path.chmod(0o600)
        return path

    @property
    def stored(self):
        """Every file with its text, without locks and backups."""
        files = [path for path in self.state.rglob("*") if path.is_file() and path.suffix not in (".lock", ".bak")]
        return {path.name: path.read_text() for path in files}

    @property
    def profiles(self):
        path = self.state / "agents" / "main" / "agent" / "auth-profiles.json"
        return json.loads(path.read_text())["profiles"] if path.exists() else {}


@pytest.fixture(autouse=True)
def ended(home):
    yield
    for made in home.terminals:
        shown = made.text
        made.close()
        assert "CANARY" not in shown


# Every prompt for a secret, with what leads to it.
PROMPTS = {
    "paste-api-key": ([*AUTH, "paste-api-key", "--provider", "openai"], [], "API key for openai"),
    "paste-token": ([*AUTH, "paste-token", "--provider", "openai"], [], "Token for openai"),
    "setup-token": ([*AUTH, "setup-token"], [("Have you run", "y\n")], "Setup token for anthropic"),
    "setup-token --yes": ([*AUTH, "setup-token", "--yes"], [], "Setup token for anthropic"),
    "add": (
        [*AUTH, "add"], [("Provider", "openai\n"), ("Kind", "1\n"), ("Profile id", "\n")], "API key for openai"),
    "rotate": ([*AUTH, "rotate", "openai:old"], [], "New API key for openai:old"),
    "env set": (["env", "set", "GROQ_API_KEY"], [], "Value for GROQ_API_KEY"),
    "config set": (
        ["config", "set", "models.providers.openai.apiKey", "--stdin"], [], "Value for models.providers.openai.apiKey"),
}


def prompt(home, name):
    arguments, answers, text = PROMPTS[name]
    if name == "rotate":
        home.store({"openai:old": "sk-CANARY-ok-the-old-one"})
    made = home.type(*arguments)
    for question, answer in answers:
        made.await_text(question).type(answer)
    return made.await_quiet(text)


def test_a_setup_token_gets_the_id_and_the_date_that_are_asked_for(home):
    made = home.command("setup-token", "--yes", "--profile-id", "anthropic:plan", "--expires-in", "30d")
    made.await_quiet("Setup token for anthropic").type(SETUP_TOKEN + "\n")
    assert made.end() == 0, made.text
    ((name, entry),) = home.profiles.items()
    assert name == "anthropic:plan" and abs(entry["expires"] / 1000 - time.time() - 30 * 86400) < 600


def test_the_first_client_token_is_shown_at_a_terminal_alone(home):
    """A log that keeps it would be another place with a secret in it: test_lifecycle.py."""
    made = home.type("gateway", "run", "--port", "0").await_text('"event":"listening"')
    token = re.search(r"Clients send it as their API key: (agw_\w{40})\n", made.text)[1]
    assert token in (home.state / "agenticflow-enterprise.json").read_text()
    made.kill(signal.SIGTERM)
    assert made.end() == 0
    assert made.text.count(token) == 1
    again = home.type("gateway", "run", "--port", "0").await_text('"event":"listening"')
    again.kill(signal.SIGTERM)
    assert again.end() == 0 and "agw_" not in again.text


@pytest.mark.parametrize("name", PROMPTS)
def test_nothing_is_echoed_and_the_terminal_is_as_before(home, name):
    made = prompt(home, name)
    assert not made.flags() & (termios.ECHO | termios.ISIG | termios.ICANON)
    secret = SETUP_TOKEN if "setup" in name else KEY
    made.type(secret + "\n")
    assert made.end() == 0, made.text
    assert made.flags() == made.before
    places = {"env set": ".env", "config set": "agenticflow-enterprise.json"}
    assert [place for place, text in home.stored.items() if secret in text] == [places.get(name, "auth-profiles.json")]


ENDINGS = {
    "ctrl-c": (lambda made: made.type(b"\x03"), 130),
    "ctrl-backslash": (lambda made: made.type(b"\x1c"), 130),
    "ctrl-d": (lambda made: made.type(b"\x04"), 66),
    "terminate": (lambda made: made.kill(signal.SIGTERM), -signal.SIGTERM),
    "interrupt": (lambda made: made.kill(signal.SIGINT), -signal.SIGINT),
    "hang-up": (lambda made: made.kill(signal.SIGHUP), -signal.SIGHUP),
}


@pytest.mark.parametrize("name", PROMPTS)
@pytest.mark.parametrize("ending", ENDINGS)
def test_whatever_ends_a_prompt_restores_the_terminal_and_stores_nothing(home, name, ending):
    made = prompt(home, name)
    before = home.stored
    made.type(KEY)
    act, code = ENDINGS[ending]
    act(made)
    assert made.end() == code, made.text
    assert made.flags() == made.before
    assert home.stored == before
    if code > 0:
        assert "Nothing was changed." in made.text


def test_a_wrong_paste_restores_the_terminal_too(home):
    made = prompt(home, "paste-api-key").type("Bearer " + KEY + "\n")
    assert made.end() == 65
    assert made.flags() == made.before


def test_a_resize_changes_nothing(home):
    made = prompt(home, "paste-api-key")
    for size in [(10, 20), (60, 200), (1, 1)]:
        made.resize(*size)
    assert not made.echoes
    made.type(KEY + "\n")
    assert made.end() == 0
    assert made.flags() == made.before


def test_a_stopped_prompt_goes_on_where_it_was(home):
    """Ctrl-Z as a shell's user knows it: the shell has its terminal back, and `fg` asks again, without echo."""
    shell = home.run("/bin/bash", "--norc", "--noprofile", "--noediting", "-i")
    shell.type("PS1='rea''dy> '\n").await_text("ready> ")
    shell.type(f"{BUILD / GATEWAY} models auth paste-api-key --provider openai\n")
    shell.await_quiet("API key for openai")
    shell.type(KEY[:10])
    shell.type(b"\x1a")
    shell.await_text("Stopped")
    shell.await_text("ready> ")
    assert shell.echoes
    assert home.profiles == {}
    shell.type("fg\n").await_quiet("API key for openai")
    shell.type(KEY[10:] + "\n").await_text("Auth profile: openai:manual")
    shell.type("exit\n")
    assert shell.end() == 0
    assert home.profiles["openai:manual"]["key"] == KEY


def test_two_ways_to_paste(home):
    made = prompt(home, "paste-api-key").type("\x1b[200~" + KEY + "\x1b[201~\n")
    assert made.end() == 0, made.text
    assert home.profiles["openai:manual"]["key"] == KEY


@pytest.mark.parametrize("text, why", [
    (KEY[:12] + "\n" + KEY[12:], "U+000A"),
    ("export OPENAI_API_KEY=" + KEY, "begins with export NAME="),
    ("OPENAI_API_KEY=" + KEY, "begins with NAME="),
    ("Bearer " + KEY, "begins with Bearer"),
    (KEY[:12] + "\x1b[A\x1b[D" + KEY[12:], "U+001B"),
    (KEY[:12] + "\u200b" + KEY[12:], "U+200B"),
    (KEY[:12] + "\u00a0" + KEY[12:], "U+00A0"),
    ("CANARY" * 834, "more than 4096"),
    ("CANARY" * 2000, "too long"),
    ("sk-CANARY...typed", "shortened display"),
    ("", "Nothing was pasted."),
], ids=lambda value: None if len(value) > 30 else value)
def test_a_bad_paste_is_refused_with_its_reason(home, text, why):
    made = prompt(home, "paste-api-key")
    made.type(text + "\n")
    assert made.end() == 65, made.text
    assert why in made.text
    assert made.flags() == made.before
    assert home.profiles == {}


def test_corrections_while_typing(home):
    made = prompt(home, "paste-api-key").type(b"wrong line\x15" + KEY.encode() + b"xy\x7f\x08\n")
    assert made.end() == 0
    assert home.profiles["openai:manual"]["key"] == KEY


# The commands around the prompts.

@pytest.mark.parametrize("text, why", [
    ("", "Nothing was pasted."), ("sk-ant-api03-CANARYCANARY", "paste-api-key"),
    ("sk-CANARY-CANARY-1234", "begins with sk-ant-oat01-"), (SETUP_TOKEN[:73], "at least 80"),
], ids=["blank", "key", "other", "short"])
def test_a_text_that_is_no_setup_token(home, text, why):
    made = prompt(home, "setup-token --yes").type(text + "\n")
    assert made.end() == 65
    assert why in made.text
    assert home.profiles == {}


def test_a_setup_token_is_stored_for_a_year_and_its_limits_are_told(home):
    made = prompt(home, "setup-token").type("  " + SETUP_TOKEN + " \n")
    assert made.end() == 0
    assert "needs_vendor_cli" in made.text and "paste-api-key" in made.text
    entry = home.profiles["anthropic:manual"]
    assert entry["type"] == "token"
    assert abs(entry["expires"] / 1000 - time.time() - 365 * 86400) < 120


def test_a_setup_token_that_has_not_been_made_yet(home):
    made = home.command("setup-token").await_text("Have you run").type("\n")
    assert made.end() == 0
    assert "Run claude setup-token first" in made.text
    assert home.profiles == {}


def test_the_dialogue_asks_again_with_the_reason(home):
    made = home.command("add")
    made.await_text("Provider [anthropic]").type("antropic\n").await_text("Did you mean anthropic?").type("\n")
    made.await_text("Kind").type("9\n").await_text("none of them").type("token\n")
    made.await_text("Profile id [anthropic:manual]").type("../../x\n").await_text("is no profile id")
    made.type("openai:x\n").await_text("is no profile id for anthropic").type("anthropic:ci\n")
    made.await_quiet("Token for anthropic").type("Bearer " + SETUP_TOKEN + "\n").await_text("begins with Bearer")
    made.await_quiet("Token for anthropic").type(SETUP_TOKEN + "\n")
    made.await_text("Valid for").type("soon\n").await_text("is no duration").type("30d\n")
    assert made.end() == 0, made.text
    entry = home.profiles["anthropic:ci"]
    assert abs(entry["expires"] / 1000 - time.time() - 30 * 86400) < 120
    assert made.flags() == made.before


@pytest.mark.parametrize("answers", range(5))
def test_the_dialogue_given_up_stores_nothing(home, answers):
    made = home.command("add")
    steps = [("Provider", "anthropic\n"), ("Kind", "2\n"), ("Profile id", "\n"), ("Token for", SETUP_TOKEN + "\n")]
    for question, answer in steps[:answers]:
        made.await_quiet(question) if question == "Token for" else made.await_text(question)
        made.type(answer)
    next_question = [*steps, ("Valid for", "")][answers][0]
    made.await_quiet(next_question) if next_question == "Token for" else made.await_text(next_question)
    made.type(b"\x04" if answers % 2 else b"\x03")
    assert made.end() in (66, 130, -signal.SIGINT)
    assert home.profiles == {}
    assert made.flags() == made.before


def test_the_dialogue_stores_a_reference(home):
    made = home.command("add", "--provider", "openai")
    made.await_text("Kind").type("reference\n").await_text("It is").type("api_key\n").await_text("Profile id").type("\n")
    made.await_text("Reference").type("vault/x\n").await_text("is no reference").type("env:TEAM_KEY\n")
    assert made.end() == 0, made.text
    assert "The variable TEAM_KEY is not set." in made.text
    assert home.profiles["openai:manual"] == {
        "type": "api_key", "provider": "openai", "keyRef": {"source": "env", "provider": "default", "id": "TEAM_KEY"}}


@pytest.mark.parametrize("answer, stays", [("y\n", False), ("n\n", True), ("\n", True), ("yes please\n", True)])
def test_logout_asks(home, answer, stays):
    home.store({"openai:old": KEY})
    made = home.command("logout", "openai:old")
    made.await_text("Remove openai:old").type(answer)
    assert made.end() == (65 if stays else 0)
    assert ("openai:old" in home.profiles) == stays
    assert ("Nothing was removed." in made.text) == stays
    assert made.flags() == made.before


# A credential in the place of another one: a person is asked.

OLD, NEW = "sk-CANARY-ok-the-old-one-0000", "sk-CANARY-ok-the-new-one-1111"
OTHERS_KEY = "sk-ant-api03-CANARYCANARYCANARY"
TAKING = {
    "paste-api-key": ("api_key", ["paste-api-key", "--provider", "anthropic"], "API key for", NEW, "the API key sk-CAN...1111"),
    "paste-token": ("token", ["paste-token", "--provider", "anthropic"], "Token for", NEW, "the token sk-CAN...1111"),
    "setup-token": ("token", ["setup-token", "--yes"], "Setup token for", SETUP_TOKEN, "the token sk-ant...NARY"),
    "add --ref": ("api_key", ["add", "--provider", "anthropic", "--profile-id", "anthropic:manual", "--ref", "env:TEAM_KEY"],
                  None, None, "the reference env:TEAM_KEY"),
}


def asked(home, name, old=OLD, kind=None):
    """The command up to its question whether the one may take the place of the other."""
    usual, words, prompt, secret, shown = TAKING[name]
    kind = kind or usual
    field = "key" if kind == "api_key" else "token"
    home.store({"anthropic:manual": {"type": kind, "provider": "anthropic", field: old}})
    made = home.command(*words)
    if prompt:
        made.await_quiet(prompt).type(secret + "\n")
    made.await_text(f"anthropic:manual is the {'API key' if kind == 'api_key' else 'token'} sk-CAN...0000")
    return made.await_text(f"In its place would come {shown}. To keep both, answer no, and run:").await_text("Replace it? [y/N]")


def beside(text):
    """The command that the question names."""
    return [line for line in text.splitlines() if line.startswith("  agenticflow-enterprise ")][0].split()[1:]


@pytest.mark.parametrize("name", TAKING)
@pytest.mark.parametrize("answer, code", [("n\n", 65), ("\n", 65), ("yes please\n", 65), (b"\x04", 66), (b"\x03", -signal.SIGINT)])
def test_without_a_yes_nobody_takes_anothers_place(home, name, answer, code):
    made = asked(home, name)
    before = home.profiles
    made.type(answer)
    assert made.end() == code, made.text
    assert home.profiles == before
    assert made.flags() == made.before
    if code == 65:
        assert "anthropic:manual was not changed." in made.text
        assert "To keep both, run: agenticflow-enterprise " + " ".join(beside(made.text)) in made.text


@pytest.mark.parametrize("name", TAKING)
def test_with_a_yes_the_new_one_is_there(home, name):
    made = asked(home, name).type("y\n")
    assert made.end() == 0, made.text
    assert OLD not in json.dumps(home.profiles)
    assert len(home.profiles) == 1
    # It was said before.
    assert "taken the place" not in made.text


@pytest.mark.parametrize("name", [name for name in TAKING if name != "setup-token"])
def test_the_command_of_the_question_keeps_both(home, name):
    made = asked(home, name).type("n\n")
    assert made.end() == 65
    again = home.type(*beside(made.text))
    if TAKING[name][2]:
        again.await_quiet(TAKING[name][2]).type(NEW + "\n")
    assert again.end() == 0, again.text
    assert len(home.profiles) == 2 and OLD in json.dumps(home.profiles)


def test_a_token_may_take_the_place_of_a_key_when_a_person_says_so(home):
    made = asked(home, "paste-token", kind="api_key").type("y\n")
    assert made.end() == 0, made.text
    assert home.profiles["anthropic:manual"] == {"type": "token", "provider": "anthropic", "token": NEW}


def test_the_same_one_again_is_not_asked_about(home):
    home.store({"openai:manual": KEY})
    made = prompt(home, "paste-api-key").type(KEY + "\n")
    assert made.end() == 0, made.text
    assert "Replace" not in made.text and "openai:manual is the API key sk-CAN..." in made.text
    assert home.profiles["openai:manual"]["key"] == KEY


def test_another_vendors_key_is_not_asked_about_either(home):
    home.store({"openai:manual": KEY})
    made = prompt(home, "paste-api-key").type(OTHERS_KEY + "\n")
    assert made.end() == 65, made.text
    assert "Replace it?" not in made.text and "that is a key of Anthropic" in made.text
    assert home.profiles["openai:manual"]["key"] == KEY


def test_what_was_stored_while_a_person_decided_is_somebody_elses(home):
    made = asked(home, "paste-api-key")
    home.store({"anthropic:manual": OLD + "-of-another-command"})
    made.type("y\n")
    assert made.end() == 65, made.text
    assert "Another command has changed or removed it meanwhile." in made.text
    assert home.profiles["anthropic:manual"]["key"] == OLD + "-of-another-command"


def test_the_date_and_the_last_use_are_told(home):
    path = home.store({"anthropic:manual": {
        "type": "token", "provider": "anthropic", "token": OLD, "expires": int((time.time() + 30 * 86400) * 1000)}})
    document = json.loads(path.read_text())
    document["usageStats"] = {"anthropic:manual": {"lastUsed": int((time.time() - 3 * 86400) * 1000)}}
    path.write_text(json.dumps(document))
    made = home.command("paste-token", "--provider", "anthropic").await_quiet("Token for").type(NEW + "\n")
    made.await_text("anthropic:manual is the token sk-CAN...0000 (last used 3d ago), which expires in 30d (")
    made.await_text("Replace it?").type("n\n")
    assert made.end() == 65


def test_the_dialogue_asks_where_another_id_can_be_given(home):
    home.store({"openai:manual": KEY})
    made = home.command("add", "--provider", "openai")
    made.await_text("Kind").type("2\n").await_text("Profile id").type("\n")
    made.await_text("Replace openai:manual, the API key sk-CAN...").type("\n").await_text("openai:manual stays as it is.")
    made.await_text("Profile id [openai:token]").type("openai:second\n").await_quiet("Token for openai").type(NEW + "\n")
    made.await_text("Valid for").type("never\n")
    assert made.end() == 0, made.text
    assert made.text.count("Replace ") == 1
    assert {name: entry["type"] for name, entry in home.profiles.items()} == {
        "openai:manual": "api_key", "openai:second": "token"}


# The dialogue of `agents add`.

AGENT_STEPS = [("Name", "My Coder\n"), ("Workspace [~/.agenticflow-enterprise/workspace-my-coder]", "\n"), ("Copy the keys", "y\n")]


def agents(home):
    path = home.state / "agenticflow-enterprise.json"
    return json.loads(path.read_text()).get("agents", {}).get("list", []) if path.exists() else []


def own_store(home, agent):
    return home.state / "agents" / agent / "agent" / "auth-profiles.json"


@pytest.mark.parametrize("answer, copies", [("y\n", True), ("\n", False)])
def test_an_agent_is_added_by_its_dialogue(home, answer, copies):
    home.store({"openai:old": KEY})
    made = home.type("agents", "add")
    for question, typed in [*AGENT_STEPS[:2], ("Copy the keys", answer)]:
        made.await_text(question).type(typed)
    assert made.end() == 0, made.text
    assert [agent["id"] for agent in agents(home)] == ["main", "my-coder"] or agents(home)[-1]["id"] == "my-coder"
    assert own_store(home, "my-coder").exists() == copies
    if copies:
        assert json.loads(own_store(home, "my-coder").read_text())["profiles"]["openai:old"]["key"] == KEY
    assert made.flags() == made.before


def test_the_dialogue_of_an_agent_asks_again_with_the_reason(home):
    made = home.type("agents", "add")
    made.await_text("Name").type("***\n").await_text("is no name for an agent.")
    made.await_text("Name").type("main\n").await_text("No agent can be added as main.")
    made.await_text("Name").type("coder\n").await_text("Workspace").type("\n")
    # Nothing is stored in main, so there is nothing to copy.
    assert made.end() == 0, made.text
    assert "Copy" not in made.text and agents(home)[-1]["id"] == "coder"
    again = home.type("agents", "add")
    again.await_text("Name").type("Coder\n").await_text("There is an agent coder already.")
    again.await_text("Name").type("\x04")
    assert again.end() == 66


@pytest.mark.parametrize("answers", range(3))
@pytest.mark.parametrize("ending, code", [(b"\x03", -signal.SIGINT), (b"\x04", 66)])
def test_the_dialogue_of_an_agent_given_up_makes_nothing(home, answers, ending, code):
    home.store({"openai:old": KEY})
    before = sorted(str(path) for path in home.folder.rglob("*"))
    made = home.type("agents", "add")
    for question, typed in AGENT_STEPS[:answers]:
        made.await_text(question).type(typed)
    made.await_text(AGENT_STEPS[answers][0]).type(ending)
    assert made.end() == code, made.text
    assert sorted(str(path) for path in home.folder.rglob("*")) == before
    assert made.flags() == made.before


def test_the_witness_of_these_tests_sees_an_echo(home):
    """What all of them rest on: a program that does not turn it off shows what is typed."""
    made = home.run("/bin/cat").type("typed in the open\n")
    made.await_text("typed in the open")
    assert made.echoes
    made.type(b"\x04")
    assert made.end() == 0
