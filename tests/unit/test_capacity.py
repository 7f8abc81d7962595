"""The simulation behind docs/12-scaling.md agrees with what queueing theory knows exactly."""

import importlib.util
import statistics
import sys
from types import ModuleType

import pytest

from shared.settings import ROOT


@pytest.fixture(scope="module")
def capacity() -> ModuleType:
    """benchmarks/capacity.py, which is a script."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        spec = importlib.util.spec_from_file_location("capacity", ROOT / "benchmarks" / "capacity.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["capacity"] = module  # where dataclasses look for it
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(ROOT / "benchmarks"))
    return module


@pytest.mark.parametrize("load", [0.3, 0.6, 0.8])
def test_one_worker_of_fixed_speed(capacity: ModuleType, load: float) -> None:
    """M/D/1: the mean wait is load × service / (2 (1 - load)) (Pollaczek and Khinchine, 1930)."""
    seconds = capacity.simulate(load, [1], [capacity.Service(1.0, 0)], 100_000)

    assert statistics.fmean(seconds) - 1 == pytest.approx(load / (2 * (1 - load)), rel=0.1)


def test_one_worker_of_varying_speed(capacity: ModuleType) -> None:
    """M/G/1: spread of the service makes the wait longer by 1 + spread²."""
    seconds = capacity.simulate(0.6, [1], [capacity.Service(1.0, 1.0)], 200_000)

    assert statistics.fmean(seconds) - 1 == pytest.approx(0.6 / (2 * 0.4) * 2, rel=0.12)


def test_many_workers_hardly_wait(capacity: ModuleType) -> None:
    """At the same load a hundred workers make nobody wait: work finds a free one."""
    few = capacity.simulate(0.8, [1], [capacity.Service(1.0, 0)], 50_000)
    many = capacity.simulate(80.0, [100], [capacity.Service(1.0, 0)], 50_000)

    assert statistics.fmean(few) > 2
    assert statistics.fmean(many) == pytest.approx(1.0, rel=0.02)


def test_stages_follow_each_other(capacity: ModuleType) -> None:
    """With hardly any load a job takes the sum of its stages, whatever stands beside the work included."""
    stages = [capacity.Service(0.1, 0, 0.01), capacity.Service(0.2, 0, 0.01), capacity.Service(0.3, 0, 0.01)]

    assert statistics.median(capacity.simulate(0.01, [1, 1, 1], stages, 1000)) == pytest.approx(0.63)


def test_the_least_workers_are_busy_as_much_as_asked(capacity: ModuleType) -> None:
    """Given a rate / Then each stage has the fewest workers that are busy 80 % at most, and one at least."""
    stages = [capacity.Service(0.1), capacity.Service(0.001)]

    assert capacity.least(100, stages) == [13, 1]
