"""Waiting for a condition, with a deadline instead of a sleep."""

import time

# Generous: it only decides how long a failing test takes.
DEADLINE = 30.0
PAUSE = 0.02


class NeverCame(AssertionError):
    """The condition was not met before the deadline."""


def eventually(probe, what="the condition", within=DEADLINE):
    """Calls `probe` until it gives something true, and returns that."""
    end = time.monotonic() + within
    while True:
        found = probe()
        if found:
            return found
        if time.monotonic() > end:
            raise NeverCame(f"{what}: not within {within:g} s; last seen: {found!r}")
        time.sleep(PAUSE)


def settled(probe, what="the value", steps=25, within=DEADLINE):
    """Calls `probe` until it gives the same value `steps` times in a row, and returns that value."""
    end = time.monotonic() + within
    last, same = probe(), 0
    while same < steps:
        time.sleep(PAUSE)
        now = probe()
        same = same + 1 if now == last else 0
        last = now
        if time.monotonic() > end:
            raise NeverCame(f"{what}: still changing after {within:g} s; last seen: {last!r}")
    return last
