# SPDX-License-Identifier: Apache-2.0
"""A system call that fails makes the update fail, with a reason, and leaves the old store as it was."""

import json
import subprocess

import pytest
from harness import OLD, SECRET, Call, Folder, Writer

ERRORS = ["ENOSPC", "EIO", "EROFS", "EDQUOT"]


def tolerated(calls: list[Call]) -> set[int]:
    """Calls whose failure costs nothing: closing, unlocking, naming the lock's holder, looking for leftovers."""
    found = set()
    looking = False
    for index, call in enumerate(calls):
        looking = looking or '"."' in call.text
        if looking or call.name in ("close", "pwrite64") or "LOCK_UN" in call.text:
            found.add(index)
        looking = looking and call.name != "close"
    return found


def problems(writer: Writer, calls: list[Call], old: bytes | None, new: bytes, index: int, error: str) -> list[str]:
    call, folder = calls[index], writer.folder
    result = writer.at(call, f"error={error}", index)
    renamed = any(earlier.name.startswith("rename") for earlier in calls[:index])
    found = []
    if result.returncode == 0:
        if index not in tolerated(calls):
            found.append("it was passed over")
        if folder.store != new:
            found.append("it claims success and has not stored the profile")
    else:
        if folder.store != (new if renamed else old):
            found.append("the store is not the one before")
        if renamed and "may not survive" not in result.stderr:
            found.append(f"it does not say what holds now: {result.stderr}")
        if not all(word in result.stderr for word in ("error: ", "why: ", "fix: ")):
            found.append(f"it does not explain itself: {result.stderr}")
        if folder.leftovers:
            found.append(f"{folder.leftovers} was left")
    if SECRET in result.stdout + result.stderr:
        found.append("it shows the secret")
    return [f"{error} at {call.text}: {problem}" for problem in found + folder.open_to_others()]


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("text", [OLD, None], ids=["existing", "first"])
def test_a_call_that_fails_leaves_the_old_store(writer, tmp_path, report, error, text):
    failing = Writer(writer, Folder(tmp_path, text))
    assert failing.run().returncode == 0
    calls, new, old = failing.calls(), failing.folder.store, text and text.encode()
    found = []
    for index in range(len(calls)):
        found += problems(failing, calls, old, new, index, error)
        again = subprocess.run(failing.command, capture_output=True, text=True)
        if again.returncode != 0 or json.loads(failing.folder.store) != json.loads(new):
            found.append(f"{calls[index].text}: the update does not work afterwards: {again.stderr}")
    report(f"{error} at {len(calls)} calls of {'an update' if text else 'the first update'}: {len(found)} problems")
    assert found == []


def test_it_finds_a_writer_that_does_not_rename(writer, tmp_path, report):
    broken = Writer(writer, Folder(tmp_path, OLD), twin="no-rename")
    assert broken.run().returncode == 0
    calls, new = broken.calls(), broken.folder.store
    found = []
    for index in range(len(calls)):
        found += problems(broken, calls, OLD.encode(), new, index, "ENOSPC")
    report(f"twin without rename, ENOSPC at {len(calls)} calls: {len(found)} problems")
    assert any("the store is not the one before" in problem for problem in found)
