# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the transcript tests; programs and the simulator are those of the end-to-end tests."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "EndToEnd"))

from simulator import Simulator  # noqa: E402

# A key on a developer's machine must not steer a test.
for _name in list(os.environ):
    if _name.upper().startswith(("ANTHROPIC_", "OPENAI_", "AGENTICFLOW_")) or _name.lower().endswith("_proxy"):
        del os.environ[_name]


@pytest.fixture(scope="session")
def simulator(tmp_path_factory):
    running = Simulator(tmp_path_factory.mktemp("simulator"))
    yield running
    running.stop()
