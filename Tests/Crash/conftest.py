# SPDX-License-Identifier: Apache-2.0
import os
import pathlib
import shutil

import pytest

lines = []


@pytest.fixture
def report():
    """Takes a line that is shown after the run, whatever the tests' own output."""
    return lines.append


@pytest.fixture(scope="session")
def writer():
    """The program that makes one update of a store; see Tests/StoreWriter."""
    path = pathlib.Path(os.environ["BUILD_DIR"]) / "store-writer"
    assert path.exists(), f"{path} is not there. Run: swift build --product store-writer"
    return str(path)


@pytest.fixture(scope="session")
def program():
    path = pathlib.Path(os.environ["BUILD_DIR"]) / "agenticflow-enterprise"
    assert path.exists(), f"{path} is not there. Run: swift build"
    return str(path)


@pytest.fixture(scope="session", autouse=True)
def strace():
    assert shutil.which("strace"), "strace is not installed. Run: scripts/bootstrap test"


def pytest_terminal_summary(terminalreporter):
    if lines:
        terminalreporter.section("crash tests")
        for line in lines:
            terminalreporter.write_line(line)
