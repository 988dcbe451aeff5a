# SPDX-License-Identifier: Apache-2.0
"""Every command that writes, with a state directory in which it has something to do."""

import socket

from catalogue import serve
from instance import CONFIG, DOTENV, EMPTY, FULL, JOURNAL, OTHER, SETUP_TOKEN, STORE, TYPED, WORK_STORE
from stopping import Command

KEY = f"{TYPED}\n"
WITHOUT_TOKEN = {**FULL, CONFIG: FULL[CONFIG].replace("auth: { token", "was: { token", 1)}
# A port that is taken: the gateway makes its token, cannot listen, and ends.
TAKEN = socket.create_server(("127.0.0.1", 0))
PORT = TAKEN.getsockname()[1]
TRASHED = "trash/work-TIME/agent/auth-profiles.json"
NEW_STORE = "agents/crash/agent/auth-profiles.json"
SCANNED = {
    **FULL,
    CONFIG: FULL[CONFIG].replace("  unknown:", f"  models: {{ providers: {{ openrouter: {{ baseUrl: '{serve()}' }} }} }},\n  unknown:"),
    STORE: FULL[STORE].replace('"elsewhere:1"', f'"openrouter:default": {{"type":"api_key","provider":"openrouter","key":"{OTHER}-or"}},\n    "elsewhere:1"'),
}
# Two profiles have expired, one of them noted in the configuration.
NOTED = {
    **FULL,
    CONFIG: FULL[CONFIG].replace("later: 1 } }", 'later: 1 }, "anthropic:old": { provider: "anthropic", mode: "token" } }'),
    STORE: FULL[STORE].replace('"elsewhere:1"', f'"openai:old": {{"type":"token","provider":"openai","token":"{OTHER}-o","expires":1600000000000}},\n    "elsewhere:1"'),
}
# An order of another agent names a profile of main.
ORDERED = {**FULL, WORK_STORE: FULL[WORK_STORE].replace("}}}", '}},"order":{"anthropic":["anthropic:work","anthropic:default"]}}')}
INCLUDED = {
    **FULL, "more.json5": "{ agents: { defaults: { imageModel: 'openai/gpt-5' } } } // by hand\n",
    CONFIG: FULL[CONFIG].replace("{\n  gateway:", "{\n  $include: './more.json5', // the team's\n  gateway:", 1),
}


def command(name, line, changes, seed=FULL, **more):
    return Command(name, tuple(line.split()), seed=seed, changes=tuple(changes), **more)


WRITING_COMMANDS = [
    command("paste-api-key", "models auth paste-api-key --provider anthropic --profile-id anthropic:new",
            [STORE, CONFIG], stdin=KEY),
    command("paste-api-key, replacing", "models auth paste-api-key --provider anthropic --profile-id anthropic:default",
            [STORE, CONFIG, JOURNAL], stdin=KEY, lagging=(JOURNAL,)),
    command("paste-api-key, first", "models auth paste-api-key --provider anthropic", [STORE, CONFIG], seed=EMPTY,
            stdin=KEY),
    command("paste-token", "models auth paste-token --provider openai --agent work --expires-in 30d",
            [WORK_STORE, CONFIG], stdin=KEY),
    command("order set", "models auth order set --provider anthropic anthropic:default anthropic:work", [STORE]),
    command("order set, inherited", "models auth order set --provider anthropic --agent work anthropic:default",
            [WORK_STORE]),
    command("order clear", "models auth order clear --provider anthropic", [STORE]),
    command("first token", f"gateway run --port {PORT}", [CONFIG], code=78, word="cannot listen", seed=WITHOUT_TOKEN),
    command("first token, with nothing there", f"gateway run --port {PORT}", [CONFIG], code=78, word="cannot listen", seed=EMPTY),

    command("config set", "config set agents.defaults.model.primary openai/gpt-5", [CONFIG]),
    command("config unset", "config unset agents.defaults.imageModel", [CONFIG], again=(0, 66)),
    command("models set", "models set openai/gpt-5", [CONFIG]),
    command("models set-image", "models set-image anthropic/claude-sonnet-4-5", [CONFIG]),
    command("aliases add", "models aliases add quick openai/gpt-5", [CONFIG]),
    command("aliases remove", "models aliases remove fast", [CONFIG], again=(0, 64, 65)),
    command("fallbacks add", "models fallbacks add groq/llama-3.3-70b-versatile", [CONFIG]),
    command("fallbacks remove", "models fallbacks remove openai/gpt-5", [CONFIG], again=(0, 64, 65)),
    command("fallbacks clear", "models fallbacks clear", [CONFIG]),
    command("image-fallbacks add", "models image-fallbacks add openai/gpt-5-mini", [CONFIG]),
    command("image-fallbacks remove", "models image-fallbacks remove anthropic/claude-haiku-4-5", [CONFIG], again=(0, 64, 65)),
    command("image-fallbacks clear", "models image-fallbacks clear", [CONFIG]),
    command("env set", "env set GROQ_API_KEY", [DOTENV], stdin=KEY),
    # It looks like no vendor's: one that does takes no other one's place.
    command("env set, replacing", "env set OPENAI_API_KEY", [DOTENV], stdin=f"sk-proj-{TYPED[-20:]}\n"),
    command("env unset", "env unset CRASH_OTHER", [DOTENV], again=(0, 64, 65)),
    command("logout", "models auth logout anthropic:default --yes", [STORE, CONFIG, JOURNAL], lagging=(JOURNAL,), again=(0, 64, 65)),
    command("rotate", "models auth rotate anthropic:default", [STORE, JOURNAL], stdin=KEY, lagging=(JOURNAL,), again=(0, 65)),
    command("clean", "models auth clean --yes", [STORE], again=(0, 64, 65)),
    command("clear-cooldown", "models auth clear-cooldown anthropic:default", [JOURNAL], again=(0, 64, 65)),
    command("agents add", "agents add crash", [CONFIG], again=(0, 64, 65)),
    command("agents delete", "agents delete work --force", [CONFIG, WORK_STORE, TRASHED], again=(0, 64, 65)),
    command("agents default", "agents default work", [CONFIG]),
    command("auth add", "models auth add --provider openai --profile-id openai:ci --ref env:CRASH_VARIABLE", [STORE, CONFIG]),
    command("auth add, of a token", "models auth add --provider anthropic --profile-id anthropic:work --type token "
            "--expires-in 30d --ref env:CRASH_VARIABLE", [STORE, CONFIG, JOURNAL], lagging=(JOURNAL,)),
    command("auth add, asking", "models auth add", [STORE, CONFIG], typed=(
        ("Provider", "openai\n"), ("Kind", "1\n"), ("Profile id", "\n"), ("Replace ", "y\n"), ("API key for openai", KEY))),
    command("setup-token", "models auth setup-token --yes", [STORE, CONFIG], typed=(
        ("Setup token for anthropic", f"{SETUP_TOKEN}\n"),)),
    command("setup-token, first", "models auth setup-token", [STORE, CONFIG], seed=EMPTY, typed=(
        ("Have you run", "y\n"), ("Setup token for anthropic", f"{SETUP_TOKEN}\n"))),
    command("scan", "models scan --yes --set-default --set-image --concurrency 1", [CONFIG], seed=SCANNED),
    command("config set, at depth", "config set models.providers.openrouter.baseUrl https://gateway.example/v1", [CONFIG]),
    command("config set, of a secret", "config set gateway.auth.token --stdin", [CONFIG], stdin=f"{TYPED}-of-clients\n"),
    command("config set, first", "config set agents.defaults.model.primary openai/gpt-5", [CONFIG], seed=EMPTY),
    command("config set, beside an include", "config set agents.defaults.model.primary openai/gpt-5", [CONFIG], seed=INCLUDED),
    command("env set, first", "env set GROQ_API_KEY", [DOTENV], stdin=KEY, seed=EMPTY),
    command("clean, of what is noted", "models auth clean --yes", [STORE, CONFIG], seed=NOTED, again=(0, 64, 65)),
    command("logout, of what others order", "models auth logout anthropic:work --yes", [STORE, CONFIG, WORK_STORE, JOURNAL],
            seed=ORDERED, lagging=(JOURNAL,), again=(0, 64, 65)),
    command("clear-cooldown --all", "models auth clear-cooldown --all", [JOURNAL], again=(0, 64, 65)),
    command("agents add, with copies", "agents add crash --default --copy-credentials --model openai/gpt-5",
            [CONFIG, NEW_STORE], again=(0, 64, 65)),
    # doctor --fix and --undo keep their own account of every step: test_stopped_doctor.py.
]
