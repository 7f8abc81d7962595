"""The short form runs with every build; `CHAOS=full` (`make chaos`) runs every fault, at the settings of production."""

from collections.abc import Iterator
from typing import Any

import pytest
from stack import RunningStack
from yard import FULL, Fault, Yard

# The short form notices a dead worker sooner and waits less for its messages; the full form is as production.
QUICK = {"heartbeat_seconds": 0.4, "sweep_seconds": 1.0, "stage_soft_seconds": 8, "stage_hard_seconds": 10,
         "visibility_seconds": 20}  # fmt: skip
UNLIMITED = {"create_limit": "0", "request_limit": "0"}
_faults: list[Fault] = []


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line("markers", "full: left out of the short form, which runs with every build")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the long ones to the full form."""
    for item in items:
        if not FULL and item.get_closest_marker("full"):
            item.add_marker(pytest.mark.skip(reason="runs with `make chaos`"))


@pytest.fixture(scope="session")
def yard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Yard]:
    """One system for all faults; when all are over, nothing may be left of any job."""
    settings: dict[str, Any] = UNLIMITED | ({} if FULL else QUICK)
    running = Yard(tmp_path_factory.mktemp("yard"), **settings)
    try:
        yield running
        # Messages that dead workers took come back after the visibility timeout, find their jobs over, and go.
        running.wait(running.queues_empty, "no message is left", 180)
        assert running.keys_for_ever() == []
        assert running.files() == []
    finally:
        _faults.extend(running.faults)
        running.stop()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """`expertglasses up`, ended cleanly afterwards."""
    running = RunningStack(tmp_path_factory.mktemp("stack"))
    yield running
    assert running.stop() == 0


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table of faults, as docs/operations/faults.md shows it."""
    if not _faults:
        return
    terminalreporter.section("faults")
    terminalreporter.write_line(
        "| fault | jobs in flight | all stages work again after | work it interrupted done after | all ended after | ends |"
    )
    terminalreporter.write_line("|---|---|---|---|---|---|")
    for fault in _faults:
        ends = ", ".join(f"{number} {state}" for state, number in sorted(fault.states.items()))
        terminalreporter.write_line(
            f"| {fault.name} | {fault.in_flight} | {fault.resumed:.1f} s | {fault.interrupted:.1f} s | {fault.ended:.1f} s | {ends} |"
        )
