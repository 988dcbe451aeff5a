# SPDX-License-Identifier: Apache-2.0
"""A writer that is killed at any system call leaves the old store or the new one, whole and private."""

import json
import subprocess

import pytest
from harness import OLD, SECRET, Folder, Writer, names


def after_kills(writer: Writer, program: str) -> tuple[int, list[str], set[str]]:
    """Kills the writer at each of its calls: how many there are, what was damaged, which states were left."""
    folder = writer.folder
    assert writer.run().returncode == 0
    calls, new, old = writer.calls(), folder.store, folder.text and folder.text.encode()
    damaged, left = [], set()
    for index, call in enumerate(calls):
        writer.at(call, "signal=SIGKILL", index)
        store = folder.store
        if store not in (old, new):
            damaged.append(f"{call.text}: the store is neither the old one nor the new one")
            continue
        left.add("new" if store == new else "old")
        damaged += [f"{call.text}: others can read {path}" for path in folder.open_to_others()]
        damaged += [f"{call.text}: {problem}" for problem in next_update_problems(folder, program)]
    return len(calls), damaged, left


def next_update_problems(folder: Folder, program: str) -> list[str]:
    """The next writer finds neither a lock nor a half-written file in its way, and clears up."""
    before = json.loads(folder.store or b'{"version": 1, "profiles": {}}')
    add = [program, "add", str(folder.path), "openai:next", SECRET]
    result = subprocess.run(add, capture_output=True, text=True, timeout=60)
    if result.returncode != 0:
        return [f"the next update failed: {result.stderr}"]
    before["profiles"]["openai:next"] = {"type": "api_key", "provider": "openai", "key": SECRET}
    before.setdefault("order", {})["openai"] = ["openai:next"]
    problems = [] if json.loads(folder.store) == before else ["the next update lost something"]
    return problems + [f"{name} was left" for name in folder.leftovers] + folder.open_to_others()


@pytest.mark.parametrize("text", [OLD, None], ids=["existing", "first"])
def test_a_writer_killed_at_any_call_loses_nothing(writer, tmp_path, report, text):
    killed = Writer(writer, Folder(tmp_path, text))
    count, damaged, left = after_kills(killed, writer)
    killed.run()
    kind = "an update" if text else "the first update"
    report(f"kill -9 at every file-system call of {kind}: {count} calls ({names(killed.calls())})")
    report(f"  {len(damaged)} lost, torn or open to others")
    assert damaged == []
    assert count >= 12
    assert left == {"old", "new"}, "both ends of an update must have been met"


def test_it_finds_a_writer_that_does_not_rename(writer, tmp_path, report):
    broken = Writer(writer, Folder(tmp_path, OLD), twin="no-rename")
    count, damaged, _ = after_kills(broken, writer)
    report(f"twin without rename: damaged at {len(damaged)} of {count} calls")
    assert damaged, "the test of the safeguard must fail without the safeguard"
