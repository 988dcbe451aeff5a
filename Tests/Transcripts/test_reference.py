# SPDX-License-Identifier: Apache-2.0
"""The pages that are made from the commands, and help itself."""

import json
import re
import shutil
import subprocess

import pytest

from pages import ROOT
from programs import BUILD, clean_environment, run
from terminal import PseudoTerminal

AF = "agenticflow-enterprise"


def made(kind, folder):
    subprocess.run([str(ROOT / "scripts" / "reference"), str(BUILD / AF), kind, str(folder)], check=True,
                   env=clean_environment(folder, SOURCE_DATE_EPOCH="1790000000"), cwd=ROOT)
    return {path.relative_to(folder): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def commands():
    """The words of every command that is shown."""
    found = []

    def look(command, words):
        found.append(words)
        for inner in command.get("subcommands", []):
            if inner.get("shouldDisplay", True) and inner["commandName"] != "help":
                look(inner, [*words, inner["commandName"]])

    dump = subprocess.run([str(BUILD / AF), "--experimental-dump-help"], capture_output=True, text=True, check=True)
    look(json.loads(dump.stdout)["command"], [])
    return found


COMMANDS = commands()


def named(words):
    return " ".join(words) or AF


def test_the_committed_pages_are_what_the_commands_say(tmp_path):
    committed = {path.relative_to(ROOT / "docs/cli"): path.read_text() for path in (ROOT / "docs/cli").rglob("*")}
    assert made("markdown", tmp_path) == committed, "write them anew with: make reference"


def test_a_page_of_a_command_that_is_no_more_goes_away(tmp_path):
    (tmp_path / "gone.md").write_text("<!-- Made from the commands: make reference. -->\n")
    (tmp_path / "own.md").write_text("# Written by hand\n")
    names = {str(name) for name in made("markdown", tmp_path)}
    assert "gone.md" not in names and "own.md" in names


def test_every_command_has_a_valid_manual_page(tmp_path):
    pages = made("man", tmp_path)
    assert {str(name) for name in pages} == {"-".join([AF, *words]) + ".1" for words in COMMANDS}
    for text in pages.values():
        assert ".Dd September 21, 2026\n" in text
        for name in re.findall(r"^\.Xr (\S+) 1", text, re.M):
            assert any(str(page) == f"{name}.1" for page in pages), name
    if not shutil.which("mandoc"):
        pytest.skip("mandoc is not installed; scripts/bootstrap test installs it")
    checked = subprocess.run(["mandoc", "-Tlint", "-Wwarning", *(str(tmp_path / page) for page in pages)],
                             capture_output=True, text=True)
    assert checked.stdout + checked.stderr == ""


def test_installing_puts_the_scripts_where_the_shells_look(tmp_path):
    assert {str(name) for name in made("completions", tmp_path)} == {
        f"bash-completion/completions/{AF}", f"zsh/site-functions/_{AF}", f"fish/vendor_completions.d/{AF}.fish"}


# Help.

def helped(words, **more):
    shown = run(AF, *words, "--help", environment=clean_environment("/", **more))
    assert (shown.returncode, shown.stderr) == (0, "")
    return shown.stdout


@pytest.mark.parametrize("words", COMMANDS, ids=named)
def test_help_fits_a_screen_and_shows_an_example(words):
    text = helped(words)
    assert text == run(AF, "help", *words, environment=clean_environment("/")).stdout
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80, max(lines, key=len)
    assert len(lines) <= 48
    assert re.search(r"^Examples?:\n  \S", text, re.M), "no example"
    assert "\x1b" not in text
    for width in (40, 60, 120):
        for line in helped(words, COLUMNS=str(width)).splitlines():
            # A word that is longer than the line is not broken.
            assert len(line) <= width or " " not in line.strip().removesuffix(" \\").removeprefix("--"), (width, line)


def printed(words, columns=80, environment=None):
    """What it prints on a terminal of that width, line feeds as they are."""
    terminal = PseudoTerminal(
        ["bash", "-c", 'sleep 0.1; exec "$@"', "-", str(BUILD / AF), *words],
        clean_environment("/", **{"TERM": "xterm", **(environment or {})}), columns=columns)
    terminal.end()
    return terminal.text.replace("\r\n", "\n")


def test_help_is_as_wide_as_the_terminal():
    wide = printed(["models", "status", "--help"], columns=110)
    assert 80 < max(len(line) for line in wide.splitlines()) <= 118  # Codes for bold headings included.
    narrow = printed(["models", "status", "--help"], columns=20)
    assert 20 < max(len(line) for line in narrow.splitlines()) <= 52


@pytest.mark.parametrize("words", [["models", "status", "--help"], ["models", "statuss"]])
def test_colour_is_for_terminals_that_want_it(words):
    plain = re.sub("\x1b\\[[0-9;]*m", "", printed(words))
    assert plain != printed(words)
    for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert printed(words, environment=environment) == plain
    assert printed(["--no-color", *words]) == plain
    # An empty value says nothing.
    assert printed(words, environment={"NO_COLOR": ""}) == printed(words)


def test_nothing_machines_read_is_coloured():
    for words in (["models", "status", "--json"], ["models", "--plain"], ["models", "statuss", "--json"]):
        assert "\x1b" not in printed(words, environment={"HOME": "/nowhere"})
