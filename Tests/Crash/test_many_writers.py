# SPDX-License-Identifier: Apache-2.0
"""Fifty processes add a profile at one moment while another records health: nothing is lost."""

import json
import os
import subprocess
import time

from harness import OLD, SECRET, STORE, Folder

WRITERS = 50


def add_at_once(program: str, folder: Folder, *more: str) -> list[int]:
    """Starts the writers, waits until each is ready, and lets them all go: their exit codes."""
    gate, release = os.pipe()
    writers = [
        subprocess.Popen(
            [program, "add", str(folder.path), f"openai:p{number}", f"{SECRET}-{number}", "--wait", *more],
            stdin=gate, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for number in range(WRITERS)
    ]
    os.close(gate)
    for writer in writers:
        assert writer.stdout.read(1) == b"r"
    os.close(release)
    return [writer.wait(timeout=120) for writer in writers] + [len(writer.communicate()) - 2 for writer in writers]


def lost(folder: Folder) -> int:
    profiles = json.loads(folder.store)["profiles"]
    return sum(profiles.get(f"openai:p{number}", {}).get("key") != f"{SECRET}-{number}" for number in range(WRITERS))


def test_profiles_added_by_many_processes_are_all_there(writer, tmp_path, report):
    folder = Folder(tmp_path, OLD)
    folder.reset()
    record = [writer, "record", str(folder.path), "openai:p0"]
    recorder = subprocess.Popen(record, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    begin = time.monotonic()
    assert set(add_at_once(writer, folder)) == {0}
    took = time.monotonic() - begin
    records = int(recorder.communicate(timeout=30)[0])

    assert lost(folder) == 0
    store, old = json.loads(folder.store), json.loads(OLD)
    assert sorted(store["order"].pop("openai")) == sorted(f"openai:p{number}" for number in range(WRITERS))
    store["profiles"] = {name: entry for name, entry in store["profiles"].items() if not name.startswith("openai:p")}
    assert store == old, "what was there before, known or not, is there still"
    assert (folder.path / STORE).stat().st_mode & 0o777 == 0o600

    journal = [json.loads(line) for line in (folder.path / "auth-health.jsonl").read_text().splitlines()]
    assert records > 0 and journal[-1]["lastUsed"] == records - 1, "every record was written, in whole lines"
    report(f"{WRITERS} processes added profiles in {took:.1f} s while {records} records went to the journal: 0 lost")


def test_it_finds_writers_that_do_not_read_again(writer, tmp_path, report):
    folder = Folder(tmp_path, OLD)
    folder.reset()
    add_at_once(writer, folder, "--twin", "no-reread")
    report(f"twin that does not read again under the lock: {lost(folder)} of {WRITERS} lost")
    assert lost(folder) > 0, "the test of the safeguard must fail without the safeguard"
