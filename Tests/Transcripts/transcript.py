# SPDX-License-Identifier: Apache-2.0
"""What a page shows: its blocks, the commands in them, and what they are said to print."""

import re
import subprocess
from dataclasses import dataclass, field

FENCE = re.compile(r"^(\s*)(`{3,}|~{3,})\s*([\w-]*)")
PROGRAMS = ("agenticflow-enterprise", "claude", "curl", "printf", "echo", "export", "cat", "systemctl", "sudo", "make")
RUN = ("sh", "bash", "shell")


@dataclass
class Command:
    line: int
    text: str
    exit_code: int = 0
    # None where nothing is said about it.
    output: list = None


@dataclass
class Block:
    line: int
    kind: str
    lines: list = field(default_factory=list)

    def commands(self):
        if self.kind == "console":
            return console(self)
        return [shown(self.line + at + 1, text) for at, text in logical_lines(self.lines)]


def blocks(text):
    """The fenced blocks, and the indented ones that begin with a program's name."""
    found, block, fence, before = [], None, None, ""
    for number, line in enumerate(text.splitlines(), 1):
        mark = FENCE.match(line)
        if fence:
            if mark and mark[2].startswith(fence) and not mark[3]:
                found.append(block)
                block = fence = None
            else:
                block.lines.append(line[len(indent):] if line.startswith(indent) else line)
        elif mark:
            if block:
                found.append(block)
            indent, fence = mark[1], mark[2]
            block = Block(number, mark[3] or "none")
        elif block is not None and line.startswith("    "):
            block.lines.append(line[4:])
        elif block is not None:
            found.append(block)
            block = None
        elif not before.strip() and line.startswith("    ") and begins_with_program(line[4:]):
            block = Block(number - 1, "indented", [line[4:]])
        before = line
    if block:
        found.append(block)
    for block in found:
        if block.kind == "indented":
            block.kind, block.lines = "sh", leading_commands(block.lines)
    return found


def begins_with_program(line):
    words = line.split()
    return bool(words) and words[0] in PROGRAMS


def leading_commands(lines):
    """Up to the first line that neither begins a command nor belongs to one."""
    taken = []
    for at, text in logical_lines(lines):
        if not begins_with_program(text) and not text.startswith("#"):
            break
        taken.append(text)
    return "\n".join(taken).splitlines()


def logical_lines(lines):
    """(index, text): lines that belong together, as after a backslash, in a here-document or in open quotes."""
    held, start = [], 0
    for at, line in enumerate(lines):
        if not held:
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            start = at
        held.append(line)
        if is_whole("\n".join(held)):
            yield start, "\n".join(held)
            held = []
    if held:
        yield start, "\n".join(held)


def is_whole(text):
    if text.endswith("\\"):
        return False
    checked = subprocess.run(["bash", "-n"], input=text + "\n", capture_output=True, text=True)
    return checked.returncode == 0 and not checked.stderr


def shown(line, text, output=None):
    code = re.search(r"#\s*exit (\d+)\b", text.splitlines()[-1])
    return Command(line, text, int(code[1]) if code else 0, output)


def console(block):
    made, lines = [], block.lines
    at = 0
    while at < len(lines):
        assert lines[at].startswith("$ "), f"line {block.line + at + 1}: a console block begins with '$ '"
        start, text = at, lines[at][2:]
        at += 1
        while at < len(lines) and not is_whole(text):
            text += "\n" + lines[at]
            at += 1
        output = []
        while at < len(lines) and not lines[at].startswith("$ "):
            output.append(lines[at])
            at += 1
        made.append(shown(block.line + start + 1, text, output))
    return made


# Comparing what was printed with what the page says.

VOLATILE = [
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "<time>"),
    (re.compile(r"\bin \d+(\.\d+)?(ms|s|m|h|d)( ?\d+(ms|s|m|h|d))*"), "in <period>"),
    (re.compile(r"\b\d+(ms|s|m|h|d) ago\b"), "<period> ago"),
    (re.compile(r"\bpid( |\":|=)\d+"), "pid <n>"),
    (re.compile(r"\bversion \d+\.\d+\.\d+"), "version <n>"),
    (re.compile(r"\b[\w-]{2,8}\.\.\.[\w-]{2,6}\b"), "<masked>"),
]


def settled(text):
    for pattern, name in VOLATILE:
        text = pattern.sub(name, text)
    return text


def is_as_shown(expected, printed):
    """Whether the lines of a page describe what was printed."""
    expected = [line.rstrip() for line in expected]
    while expected and not expected[-1]:
        expected.pop()
    pattern = ""
    for line in expected:
        if line.strip() == "…":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += "[^\n]*?".join(re.escape(part) for part in settled(line).split("…")) + r"[ \t]*\n"
    printed = settled(printed).rstrip("\n") + "\n" if printed.strip() else ""
    return re.fullmatch(pattern, printed) is not None
