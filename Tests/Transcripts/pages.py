# SPDX-License-Identifier: Apache-2.0
"""The pages that are run, and what each of them starts with."""

from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent


@dataclass
class Setup:
    """`furnished`: credentials are stored; `gateway`: one runs from the start."""

    furnished: bool = False
    gateway: bool = False


# The first pattern that fits.
SETUPS = [
    ("docs/cli/*", Setup(furnished=True, gateway=True)),
    ("docs/gateway/doctor.md", Setup(furnished=True)),
    ("docs/concepts/*", Setup(furnished=True, gateway=True)),
    ("*", Setup()),
]

# The reference shows one command after the other, not a story: what has to be there again before one of them.
BEFORE = {
    "agenticflow-enterprise agents default coder": "agenticflow-enterprise agents add coder",
    "agenticflow-enterprise models image-fallbacks remove openai/gpt-5.2":
        "agenticflow-enterprise models image-fallbacks add openai/gpt-5.2",
    "agenticflow-enterprise models auth rotate anthropic:work":
        "agenticflow-enterprise models auth paste-api-key --provider anthropic --profile-id anthropic:work",
}


def before(page, command):
    return BEFORE.get(command) if fnmatch(page, "docs/cli/*") else None


def pages():
    """Every page, relative to the repository."""
    found = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [str(page.relative_to(ROOT)) for page in found]


def setup(page):
    return next(made for pattern, made in SETUPS if fnmatch(page, pattern))


def unrun():
    """(pattern of pages, how a command begins, why)."""
    lines = (HERE / "unrun.txt").read_text().splitlines()
    rows = [[part.strip() for part in line.split("|", 2)] for line in lines if line.strip() and not line.startswith("#")]
    assert all(len(row) == 3 and all(row) for row in rows), "unrun.txt: PAGE | COMMAND | reason"
    return rows


def reason_not_to_run(page, command):
    """The row of `unrun.txt` that fits; None for a command that is run."""
    if command.split()[:2] == ["make", "run"]:
        return None  # Starts the gateway, which is done here too.
    for row in unrun():
        if fnmatch(page, row[0]) and (command == row[1] or command.startswith(row[1] + " ")):
            return row
    return None
