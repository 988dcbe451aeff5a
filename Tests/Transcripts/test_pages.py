# SPDX-License-Identifier: Apache-2.0
"""Every command that a page shows is run."""

import json
import re
import subprocess
from functools import cache

import pytest

from page import Page
from pages import ROOT, Setup, before, pages, reason_not_to_run, setup, unrun
from programs import BUILD, GATEWAY
from transcript import RUN, Command, blocks, is_as_shown


def commands(page):
    """The commands of a page that are run, in order."""
    found = []
    for block in blocks((ROOT / page).read_text()):
        if block.kind in RUN or block.kind == "console":
            for command in block.commands():
                if reason_not_to_run(page, command.text):
                    continue
                if before(page, command.text):
                    found.append(Command(command.line, before(page, command.text)))
                found.append(command)
    return found


def faults(results):
    told = []
    for result in results:
        where = f"line {result.command.line}: {result.command.text}" if result.command else "before the first line"
        expected = result.command.exit_code if result.command else 0
        if result.exit_code != expected:
            told.append(f"{where}\nexit {result.exit_code}, not {expected}\n{result.output}")
        elif result.command and result.command.output is not None:
            if not is_as_shown(result.command.output, result.output):
                shown = "\n".join(result.command.output)
                told.append(f"{where}\nprinted:\n{result.output}\nthe page says:\n{shown}")
    return told


@pytest.mark.parametrize("page", [page for page in pages() if commands(page)])
def test_the_commands_of_a_page(page, tmp_path, simulator):
    simulator.reset()
    found = faults(Page(tmp_path, simulator, setup(page)).run(commands(page)))
    assert not found, f"{page}, " + f"\n\n{page}, ".join(found)


@pytest.mark.parametrize("page", pages())
def test_every_block_with_a_command_says_what_it_is(page):
    for block in blocks((ROOT / page).read_text()):
        # The reference shows how commands are spelled, and runs the example that stands below.
        if block.kind not in (*RUN, "console") and not (page.startswith("docs/cli/") and block.kind == "text"):
            bare = [line for line in block.lines if re.match(r"\s*(\$ )?(\S*/)?agenticflow-enterprise\s", line)]
            assert not bare, f"{page}, line {block.line}: is it sh, or console?"


# Commands that stand in a sentence are not run, since a sentence does not say with what; their words and flags are looked up.

IN_A_SENTENCE = re.compile(r"(?<!`)`(?:agenticflow-enterprise )?((?:models|agents|config|env|gateway|doctor|completion) [^`]+)`(?!`)")
# What this product does otherwise than others is told by their words.
NOT_OURS = {("docs/decisions/0012-where-we-differ.md", words) for words in ("models refresh", "models status --usage")}
EVERYWHERE = {"--help", "--version", "--profile", "--no-color"}


@cache
def outline():
    shown = subprocess.run([str(BUILD / GATEWAY), "--experimental-dump-help"], capture_output=True, check=True)
    return json.loads(shown.stdout)["command"]


def slips(text):
    """What the words of a command have that the program has not."""
    command = outline()
    words = re.split(r"\s[#|<>…]|[,;]", text)[0].split()
    while words:
        below = {one["commandName"]: one for one in command.get("subcommands", [])}
        if not below or words[0].startswith(("-", "<", "[")):
            break
        name = words.pop(0)
        if name not in below:
            return [f"there is no command {name}"]
        command = below[name]
    standing = [command, *(one for one in command.get("subcommands", []) if one["commandName"] == command.get("defaultSubcommand"))]
    flags = {"--" + name["name"] for one in standing for argument in one.get("arguments", []) for name in argument.get("names") or []}
    wanted = [flag.strip("[].:()").partition("=")[0] for flag in words if flag.strip("[").startswith("--") and flag != "--"]
    return [f"it has no option {flag}" for flag in wanted if flag not in flags | EVERYWHERE]


@pytest.mark.parametrize("page", pages())
def test_the_commands_in_sentences_are_those_of_the_program(page):
    prose = re.sub(r"^\s*```.*?^\s*```$", "", (ROOT / page).read_text(), flags=re.MULTILINE | re.DOTALL)
    found = [(text, slip) for text in IN_A_SENTENCE.findall(prose) if (page, text) not in NOT_OURS for slip in slips(text)]
    assert not found, f"{page}: {found}"


@pytest.mark.parametrize(("text", "slip"), [
    ("models statuss", "there is no command statuss"), ("models auth order put", "there is no command put"),
    ("doctor --mend", "it has no option --mend"), ("models --check", None), ("config get [PATH] [--jsn]", "it has no option --jsn"),
    ("models auth rotate <id> --expires-in 1d   # later", None), ("models status --probe --json", None),
])
def test_a_slip_in_a_sentence_is_found_out(text, slip):
    assert slips(text) == ([slip] if slip else [])


def test_the_list_of_what_is_not_run_names_nothing_in_vain():
    everything = [
        (page, command.text)
        for page in pages()
        for block in blocks((ROOT / page).read_text())
        if block.kind in RUN or block.kind == "console"
        for command in block.commands()
    ]
    for row in unrun():
        if "*" not in row[0]:
            assert any(reason_not_to_run(page, text) == row for page, text in everything), row


# The tests themselves can fail: pages that tell what is not so.

WRONG = [
    "```sh\nagenticflow-enterprise models statuss\n```\n",
    "```sh\nagenticflow-enterprise models status --check   # exit 2\n```\n",
    "```console\n$ agenticflow-enterprise models --plain\nanthropic/some-model\n```\n",
    "    agenticflow-enterprise models nothing\n",
    "```sh\ncat <<'EOF' |\nkey\nEOF\nagenticflow-enterprise models auth paste-api-key --provider nobody\n```\n",
]


@pytest.mark.parametrize("text", WRONG)
def test_a_page_that_is_wrong_is_found_out(text, tmp_path, simulator):
    found = [command for block in blocks("\n" + text) for command in block.commands()]
    assert faults(Page(tmp_path, simulator, Setup()).run(found))


RIGHT = """
```sh
export NAME=value
printf %s "$KEY" | agenticflow-enterprise models auth paste-api-key \\
  --provider anthropic
agenticflow-enterprise models statuss   # exit 64
```

```console
$ echo "$NAME $(cat <<'EOF'
more
EOF
)"
value more
$ agenticflow-enterprise models auth list --provider anthropic
View: files …
Auth profiles of agent main (~/.agenticflow-enterprise/agents/main/agent/auth-profiles.json):
- anthropic:manual=sk-a...age1 ready
```

    agenticflow-enterprise models auth paste-token --provider openrouter --expires-in 30d

    Updated ~/.agenticflow-enterprise/agenticflow-enterprise.json
"""


def test_a_page_that_is_right_passes(tmp_path, simulator):
    found = [command for block in blocks(RIGHT) for command in block.commands()]
    assert len(found) == 6
    assert not faults(Page(tmp_path, simulator, Setup()).run(found))
