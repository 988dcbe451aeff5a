# SPDX-License-Identifier: Apache-2.0
"""What the doctor may leave when it is stopped. It keeps an account of every change; whatever it leaves, that is tried.

Every file is the old one or the new one, whole, and its mode the old or the new one. What was overwritten or removed is in
a backup that has its manifest, and `doctor --undo` brings back every byte and every mode.
"""

import dataclasses
import hashlib
import json
import os
import pathlib
import re
import stat
import subprocess

from instance import BESIDE, CONFIG, LOCKS, SECRETS, TOKEN, Instance, steady
from stopping import ERRORS, EVERY, HONEST, Command, Judge, Stopper

BACKUPS = "doctor-backups"
PLANTED = ".new-x.tmp"  # Left by a writer before the doctor came.
IMPORTED = re.compile(r"imported-20\d{6}T\d{6}Z(-\d+)?$")
NEW_TOKEN = re.compile(rb"agw_[0-9A-Za-z]{40}")
MADE = re.compile(r"(\d+) changes? (?:made\. Backup|(?:was|were) made)")
NOTHING_TO_DO = ("Nothing can be repaired from here.", "There is a client token already")


@dataclasses.dataclass(frozen=True)
class Doctoring(Command):
    """- `takes_back`: it is `--undo`. `is_forced`: over what was changed since; that can itself be taken back."""

    takes_back: bool = False
    is_forced: bool = False


def is_new_leftover(name: str) -> bool:
    return BESIDE.search(name) is not None and not name.endswith(PLANTED)


def is_copy(name: str) -> bool:
    return name.startswith(f"{CONFIG}.bak")


class Account:
    """One folder of backups."""

    def __init__(self, folder: pathlib.Path):
        self.files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
        self.is_whole = "manifest.json" in self.files
        self.is_open = self.is_whole and "undone" not in self.files
        self.changes = json.loads(self.files["manifest.json"])["changes"] if self.is_whole else []

    def content(self, change: dict, when: str) -> bytes | None:
        return self.files[change[when]] if when in change else None

    def problems(self) -> list[str]:
        wanted = [(change[when], change[f"{when}Bytes"]) for change in self.changes for when in ("before", "after") if when in change]
        return [f"the backup has no whole {name}" for name, count in wanted if len(self.files.get(name, b"")) != count]

    def made(self, instance: Instance) -> int:
        """How many of the changes can be seen."""
        return sum(self.is_made(change, pathlib.Path(change["path"])) for change in self.changes)

    def is_made(self, change: dict, path: pathlib.Path) -> bool:
        if change["kind"] == "mode":
            return not path.exists() or stat.S_IMODE(path.lstat().st_mode) == int(change["modeAfter"], 8)
        return (path.read_bytes() if path.exists() else None) == self.content(change, "after")


class Picture:
    """A state directory: its files and folders, with their modes, and the backups by themselves."""

    def __init__(self, instance: Instance):
        self.files: dict[str, bytes] = {}
        self.modes: dict[str, int] = {}
        self.loose: list[str] = []
        for path in sorted([instance.state, *instance.state.rglob("*")]):
            name = IMPORTED.sub("imported-TIME", os.path.relpath(path, instance.state))
            mode = stat.S_IMODE(path.lstat().st_mode)
            if name.startswith(BACKUPS) or LOCKS.search(name):
                self.loose += [f"others can read {name}"] if mode & 0o077 else []
                continue
            self.modes[name] = mode
            if path.is_file():
                # A token that is made anew is another one each time; the one that was there is not.
                self.files[name] = NEW_TOKEN.sub(lambda found: found[0] if found[0] == TOKEN.encode() else b"agw_new", path.read_bytes())
        folder = instance.state / BACKUPS
        names = sorted(os.listdir(folder), key=lambda name: [int(part) for part in re.findall(r"\d+", name)]) if folder.exists() else []
        self.accounts = [Account(folder / name) for name in names]
        self.changes = [
            (IMPORTED.sub("imported-TIME", os.path.relpath(change["path"], instance.state)), account.content(change, "after"))
            for account in self.accounts for change in account.changes
        ]

    def planned(self, name: str) -> list[bytes | None]:
        """What it would be: less, when less could be read. The next run does the rest."""
        return [content for path, content in self.changes if path == name]

    def minds(self, name: str) -> bool:
        """What a writer left beside a file is taken away by the next writer; only the doctor keeps it, if it could read it."""
        return not name.endswith(PLANTED) or name in (path for path, _ in self.changes)

    @property
    def plain(self) -> dict[str, tuple[int, bytes]]:
        """The files, without what writers of ours keep or leave beside them."""
        return {
            name: (self.modes[name], content) for name, content in self.files.items()
            if not is_copy(name) and not is_new_leftover(name)
        }

    def fingerprint(self, base: pathlib.Path) -> str:
        digest = hashlib.sha256()
        parts = [(BESIDE.sub("beside", name), self.modes[name], content) for name, content in self.files.items()]
        parts += [(name, mode, b"") for name, mode in self.modes.items() if name not in self.files]
        for number, account in enumerate(self.accounts):
            parts += [(f"{number}/{BESIDE.sub('beside', name)}", 0, content) for name, content in account.files.items()]
        for name, mode, content in sorted(parts):
            digest.update(f"{name}\0{mode}\0".encode() + steady(content.replace(str(base).encode(), b"BASE")) + b"\0")
        return digest.hexdigest()


def are_same(a: tuple[int, bytes] | None, b: tuple[int, bytes] | None, modes) -> bool:
    """The same content, or the same store in whichever order."""
    if a is None or b is None or b[0] not in modes(a[0]):
        return a == b
    try:
        return a[1] == b[1] or json.loads(a[1]) == json.loads(b[1])
    except ValueError:
        return False


def differences(wanted: Picture, found: Picture, stays_closed: bool = False) -> list[str]:
    """Between two states. A folder that was made may stay; what was taken in later stands further behind.

    On the way back `stays_closed`: the doctor never opens to others what it has closed.
    """
    def modes(mode):
        return (mode, mode & 0o700) if stays_closed else (mode,)

    a, b = wanted.plain, found.plain
    wrong = [
        f"{name} is not as it should be" for name in sorted(a.keys() | b.keys())
        if found.minds(name) and not are_same(a.get(name), b.get(name), modes)
    ]
    folders = [name for name in wanted.modes if name not in wanted.files]
    return wrong + [f"{name} has another mode" for name in folders if found.modes.get(name) not in modes(wanted.modes[name])]


class DoctorJudge(Judge):
    command: Doctoring

    def look(self, instance: Instance) -> Picture:
        return Picture(instance)

    def first_problems(self) -> list[str]:
        before, after = self.before.plain, self.after.plain
        changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        wanted = set(self.command.changes)
        found = [] if changed == wanted else [f"undisturbed: it changed {sorted(changed)}, not {sorted(wanted)}"]
        return found + self.torn(self.after) + self.new_leftovers(self.after)

    def aftermath(self, stopper: Stopper, result: subprocess.CompletedProcess, is_kill: bool) -> list[str]:
        left = Picture(stopper.instance)
        told = result.stdout.decode(errors="replace") + result.stderr.decode(errors="replace")
        found = self.torn(left) + left.loose + (["it shows a secret"] if any(secret in told for secret in SECRETS) else [])
        if not is_kill:
            found += self.new_leftovers(left) + self.doctors_answer(stopper.instance, result.returncode, told, left)
        after = self.after_way_back if self.command.takes_back else self.after_repair
        return found + self.once_for(left.fingerprint(stopper.instance.base), lambda: after(stopper, left))

    def stops(self, calls, first):
        """Without `EVERY`: a kill at what changes something, an error at every other of these, one at every sixth that reads."""
        if EVERY:
            yield from super().stops(calls, first)
            return
        for index, call in enumerate(calls):
            error = f"error={ERRORS[index % len(ERRORS)]}"
            if call.is_change:
                yield index, call, "signal=SIGKILL"
            if index % 2 == 0 if call.is_change else index % 6 == 0:
                yield index, call, error

    # MARK: What it left

    def torn(self, left: Picture) -> list[str]:
        before, after, found = self.before, self.after, []
        versions = {content for picture in (before, after) for name, content in picture.files.items() if name == CONFIG or is_copy(name)}
        # With a first token the newest copy is what was planned.
        versions.update(left.planned(CONFIG))
        for name in sorted(before.modes.keys() | after.modes.keys() | left.modes.keys()):
            content, mode = left.files.get(name), left.modes.get(name)
            if is_copy(name):
                found += [f"{name} is no version of the configuration"] if content is not None and content not in versions else []
            elif not is_new_leftover(name) and content not in (before.files.get(name), after.files.get(name), *left.planned(name)):
                found.append(f"{name} is " + ("gone" if content is None else "neither the old one nor the new one"))
            # What is written anew is private until its mode is put back.
            known = {before.modes.get(name), after.modes.get(name), 0o600 if name in left.files else 0o700, None}
            if mode not in known:
                found.append(f"{name} has the mode {mode:o}")
        whole = [account for account in left.accounts if account.is_whole]
        here = {*left.files.values(), *(content for account in whole for content in account.files.values())}
        found += [f"what {name} held is lost" for name, content in before.files.items() if content not in here and left.minds(name)]
        return found + [problem for account in whole for problem in account.problems()]

    def new_leftovers(self, left: Picture) -> list[str]:
        names = [name for name in left.files if is_new_leftover(name)]
        names += [name for account in left.accounts for name in account.files if BESIDE.search(name)]
        # An empty folder holds nothing: it could not be taken away, and goes with the next repair.
        halves = [account for account in left.accounts if not account.is_whole and account.files]
        return [f"{name} was left" for name in names] + ["half a backup was left" for _ in halves]

    # MARK: What it said

    def doctors_answer(self, instance: Instance, code: int, told: str, left: Picture) -> list[str]:
        changed = differences(self.before, left)
        if code == 0:
            if self.command.takes_back:
                return [f"it claims success: {problem}" for problem in differences(self.after, left)]
            return self.claimed(instance, told, left, changed)
        found = [] if code in HONEST else [f"exit {code}: {told[-300:]}"]
        if "Fatal error" in told or "Current stack trace" in told:
            found.append(f"it crashed: {told[-300:]}")
        if not all(word in told for word in ("error: ", "why: ", "fix: ")):
            found.append(f"it does not explain itself: {told[-300:]}")
        if re.search(r"Nothing was (changed|taken back)|There is nothing to take back", told) and changed:
            found.append(f"it claims that nothing was changed: {changed}: {told[-400:]}")
        if (count := MADE.search(told)) and int(count[1]) > left.accounts[-1].made(instance):
            found.append(f"it counts {count[1]} changes, but made {left.accounts[-1].made(instance)}")
        return found

    def claimed(self, instance: Instance, told: str, left: Picture, changed: list[str]) -> list[str]:
        """Success means that all that it showed was made. It may have shown less, when it could read less."""
        count = MADE.search(told)
        if not count:
            is_told = any(sentence in told for sentence in NOTHING_TO_DO)
            return [] if is_told and not changed else [f"it claims success without a change: {changed}: {told[-300:]}"]
        account = left.accounts[-1] if left.accounts else None
        if not account or not account.is_open:
            return ["it claims a change that it keeps no account of"]
        made = account.made(instance)
        if int(count[1]) == made == len(account.changes):
            return []
        return [f"it claims {count[1]} of {len(account.changes)} changes, but made {made}"]

    # MARK: What comes next

    def also(self, stopper: Stopper, *words: str) -> tuple[int, str]:
        result = subprocess.run(
            [stopper.program, "doctor", *words], capture_output=True, timeout=60, env=stopper.instance.environment,
            cwd=stopper.instance.base)
        return result.returncode, (result.stderr + result.stdout).decode(errors="replace")

    def taken_back(self, stopper: Stopper, times: int, to: Picture) -> list[str]:
        """Everything comes back, once or until there is nothing more to take back."""
        for number in range(times):
            is_there = any(account.is_open for account in Picture(stopper.instance).accounts)
            code, told = self.also(stopper, "--undo")
            if code != (0 if is_there else 66):
                return [f"the way back failed with {code}: {told[-300:]}"]
            if not is_there:
                break
        return [f"the way back: {problem}" for problem in differences(to, Picture(stopper.instance), stays_closed=True)]

    def after_repair(self, stopper: Stopper, left: Picture) -> list[str]:
        place = stopper.instance.base.parent / "left"
        stopper.instance.keep_in(place)
        found = self.taken_back(stopper, 1, to=self.before)
        stopper.instance.take_from(place)
        again = stopper.run(fresh=False, traced=False)
        told = (again.stderr + again.stdout).decode(errors="replace")
        if again.returncode != 0:
            return [*found, f"the next run failed with {again.returncode}: {told[-300:]}"]
        found += [f"the next run: {problem}" for problem in differences(self.after, Picture(stopper.instance))]
        return found + self.taken_back(stopper, 5, to=self.before)

    def after_way_back(self, stopper: Stopper, left: Picture) -> list[str]:
        rest = differences(self.after, left)
        # Stopped on a forced way, the next one first goes back to where that began.
        for _ in range(3 if self.command.is_forced and rest else 0 if self.command.is_forced else 1):
            code, told = self.also(stopper, *self.command.line[1:])
            if code not in (0, 66):
                return [f"the next run failed with {code}: {told[-300:]}"]
            rest = differences(self.after, Picture(stopper.instance))
            if not rest or code == 66:
                break
        found = [f"the next run: {problem}" for problem in rest]
        if self.command.is_forced and not found:
            found = self.taken_back(stopper, 1, to=self.before)
        return found
