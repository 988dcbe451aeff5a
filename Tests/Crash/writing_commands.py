# SPDX-License-Identifier: Apache-2.0
"""Every command that writes, with a state directory in which it has something to do."""

import socket

from instance import CONFIG, DOTENV, EMPTY, FULL, JOURNAL, STORE, TYPED, WORK_STORE
from stopping import Command

KEY = f"{TYPED}\n"
WITHOUT_TOKEN = {**FULL, CONFIG: FULL[CONFIG].replace("auth: { token", "was: { token", 1)}
# A port that is taken: the gateway makes its token, cannot listen, and ends.
TAKEN = socket.create_server(("127.0.0.1", 0))
PORT = TAKEN.getsockname()[1]
TRASHED = "trash/work-TIME/agent/auth-profiles.json"


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
    command("env set, replacing", "env set OPENAI_API_KEY", [DOTENV], stdin=KEY),
    command("env unset", "env unset CRASH_OTHER", [DOTENV], again=(0, 64, 65)),
    command("logout", "models auth logout anthropic:default --yes", [STORE, CONFIG, JOURNAL], lagging=(JOURNAL,), again=(0, 64, 65)),
    command("rotate", "models auth rotate anthropic:default", [STORE, JOURNAL], stdin=KEY, lagging=(JOURNAL,), again=(0, 65)),
    command("clean", "models auth clean --yes", [STORE], again=(0, 64, 65)),
    command("clear-cooldown", "models auth clear-cooldown anthropic:default", [JOURNAL], again=(0, 64, 65)),
    command("agents add", "agents add crash", [CONFIG], again=(0, 64, 65)),
    command("agents delete", "agents delete work --force", [CONFIG, WORK_STORE, TRASHED], again=(0, 64, 65)),
    command("agents default", "agents default work", [CONFIG]),
    command("auth add", "models auth add --provider openai --profile-id openai:ci --ref env:CRASH_VARIABLE", [STORE, CONFIG]),
    # doctor --fix and --undo keep their own account of every step: Tests/EndToEnd/test_doctor.py cuts them.
]
