# SPDX-License-Identifier: Apache-2.0
"""The doctor, killed or disturbed at every system call that touches its files: whatever it leaves can be taken back."""

import os
import subprocess
import time

import pytest
from doctoring import BACKUPS, Doctoring, DoctorJudge
from instance import CONFIG, DOTENV, IN_DOTENV, MAIN, OTHER, STORE, STORED, TOKEN, WORK_STORE, Instance

OLD_FILE, OLD_LOGIN = f"{MAIN}/auth.json", "credentials/oauth.json"
LEFT, LEFT_CONFIG = f"{MAIN}/.auth-profiles.json.new-x.tmp", f".{CONFIG}.new-x.tmp"
CONFIG_TEXT = f"""// Kept by hand. Every byte of it matters to somebody.
{{
  gateway: {{ port: 0, token: '{TOKEN}', /* stood here always */ future: [+1, 0x1F, .5,], }},
  agents: {{ list: [{{ id: "main" }}, {{ id: "work", name: 'At work' }}] }},
  auth: {{
    order: {{ anthropic: ["anthropic:gone", "anthropic:default"] }}, // the first one left us
    profiles: {{
      "anthropic:gone": {{ provider: "anthropic", mode: "api_key" }},
      "anthropic:default": {{ provider: "anthropic", mode: "api_key", later: 1 }},
    }},
  }},
  unknown: {{ deep: {{ list: [1, [2, {{ three: 3 }}]] }} }},
}}
"""
# Something for every kind of repair.
SEED = {
    CONFIG: CONFIG_TEXT, f"{CONFIG}.bak": f"{{ gateway: {{ token: '{TOKEN}' }} /* the day before */ }}\n",
    DOTENV: f"# By hand.\nexport OPENAI_API_KEY=\"{IN_DOTENV}\"   # the team's\n",
    STORE: f'{{"version":1,"profiles":{{"anthropic:default":{{"type":"api_key","provider":"anthropic","key":"{STORED}","x":1.50}}}}}}\n',
    WORK_STORE: f'{{"groq": {{"apiKey": "{OTHER}-flat"}}, "note": "kept"}}\n',
    OLD_FILE: f'{{"openrouter": {{"key": "{OTHER}-old"}}}}\n',
    OLD_LOGIN: f'{{"openai": {{"access": "{OTHER}-access", "refresh": "{OTHER}-refresh", "expires": 4070908800000}}}}\n',
    LEFT: f'{{"version":1,"profiles":{{"anthropic:half":{{"type":"api_key","key":"{OTHER}-le', LEFT_CONFIG: "{ half",
}
COPIES = (f"{OLD_FILE}.imported-TIME", f"{OLD_LOGIN}.imported-TIME")
CHANGED = (CONFIG, DOTENV, STORE, WORK_STORE, OLD_FILE, OLD_LOGIN, LEFT, LEFT_CONFIG, *COPIES)
# Whoever writes the configuration takes away what was left beside it.
TIDY = {name: text for name, text in SEED.items() if name not in (LEFT, LEFT_CONFIG)}
TOKENLESS = {**TIDY, CONFIG: CONFIG_TEXT.replace(f"token: '{TOKEN}'", "later: 1")}


def open_to_others(instance: Instance, program: str):
    for name, mode in ((".", 0o755), (CONFIG, 0o644), (DOTENV, 0o640), (MAIN, 0o750)):
        (instance.state / name).chmod(mode)
    for name in {LEFT, LEFT_CONFIG} & instance.seed.keys():
        os.utime(instance.state / name, (time.time() - 7200,) * 2)


def repaired(instance: Instance, program: str, *more: str):
    open_to_others(instance, program)
    doctor(instance, program, "--fix", "--yes", *more)
    date_back(instance, 1)


def date_back(instance: Instance, number: int):
    """The backup that has just been made; another one in the same second would have another name."""
    made = next(path for path in (instance.state / BACKUPS).iterdir() if not path.name.startswith("2020"))
    made.rename(made.with_name(f"20200101T00000{number}Z"))


def edited_since(instance: Instance, program: str):
    """Newer than the repair, and nowhere else."""
    repaired(instance, program)
    for name in (CONFIG, STORE):
        path = instance.state / name
        path.write_text(path.read_text() + "\n ")
    (instance.state / OLD_FILE).touch(mode=0o600)
    (instance.state / OLD_FILE).write_text(f'{{"openrouter": {{"key": "{OTHER}-newer"}}}}')


def with_five_backups(instance: Instance, program: str):
    """So that the oldest one has to go."""
    open_to_others(instance, program)
    for number in range(1, 6):
        (instance.state / CONFIG).chmod(0o644)
        doctor(instance, program, "--fix", "--yes", "--only", "file-permissions")
        date_back(instance, number)
    (instance.state / CONFIG).chmod(0o644)


def doctor(instance: Instance, program: str, *words: str):
    result = subprocess.run(
        [program, "doctor", *words], env=instance.environment, cwd=instance.base, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr + result.stdout


def doctoring(name, line, changes, prepare=open_to_others, seed=SEED, **more):
    return Doctoring(name, ("doctor", *line.split()), seed=seed, changes=tuple(changes), prepare=prepare, **more)


# What doctor has closed stays closed.
TAKEN_BACK = [name for name in CHANGED if name != DOTENV]
COMMANDS = [
    doctoring("doctor --fix", "--fix --yes", CHANGED),
    doctoring("doctor --fix of the configuration", "--fix --yes --only config-gateway-token-misplaced", [CONFIG], seed=TIDY),
    doctoring("doctor --fix, the sixth", "--fix --yes --only file-permissions", [CONFIG], prepare=with_five_backups),
    doctoring("doctor --generate-gateway-token", "--generate-gateway-token", [CONFIG], seed=TOKENLESS),
    doctoring("doctor --undo", "--undo", TAKEN_BACK, prepare=repaired, takes_back=True),
    doctoring("doctor --undo --force", "--undo --force", TAKEN_BACK, prepare=edited_since, takes_back=True, is_forced=True),
]


@pytest.mark.parametrize("command", COMMANDS, ids=[command.name for command in COMMANDS])
def test_a_doctor_that_is_stopped_loses_nothing(program, command, tmp_path, report):
    findings = DoctorJudge(tmp_path, command, program).judge()
    report(f"kill -9, ENOSPC, EIO, EROFS in {command.name}: {findings.sentence}")
    assert not findings.problems, "\n".join(findings.problems[:40])
    assert findings.changing >= 10
