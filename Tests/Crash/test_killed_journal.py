# SPDX-License-Identifier: Apache-2.0
"""A process that is killed while it notes health loses that note at most; compaction loses nothing."""

import subprocess

import pytest
from harness import OLD, Folder, Writer, names

JOURNAL = "auth-health.jsonl"


class Journal(Folder):
    """An agent's folder with a store and a journal of that many lines for each of three credentials."""

    def __init__(self, base, lines: int):
        super().__init__(base, OLD)
        self.lines = [
            '{"v":1,"id":"openai:p%d","agent":"main","lastUsed":%d,"windows":[]}\n' % (profile, number)
            for number in range(1, lines + 1)
            for profile in range(3)
        ]

    def make(self):
        super().make()
        (self.path / JOURNAL).touch(mode=0o600)
        (self.path / JOURNAL).write_text("".join(self.lines))


def health(program: str, folder: Folder) -> dict[str, float]:
    command = [program, "health", str(folder.path)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return {name: float(used) for name, used in map(str.split, lines)}


@pytest.mark.parametrize("lines", [2, 1500], ids=["append", "compaction"])
def test_a_killed_note_is_lost_at_most(writer, tmp_path, report, lines):
    folder = Journal(tmp_path, lines)
    noting = Writer(writer, folder, "note", str(folder.path), "openai:p1", "7777")
    folder.reset()
    old = health(writer, folder)
    assert noting.run().returncode == 0
    calls, new, size = noting.calls(), health(writer, folder), (folder.path / JOURNAL).stat().st_size
    assert new == {**old, "openai:p1": 7777.0}
    assert size < 1000, "the long journal was compacted"
    assert any(call.name.startswith("rename") for call in calls) == (lines == 1500)

    left = set()
    for index, call in enumerate(calls):
        noting.at(call, "signal=SIGKILL", index)
        found = health(writer, folder)
        assert found in (old, new), f"{call.text}: {found}"
        left.add("new" if found == new else "old")
        assert folder.open_to_others() == [], call.text
        assert folder.store == OLD.encode(), f"{call.text}: the store was touched"
        subprocess.run([writer, "note", str(folder.path), "openai:p2", "8888"], check=True)
        assert health(writer, folder) == {**found, "openai:p2": 8888.0}, f"{call.text}: the next note was lost"
        if lines == 1500:
            assert not [name for name in folder.leftovers if ".new-" in name], call.text
    assert left == {"old", "new"}
    report(f"kill -9 at every call of a note in the journal ({names(calls)}): {len(calls)} calls, 0 lost")


def test_a_failing_note_says_so_and_costs_nothing_else(writer, tmp_path):
    folder = Journal(tmp_path, 2)
    noting = Writer(writer, folder, "note", str(folder.path), "openai:p1", "7777")
    assert noting.run().returncode == 0
    calls, new = noting.calls(), health(writer, folder)
    folder.reset()
    old = health(writer, folder)
    for index, call in enumerate(calls):
        result = noting.at(call, "error=ENOSPC", index)
        assert health(writer, folder) == (new if result.returncode == 0 else old), call.text
        assert result.returncode == 0 or "error: " in result.stderr
        assert folder.store == OLD.encode()
