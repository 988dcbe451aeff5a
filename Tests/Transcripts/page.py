# SPDX-License-Identifier: Apache-2.0
"""Runs the commands of a page, one after the other, in one shell on a home directory of its own."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pages import HERE
from programs import BUILD, clean_environment

KEY = "sk-sim-ok-page"
# By how the variable is called: what stands for "..." in a page.
KEYS = {"ANTHROPIC": "sk-ant-api03-" + "k" * 80, "OAUTH": "sk-ant-oat01-" + "a" * 90}
PROVIDERS = ("anthropic", "openai", "openrouter")


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@dataclass
class Result:
    command: object
    exit_code: int
    output: str


class Page:
    """A home directory, and what was run on it."""

    def __init__(self, folder, simulator, setup):
        self.folder = folder
        self.home = folder / "home"
        self.state = self.home / ".agenticflow-enterprise"
        self.state.mkdir(parents=True, mode=0o700)
        # Nothing in a page meets a real provider, nor a port that somebody else has.
        self.ports = {"18789": str(free_port()), "18790": str(free_port()), "8099": str(free_port())}
        self.setup = setup
        self.furnish(simulator)
        (self.home / "key.txt").write_text(KEY + "\n")

    def furnish(self, simulator):
        # A page that was run on an existing configuration would not show how to begin: this names places alone.
        api = {"anthropic": "anthropic-messages"}
        base = {"anthropic": "", "openrouter": "/api/v1"}
        places = {
            name: {
                "baseUrl": simulator.url + base.get(name, "/v1"),
                "api": api.get(name, "openai-completions"),
            }
            for name in PROVIDERS
        }
        config = {"models": {"providers": places}}
        if self.setup.furnished:
            config["gateway"] = {"port": int(self.ports["18789"])}
            image = {"primary": "openai/gpt-5-image", "fallbacks": ["openai/gpt-5.2"]}
            config["agents"] = {
                "defaults": {"model": {"primary": "anthropic/claude-sonnet-4-5"}, "imageModel": image},
            }
            entries = ("anthropic:default", "anthropic:work", "openai:default", "openrouter:default")
            profiles = {
                name: {"type": "api_key", "provider": name.partition(":")[0], "key": f"sk-sim-ok-{name.replace(':', '-')}"}
                for name in entries
            }
            self.write("agents/main/agent/auth-profiles.json", {"version": 1, "profiles": profiles})
        self.write("agenticflow-enterprise.json", config)

    def write(self, name, document):
        path = self.state / name
        for parent in reversed(path.relative_to(self.state).parents):
            (self.state / parent).mkdir(mode=0o700, exist_ok=True)
        path.write_text(json.dumps(document, indent=2) + "\n")
        path.chmod(0o600)

    def environment(self):
        return clean_environment(
            self.home,
            PATH=f"{HERE / 'shims'}:{os.environ.get('PATH', '/usr/bin:/bin')}",
            KEY=KEY,
            PAGE_FOLDER=self.folder,
            PAGE_PORT=self.ports["18789"],
            PAGE_BINARY=BUILD / "agenticflow-enterprise",
            SHELL="/bin/bash",
            LC_ALL="C.UTF-8",
        )

    def prepared(self, text):
        """The command as it is run here: our binary, free ports, a key where the page has dots."""
        text = re.sub(r"(\S*/)?\.build/(release|debug)/(agenticflow-enterprise|provider-simulator)", r"\3", text)
        text = re.sub(r"^make run\b(.*)$", r"agenticflow-enterprise gateway run\1", text)
        for shown, ours in self.ports.items():
            text = re.sub(rf"\b{shown}\b", ours, text)
        return re.sub(
            r"\b([A-Z][A-Z0-9_]*)=(['\"]?)(?:[\w-]*\.\.\.|…)\2", lambda m: f"{m[1]}={key_for(m[1])}", text)

    def run(self, commands, within=60.0):
        """All of them in one shell, whatever comes of each."""
        if self.setup.gateway:
            commands = [None, *commands]
        driver = ["set +e", f"cd {shlex.quote(str(self.home))}"]
        for number, command in enumerate(commands):
            text = self.prepared(command.text) if command else "agenticflow-enterprise gateway run"
            stem = self.folder / str(number)
            stem.with_suffix(".sh").write_text(text + "\n")
            driver.append(f"{{ . {stem}.sh; }} >{stem}.out 2>&1 </dev/null; echo $? >{stem}.code")
        (self.folder / "driver.sh").write_text("\n".join(driver) + "\n")
        try:
            subprocess.run(
                ["bash", "--norc", "--noprofile", str(self.folder / "driver.sh")],
                env=self.environment(), timeout=within, stdin=subprocess.DEVNULL)
        finally:
            self.end()
        results = [self.result(number, command) for number, command in enumerate(commands)]
        return [result for result in results if result.command or result.exit_code != 0]

    def result(self, number, command):
        stem = self.folder / str(number)
        code = stem.with_suffix(".code")
        text = stem.with_suffix(".out").read_text(errors="replace") if code.exists() else "the page ended before it"
        for shown, ours in self.ports.items():
            text = re.sub(rf"\b{ours}\b", shown, text)
        return Result(command, int(code.read_text()) if code.exists() else -1, text)

    def end(self):
        for name in ("gateway.pid", "simulator.pid"):
            path = self.folder / name
            if path.exists() and path.read_text().strip():
                try:
                    os.kill(int(path.read_text()), signal.SIGTERM)
                except ProcessLookupError:
                    pass  # It has ended by itself.


def key_for(variable):
    return next((key for part, key in KEYS.items() if part in variable), KEY)
