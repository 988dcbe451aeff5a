"""What `models explain` calls next is what the next request gets, over a thousand random states."""

import random
import time
from urllib.parse import quote

from dialects import MESSAGES

NAMES = [f"k{n}" for n in range(7)]
FAULTS = ["ok", "ok", "429-after-1", "429-after-0", "429", "529", "500", "401", "402", "404"]
STATES = 1000


def explained(gateway, model, session):
    query = f"model={quote(model, safe='')}" + (f"&session={session}" if session else "")
    answer = gateway.send(f"/api/v1/explain?{query}")
    assert answer.status == 200, answer
    return answer.json


def store(number):
    """Every key is another text each time, so that nothing is held against it."""
    return {f"anthropic:{name}": f"sk-sim-ok-{name}x{number}" for name in NAMES}


def first_label(simulator, before, answer):
    """Who was asked first: the one that served, or, after failovers, whom the record names."""
    if answer.field("x-agenticflow-attempts") == "1":
        return answer.field("x-agenticflow-profile")
    entries = simulator.requests()
    return "anthropic:" + entries[before]["label"].partition("x")[0]


def test_over_a_thousand_random_states(start, simulator):
    chance = random.Random(20261125)
    gateway = start(store(0), gateway={"limits": {"maxWaitSeconds": 0}})
    seen = {"next": 0, "nobody": 0, "failed over": 0, "a window ended in between": 0}
    states = round_number = 0
    while states < STATES:
        if states // 100 > round_number:
            round_number = states // 100
            order = chance.sample([f"anthropic:{name}" for name in NAMES], 5) if round_number % 3 == 1 else None
            gateway.write_store(store(round_number), {"anthropic": order} if order else None)
            simulator.reset()
            expected = "store" if order else "automatic"
            deadline = time.monotonic() + 10
            while explained(gateway, "claude-a", None)["orderSource"] != expected:
                assert time.monotonic() < deadline, "the store was not taken up"
            # The next look at the files has taken up the keys too.
            time.sleep(0.5)
        simulator.rules(*[
            {"label": f"{name}x{round_number}", "fault": chance.choice(FAULTS)} for name in chance.sample(NAMES, 3)])
        model = chance.choice(["claude-a", "claude-b", "anthropic/claude-c"])
        session = chance.choice([None, None, "one", "two"])
        if chance.random() < 0.1:
            model += f"@anthropic:{chance.choice(NAMES)}"

        began = time.time() * 1000
        said = explained(gateway, model, session)
        before = simulator.total()
        fields = [("x-agenticflow-session", session)] if session else []
        answer = gateway.send(MESSAGES.path, MESSAGES.body(model=model), fields=fields)
        ended = time.time() * 1000
        if any(line["until"] and began - 5 <= line["until"] <= ended + 5 for line in said["candidates"]):
            seen["a window ended in between"] += 1
            continue
        states += 1
        if said["next"] is None:
            assert simulator.total() == before and answer.status == 503, (said, answer)
            seen["nobody"] += 1
        else:
            assert first_label(simulator, before, answer) == said["next"], (model, session, said, answer)
            seen["next"] += 1
            seen["failed over"] += answer.field("x-agenticflow-attempts") != "1"
    print(seen)
    assert seen["next"] > 300 and seen["nobody"] > 20 and seen["failed over"] > 100, seen
