"""Fixtures of the end-to-end tests: a simulator for the whole run, and gateways for one test or one module."""

import copy
import itertools
import os

import pytest

from certificates import Authority
from gateway import TOKEN, Gateway
from simulator import Simulator

# The official SDKs read these; a value on a developer's machine must not steer a test.
for _name in list(os.environ):
    if _name.upper().startswith(("ANTHROPIC_", "OPENAI_", "AGENTICFLOW_")) or _name.lower().endswith("_proxy"):
        del os.environ[_name]

_numbers = itertools.count(1)


def pytest_collection_modifyitems(items):
    """The canary module looks back on its own run, and takes longest: last."""
    items.sort(key=lambda item: "test_canary" in item.nodeid)


class Starter:
    """Makes gateways that lead to one simulator, and ends them by their pid."""

    def __init__(self, folder, simulator):
        self.folder = folder
        self.simulator = simulator
        self.gateways = []

    def prepare(self, profiles=None, order=None, gateway=None, config=None, providers=None, **files):
        """A gateway that is not started yet.

        `gateway`: the section of that name; `config`: whole other sections; `providers`: instead of the simulator's.
        """
        sections = {
            "gateway": {"auth": {"token": TOKEN}, **(gateway or {})},
            "models": {"providers": providers or self.simulator.providers()},
            **(config or {}),
        }
        folder = self.folder / f"gateway-{next(_numbers)}"
        folder.mkdir(mode=0o700)
        made = Gateway(folder, config=copy.deepcopy(sections), profiles=profiles, order=order, **files)
        self.gateways.append(made)
        return made

    def __call__(self, *profiles, arguments=(), **options):
        return self.prepare(*profiles, **options).start(*arguments)

    def end(self):
        for made in self.gateways:
            if made.program is not None and made.program.exit_code is None:
                made.kill()
                made.was_ended_by_us = True
        crashed = [
            made for made in self.gateways
            if made.program is not None and not getattr(made, "was_ended_by_us", False)
            and made.program.exit_code not in (0, -9, 78)
        ]
        assert not crashed, "".join(f"exit {made.program.exit_code}: {made.program.stderr[-2000:]}" for made in crashed)


@pytest.fixture(scope="session")
def the_simulator(tmp_path_factory):
    running = Simulator(tmp_path_factory.mktemp("simulator"))
    yield running
    running.stop()


@pytest.fixture
def simulator(the_simulator):
    """The simulator, with an empty record and no rules. Nothing that must never arrive may have arrived."""
    the_simulator.reset()
    the_simulator.forbid(TOKEN)
    yield the_simulator
    assert the_simulator.contraband() == {}


@pytest.fixture
def start(tmp_path, simulator):
    """`start({profile: key}, order=…)` gives a running gateway; it must still be running when the test ends."""
    starter = Starter(tmp_path, simulator)
    yield starter
    starter.end()


@pytest.fixture(scope="module")
def start_once(tmp_path_factory, the_simulator):
    """Likewise, for gateways that all tests of a module share."""
    starter = Starter(tmp_path_factory.mktemp("shared"), the_simulator)
    yield starter
    starter.end()


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    """A certificate authority that nobody trusts unless told to."""
    return Authority(tmp_path_factory.mktemp("authority"))
