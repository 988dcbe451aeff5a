# SPDX-License-Identifier: Apache-2.0
"""Every command beside files that are damaged, of the wrong kind or out of reach: it answers, and changes nothing."""

import fcntl
import os
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from answers import (
    AGENT, ASKING, CONFIG, CONFIG_LOCK, DOTENV, JOURNAL, LOCK, PLACE, READING, STORE, STORE_LOCK, WRITING, Host, every_command,
    is_known, WITH_NOBODY as SEED,
)
from programs import GATEWAY

OTHER = 12345  # A user that owns nothing else.
IS_ROOT = os.geteuid() == 0
HUGE = 100 << 20
DATA, PERMISSION, IO, CONFIGURATION = 65, 77, 74, 78


def put(content):
    def apply(path):
        path.write_bytes(content(path.read_bytes()) if callable(content) else content)
    return apply


def cut(part):
    return put(lambda old: old[: int(len(old) * part)])


def instead(make):
    """Something else in the file's place."""
    def apply(path):
        path.unlink()
        make(path)
    return apply


def link_to(target):
    return instead(lambda path: path.symlink_to(target))


def sparse(path):
    os.truncate(path, HUGE)


def moved_and_linked(path):
    kept = path.parent.parent / f"kept-{path.name}"
    shutil.move(path, kept)
    path.symlink_to(kept)


def linked_twice(path):
    os.link(path, f"{path}.second")


# What is wrong → how it is made, and the exit code when it is a store that has to be read.
DAMAGE = {
    "rubbish": (put(b"{ \"version\": 1, this is not\x00\x1b[31m"), DATA),
    "not an object": (put(b"[1, 2]\n"), DATA),
    "cut in the middle": (cut(0.5), DATA),
    "cut near the end": (cut(0.93), DATA),
    "empty": (put(b""), DATA),
    "zeros": (put(bytes(4096)), DATA),
    "not UTF-8": (put(lambda old: old.replace(b"a", b"\xff", 1)), DATA),
    "a newer version": (put(lambda old: old.replace(b'"version": 1', b'"version": 2').replace(b'"v":1', b'"v":2')), DATA),
    "100 MB of holes": (sparse, DATA),
    "100 MB of blanks": (put(b" " * HUGE), DATA),
    "deeper than anything": (put(b'{"a":' * 100_000), DATA),
}
IN_ITS_PLACE = {
    "a pipe": (instead(os.mkfifo), PERMISSION),
    "a folder": (instead(os.mkdir), PERMISSION),
    "a link": (moved_and_linked, PERMISSION),
    "a link to nothing": (link_to("/nonexistent/file"), PERMISSION),
    "a link in a ring": (instead(lambda path: path.symlink_to(path)), PERMISSION),
    "an endless device": (link_to("/dev/zero"), PERMISSION),
    "a second name": (linked_twice, PERMISSION),
}
if IS_ROOT:
    IN_ITS_PLACE["another user's"] = (lambda path: os.chown(path, OTHER, OTHER), PERMISSION)

# What still is a configuration when that was done to it.
HARMLESS = {(CONFIG, "a newer version"), (CONFIG, "100 MB of blanks")}


def judge(host, name, codes, told):
    """Every command there is. `codes`: those of a command that cannot do without the file."""
    found, before = [], host.tree()
    for words in READING + ASKING:
        answer = host.run(words, stdin="")
        found += answer.problems({0, 1, 2, 64, 69, *codes})
        if told and answer.code < 64 and os.path.basename(name) not in answer.stderr + answer.stdout and shows(words, name):
            found.append(f"{' '.join(words)}: exit {answer.code}, and not a word about {name}")
        if host.tree() != before:
            found.append(f"{' '.join(words)} changed {differences(before, host.tree())}")
            host_restore(host, before)
    return found


def host_restore(host, before):
    raise AssertionError(f"a reading command changed {differences(before, host.tree())}")


def shows(words, name):
    """Whether what the command shows depends on the file."""
    if words[:2] in (["gateway", "health"], ["config", "validate"], ["config", "get"], ["env", "list"]):
        return False
    if name == CONFIG:
        return words[0] in ("models", "gateway", "doctor")
    return words[0] == "models" and words[1] in ("status", "auth", "explain") or words[0] == "doctor"


def differences(before, after):
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


@pytest.fixture
def host():
    made = Host(seed=SEED)
    yield made
    made.remove()


@pytest.fixture
def user():
    """The same for a user without the right to read everything."""
    made = Host(owner=OTHER if IS_ROOT else None, seed=SEED)
    yield made
    made.remove()


# Two files, the store first: when the note in the configuration fails, the command says so and the key is there.
STORED_THERE = {f"state/{STORE}"}
STORE_FIRST = {"models auth paste-api-key": STORED_THERE, "models auth paste-token": STORED_THERE, "models auth add": STORED_THERE,
               "agents add third": {"state/agents/third", "state/agents/third/agent"}}


def is_kept(words, changed):
    """What a failing command may leave: nothing that was stored before is touched by it."""
    return changed <= STORE_FIRST.get(" ".join(words[:3]), set())


def write_refused(host, spoil, codes, needs):
    """Every writing command on the spoilt state: refused, or (when it does not need the file) done."""
    found = []
    for words in WRITING:
        host.reset()
        spoil()
        before = host.tree()
        answer = host.run(words)
        if needs(words):
            found += answer.problems(codes)
            if host.tree() != before:
                found.append(f"{' '.join(words)} was refused and changed {differences(before, host.tree())}")
        else:
            found += answer.problems({0, *codes, 65})
            if answer.code != 0 and host.tree() != before and not is_kept(words, set(differences(before, host.tree()))):
                found.append(f"{' '.join(words)} failed and changed {differences(before, host.tree())}")
    return found


ALL = {**DAMAGE, **IN_ITS_PLACE}


@pytest.mark.parametrize("words", READING + WRITING + ASKING, ids=" ".join)
def test_the_command_is_there(words):
    """What follows would be content with a command that is not: it refuses everything."""
    assert is_known(words)


def test_every_command_is_among_them():
    """A new one gets its row in READING, WRITING or ASKING."""
    rows = [" ".join(words) + " " for words in READING + WRITING + ASKING]
    missing = [command for command in every_command() if not any(row.startswith(f"{command} ") for row in rows)]
    # That one is tried below, with a configuration, and in test_reload.py, with the other files.
    assert missing == ["gateway run"]


@pytest.mark.parametrize("what", ALL)
@pytest.mark.parametrize("name", [CONFIG, STORE, DOTENV, JOURNAL])
def test_reading_beside_a_bad_file(host, name, what):
    spoil, code = ALL[what]
    spoil(host / name)
    codes = {CONFIGURATION, PERMISSION} if name == CONFIG else {code}
    told = (name, what) not in HARMLESS and name in (CONFIG, STORE)
    problems = judge(host, name, codes, told)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("what", ALL)
@pytest.mark.parametrize("name", [CONFIG, STORE])
def test_writing_beside_a_bad_file(host, name, what):
    spoil, code = ALL[what]
    if (name, what) in HARMLESS - {(CONFIG, "100 MB of blanks")}:
        pytest.skip("that is a configuration still")
    codes = {CONFIGURATION} if (name, code) == (CONFIG, DATA) else {code}
    needs = {
        CONFIG: lambda words: words[0] != "env",
        STORE: lambda words: words[:2] == ["models", "auth"] and "openai" not in words or "order" in words,
    }[name]
    problems = write_refused(host, lambda: spoil(host / name), codes, needs)
    assert not problems, "\n".join(problems)


MENDED = {f"{AGENT}/auth.json": '{"openrouter": {"key": "of-an-older-version"}}', f"{AGENT}/.auth-profiles.json.new-x.tmp": "{ half"}


@pytest.mark.parametrize("what", ALL)
@pytest.mark.parametrize("name", [CONFIG, STORE, DOTENV, JOURNAL])
def test_the_doctor_beside_a_bad_file(host, name, what):
    """What it mends elsewhere can be taken back, every byte; the bad file itself stays for a person to look at."""
    spoil, _ = ALL[what]
    spoil(host / name)
    for mended, text in MENDED.items():
        (host / mended).write_text(text)
        os.utime(host / mended, (time.time() - 7200,) * 2)
    before = host.tree()
    problems = host.run(["doctor", "--fix", "--yes"]).problems({0, 1, DATA, PERMISSION, CONFIGURATION})
    mended = differences(before, host.tree())
    assert f"state/{AGENT}/.auth-profiles.json.new-x.tmp" in mended and f"state/{name}" not in mended, mended
    problems += host.run(["doctor", "--undo"]).problems({0})
    after = {name: what for name, what in host.tree().items() if "doctor-backups" not in name}
    assert after == before, differences(before, after)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("what", ["rubbish", "empty", "100 MB of holes", *IN_ITS_PLACE])
@pytest.mark.parametrize("name", [DOTENV, JOURNAL, PLACE, LOCK])
def test_writing_beside_a_bad_file_that_is_not_needed(host, name, what):
    spoil, code = ALL[what]
    problems = write_refused(host, lambda: spoil(host / name), {code}, lambda words: False)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("what", IN_ITS_PLACE)
@pytest.mark.parametrize("name", [CONFIG_LOCK, STORE_LOCK])
def test_a_lock_that_is_none(host, name, what):
    spoil, code = IN_ITS_PLACE[what]
    problems = write_refused(host, lambda: spoil(host / name), {code}, lambda words: False)
    host.reset()
    spoil(host / name)
    problems += judge(host, name, {code}, told=False)
    assert not problems, "\n".join(problems)


ONE_FOR_EACH_LOCK = {
    CONFIG_LOCK: "models set openai/gpt-5", STORE_LOCK: "models auth paste-api-key --provider openai",
    f"{DOTENV}.lock": "env set GROQ_API_KEY",
}


def test_a_lock_that_somebody_holds(host):
    """They wait, together here, and then say what they waited for."""
    before = host.tree()
    with ThreadPoolExecutor() as pool, ExitStack() as held:
        for name in ONE_FOR_EACH_LOCK:
            fcntl.flock(held.enter_context(open(host / name, "w")), fcntl.LOCK_EX)
            (host / name).chmod(0o600)
        answers = list(pool.map(lambda line: host.run(line.split()), ONE_FOR_EACH_LOCK.values()))
    problems = [problem for answer in answers for problem in answer.problems({69}, limit=15.0)]
    assert not problems, "\n".join(problems)
    for name, answer in zip(ONE_FOR_EACH_LOCK, answers):
        assert f"{name} is in use." in answer.stderr and answer.seconds > 5, answer.stderr
    assert host.tree() == before
    assert [host.run(line.split()).code for line in ONE_FOR_EACH_LOCK.values()] == [0, 0, 0]


@pytest.mark.parametrize("what", ALL)
def test_a_gateway_does_not_start_on_a_bad_configuration(host, what):
    if (CONFIG, what) == (CONFIG, "a newer version"):
        pytest.skip("that is a configuration still")
    spoil, _ = ALL[what]
    spoil(host / CONFIG)
    before = host.tree()
    problems = host.run(["gateway", "run", "--port", "0"]).problems({CONFIGURATION, PERMISSION})
    assert not problems, "\n".join(problems)
    assert host.tree() == before


# Where its files are there already and may only be read, it serves, and its log says what it could not write.
@pytest.mark.parametrize(("mode", "is_first"), [(0o500, True), (0o000, True), (0o000, False)])
def test_a_gateway_that_cannot_keep_its_state(user, mode, is_first):
    if is_first:
        for name in (CONFIG, LOCK):
            (user / name).unlink()
    before = user.tree()
    user.state.chmod(mode)
    answer = user.run(["gateway", "run", "--port", "0"])
    user.state.chmod(0o700)
    assert not answer.problems({PERMISSION}) and "chmod u+rwx" in answer.advice[2]
    assert user.tree() == before


@pytest.mark.parametrize(("home", "code"), [("/nonexistent", PERMISSION), ("/dev/null", PERMISSION), ("relative", CONFIGURATION)])
def test_a_gateway_without_a_home(user, home, code):
    answer = user.run(["gateway", "run", "--port", "0"], environment={"PATH": os.environ["PATH"], "HOME": home, "SWIFT_BACKTRACE": "enable=no"})
    assert not answer.problems({code}) and ": export " in answer.advice[2], answer.stderr


@pytest.mark.parametrize("name", [CONFIG, STORE, "."])
def test_what_may_not_be_read(user, name):
    (user / name).chmod(0)
    before = None if name == "." else user.tree()
    problems = [problem for words in READING
                for problem in user.run(words).problems({0, 1, 2, 69, PERMISSION, CONFIGURATION, 64})]
    needs = (lambda words: True) if name == "." else (lambda words: "openai" not in words and words[0] != "env")
    for words in WRITING:
        if needs(words) and (name == CONFIG or words[:2] == ["models", "auth"]):
            problems += user.run(words).problems({PERMISSION})
            assert before is None or user.tree() == before
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("name", ["", AGENT])
def test_a_folder_that_may_not_be_written(user, name):
    """Reading goes on; what cannot be stored is refused."""
    (user / name).chmod(0o500)
    before = user.tree()
    problems = []
    for words in READING:
        problems += user.run(words).problems({0, 1, 2, 64, 69})
    for words in WRITING:
        answer = user.run(words)
        # The store lies in a folder of its own.
        allowed = {PERMISSION, IO} if name == "" and words[:2] != ["models", "auth"] else {0, PERMISSION, IO, 65}
        problems += answer.problems(allowed)
        if name == AGENT and answer.code != 0 and user.tree() != before:
            problems.append(f"{' '.join(words)} failed and changed {differences(before, user.tree())}")
        user.reset()
        (user / name).chmod(0o500)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("environment", [{}, {"HOME": ""}, {"HOME": "/nonexistent"}, {"HOME": "relative"}, {"HOME": "/dev/null"},
                                         {"AGENTICFLOW_STATE_DIR": "relative/x", "HOME": "/nonexistent"},
                                         {"AGENTICFLOW_STATE_DIR": "/dev/null"}, {"AGENTICFLOW_STATE_DIR": "/dev/null/x"},
                                         {"AGENTICFLOW_STATE_DIR": "/proc/1/x"}, {"AGENTICFLOW_CONFIG_PATH": "/dev/zero"},
                                         {"AGENTICFLOW_CONFIG_PATH": "/"}, {"AGENTICFLOW_STATE_DIR": "/" + "x" * 5000},
                                         {"AGENTICFLOW_STATE_DIR": "/tmp/\x1b[31m\u202e"}],
                         ids=str)
def test_no_home_or_a_strange_one(user, environment):
    # A user without a home of its own: the account's counts when HOME is missing.
    environment = {"PATH": os.environ["PATH"], "SWIFT_BACKTRACE": "enable=no", **environment}
    if "AGENTICFLOW_CONFIG_PATH" in environment:
        environment["AGENTICFLOW_STATE_DIR"] = str(user.state)
    if environment.keys() == {"PATH", "SWIFT_BACKTRACE"} and not IS_ROOT:
        pytest.skip("that is this user's own instance")
    before = user.tree()
    problems = []
    # Variables have a file of their own, which needs no configuration.
    needing = [words for words in WRITING if words[0] != "env" or "AGENTICFLOW_CONFIG_PATH" not in environment]
    for words in READING + needing:
        problems += user.run(words, environment=environment, cwd=user.base / "home").problems(
            {0, 1, 2, 64, 65, 66, 69, IO, PERMISSION, CONFIGURATION})
    # A strange name, and yet one that a folder may have.
    is_relative = "\x1b" in environment.get("AGENTICFLOW_STATE_DIR", "") or environment.get("AGENTICFLOW_STATE_DIR", environment.get("HOME", "/")).startswith("relative")
    for words in WRITING[:1]:
        answer = user.run(words, environment=environment, cwd=user.base / "home")
        assert is_relative or answer.code >= 64, "it was stored, but where?"
    assert not problems, "\n".join(problems)
    assert user.tree() == before


@pytest.mark.parametrize("words", READING + WRITING, ids=" ".join)
def test_odd_descriptors_and_a_folder_that_is_gone(host, words):
    good = host.run(words)
    host.reset()
    before = host.tree()
    problems = []
    # What was printed has not arrived: no success. A command that has written says so and has written all the same.
    for closed, codes in (("1", {IO}), ("1 2", {IO}), ("2", {good.code}), ("0 1 2", {IO, 65, 74})):
        redirections = " ".join(f"{number}>&-" for number in closed.split())
        answer = host.run(words, prefix=("bash", "-c", f'exec "$0" "$@" {redirections}'))
        wanted = codes if good.code < 64 else {good.code, *codes}
        if answer.code not in wanted and not (closed != "2" and good.code < 64 and not good.stdout and answer.code == 0):
            problems.append(f"{' '.join(words)} with {redirections}: exit {answer.code}, not {wanted}: {answer.stderr}")
        if words in READING and host.tree() != before:
            problems.append(f"with {redirections} it changed {differences(before, host.tree())}")
        if words in WRITING:
            host.reset()
    with open("/dev/full", "wb") as full:
        answer = host.run(words, stdout=full)
        if good.code < 64 and good.stdout:
            problems += answer.problems({IO}) if "--json" not in words else []
            assert answer.code == IO and "could not be written" in answer.stderr
    host.reset()
    # A reader that has left knows.
    reader, writer = os.pipe()
    os.close(reader)
    answer = host.run(words, stdout=writer)
    os.close(writer)
    if good.code < 64 and good.stdout:
        assert answer.code == IO and "could not be written" not in answer.stderr
    host.reset()
    gone = host.base / "gone"
    answer = host.run(words, prefix=("bash", "-c", f'mkdir "{gone}" && cd "{gone}" && rmdir "{gone}" && exec "$0" "$@"'))
    problems += answer.problems({good.code})
    assert not problems, "\n".join(problems)


FULL_DISK = r"""
set -u
mount -t tmpfs -o size=128k,mode=700 none "$1" || exit 100
cp -a "$2/." "$1/"
dd if=/dev/zero of="$1/filler" bs=1k count=1024 2>/dev/null; : > "$1/f2"; dd if=/dev/zero of="$1/f2" bs=1k count=99 2>/dev/null
shift 2
"$@"
code=$?
"$1" doctor --only state-disk-full > "$LEFT.doctor"
cd /; cp -a "$AGENTICFLOW_STATE_DIR/." "$LEFT/"
exit $code
"""


@pytest.mark.parametrize("words", WRITING, ids=" ".join)
def test_a_disk_without_room(host, words):
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode != 0:
        pytest.skip("no mount namespace may be made here; Tests/Crash injects ENOSPC")
    disk, left = host.base / "disk", host.base / "left"
    disk.mkdir(mode=0o700), left.mkdir(mode=0o700)
    # Up to the end of its last page; a line more would find room in there.
    journal = SEED[JOURNAL].replace(",", "," + " " * (4096 - len(SEED[JOURNAL])), 1)
    (host / JOURNAL).write_text(journal)
    environment = {**host.environment, "AGENTICFLOW_STATE_DIR": str(disk), "LEFT": str(left)}
    answer = host.run(words, prefix=("unshare", "--mount", "bash", "-c", FULL_DISK, "-", str(disk), str(host.state)),
                      environment=environment)
    assert answer.code != 100, answer.stderr
    problems = answer.problems({IO})
    assert not problems, "\n".join(problems)
    assert "df -h" in left.with_name(f"{left.name}.doctor").read_text()
    for name, text in SEED.items():
        if not name.endswith(".lock"):
            assert (left / name).read_text() == (journal if name == JOURNAL else text), f"{name} was changed"
    assert not [path for path in left.rglob("*.tmp")]
