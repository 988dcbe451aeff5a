# SPDX-License-Identifier: Apache-2.0
"""Every command that a page shows is run."""

import re

import pytest

from page import Page
from pages import ROOT, Setup, before, pages, reason_not_to_run, setup, unrun
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
        if block.kind == "none":
            bare = [line for line in block.lines if re.match(r"(\$ )?agenticflow-enterprise\b", line)]
            assert not bare, f"{page}, line {block.line}: is it sh, console or text?"


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
