# SPDX-License-Identifier: Apache-2.0
"""The completion scripts, in the shells themselves: what the line is after the key was pressed."""

import json
import os
import shutil

import pytest

from page import Page
from pages import Setup
from programs import BUILD, clean_environment, run
from terminal import PseudoTerminal

AF = "agenticflow-enterprise"

# `args` prints the words of the line that was completed. Each shell says when it is ready.
SHELLS = {
    "bash": (
        ["bash", "--norc", "--noprofile", "-i"],
        "PS1='ready> '; args() {{ printf '<%s>' \"$@\"; echo .; }}; source {script}\n"),
    "zsh": (
        ["zsh", "-f", "-i"],
        "PS1='ready> '; args() {{ printf '<%s>' \"$@\"; echo .; }}; autoload -U compinit; compinit -u -D; bindkey -e; "
        "source {script}\n"),
    "fish": (
        ["fish", "--no-config", "-i"],
        "function args; printf '<%s>' $argv; echo .; end; function fish_prompt; echo 'ready> '; end; "
        "function fish_greeting; end; source {script}\n"),
}

# What is typed before the key, and the last words of the line after it.
ROWS = [
    ("mod", ["models"]),
    ("models auth order cl", ["clear"]),
    ("models auth paste-token --expi", ["--expires-in"]),
    ("models auth paste-token --provider anthro", ["--provider", "anthropic"]),
    ("models auth list --provider=openrou", ["--provider=openrouter"]),
    ("models auth list --agent cod", ["--agent", "coder"]),
    ("models auth order set --provider anthropic anthropic:w", ["anthropic", "anthropic:work"]),
    ("models auth order set --provider anthropic anthropic:work anthropic:d", ["anthropic:work", "anthropic:default"]),
    ("models explain --model swi", ["--model", "swift"]),
    ("models explain --model anthropic/claude-sonnet-4-5@anthropic:w", ["anthropic/claude-sonnet-4-5@anthropic:work"]),
    ("models stat", ["status"]),
    ("models --plai", ["--plain"]),
    ("gateway run --bind loop", ["--bind", "loopback"]),
    ("completion fi", ["completion", "fish"]),
    ("help models auth paste-tok", ["auth", "paste-token"]),
    ("--profile second models expl", ["models", "explain"]),
    ("--profile sec", ["--profile", "second"]),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory, simulator):
    """A furnished home directory, and the program on the path."""
    folder = tmp_path_factory.mktemp("completion")
    page = Page(folder, simulator, Setup(furnished=True))
    path = page.state / "agenticflow-enterprise.json"
    config = json.loads(path.read_text())
    config["agents"]["defaults"]["models"] = {"anthropic/claude-sonnet-4-5": {"alias": "swift"}}
    config["agents"]["list"] = [{"id": "main", "default": True}, {"id": "coder"}]
    path.write_text(json.dumps(config))
    (page.home / ".agenticflow-enterprise-second").mkdir(mode=0o700)
    (folder / "bin").mkdir()
    (folder / "bin" / AF).symlink_to(BUILD / AF)
    return page


def environment(home):
    return clean_environment(
        home.home, PATH=f"{home.folder / 'bin'}:{os.environ['PATH']}", TERM="xterm", INPUTRC="/dev/null",
        LC_ALL="C.UTF-8", HISTFILE="/dev/null")


@pytest.fixture(scope="module", params=sorted(SHELLS))
def shell(request, home):
    """One interactive shell that has loaded the script."""
    words, begin = SHELLS[request.param]
    if not shutil.which(words[0]):
        pytest.skip(f"{words[0]} is not installed; scripts/bootstrap test installs it")
    script = home.folder / f"completion.{request.param}"
    made = run(AF, "completion", request.param, environment=environment(home))
    assert made.returncode == 0 and made.stderr == ""
    script.write_text(made.stdout)
    terminal = PseudoTerminal(words, environment(home), columns=200, folder=home.home)
    terminal.quiet()
    terminal.send(begin.format(script=script))
    terminal.until("ready> ", start=len(terminal.text))
    terminal.quiet()
    yield terminal
    terminal.kill()


@pytest.mark.parametrize(("typed", "words"), ROWS, ids=[row[0] for row in ROWS])
def test_the_key_completes_the_line(shell, typed, words):
    start = len(shell.text)
    shell.send(f"{AF} {typed}\t")
    shell.until(lambda text: words[-1][-4:] in text, start=start)
    shell.quiet(period=0.15)
    shell.send("\x01args \x05\r")
    shell.until(">.", start=start)
    line = shell.text[start:]
    printed = line[line.rindex(f"<{AF}>"):].partition(">.")[0]
    assert printed[1:].split("><")[-len(words):] == words, line
    shell.quiet(period=0.1)


def offers(home, *words, **more):
    made = run(AF, "complete", "--", *words, environment={**environment(home), **more})
    assert (made.returncode, made.stderr) == (0, "")
    return [line.partition("\t")[0] for line in made.stdout.splitlines()]


def test_names_are_those_of_the_instance_that_is_meant(home, tmp_path):
    assert "anthropic:work" in offers(home, "models", "auth", "order", "set", "--provider", "anthropic", "")
    assert "openai:default" not in offers(home, "models", "auth", "order", "set", "--provider", "anthropic", "")
    empty = {"AGENTICFLOW_STATE_DIR": str(tmp_path)}
    assert "anthropic:work" not in offers(home, "models", "auth", "order", "set", "--provider", "anthropic", "", **empty)
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("words", [
    ["models", "frobnicate", ""], ["--", ""], [""], [], ["models", "auth", "order", "set", "--provider", "\x1b[2J", ""],
    ["models", "auth", "list", "--provider=\udcff"], ["--agent", "../../..", "models", "status", "--agent", ""],
    ["-", ""], ["models", "explain", "--model", "@"], ["models", "explain", "--model", "x" * 3000],
])
def test_no_line_makes_it_fail(home, words):
    offers(home, *words)


@pytest.mark.parametrize("spoilt", ["agenticflow-enterprise.json", "agents/main/agent/auth-profiles.json", ".env"])
def test_spoilt_files_leave_the_rest(simulator, tmp_path, spoilt):
    page = Page(tmp_path, simulator, Setup(furnished=True))
    (page.state / spoilt).write_bytes(b"{\xff\x00")
    assert "status" in offers(page, "models", "")
    assert "anthropic" in offers(page, "models", "auth", "list", "--provider", "")
    assert (page.state / spoilt).read_bytes() == b"{\xff\x00"
