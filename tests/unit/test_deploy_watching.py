"""Alerts and dashboard: they can be read, they speak of metrics that exist, and each alert tells what to do."""

import json
import re
from collections.abc import Iterator
from typing import Any

import promql_parser
import pytest
import redis
import yaml
from promql_parser import MatrixSelector, VectorSelector

from gateway.metrics import House
from shared.errors import all_errors
from shared.settings import ROOT

ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"
RUNBOOKS = ROOT / "docs" / "operations" / "alerts"
BOARD = ROOT / "deploy" / "grafana" / "expertglasses.json"
SUFFIXES = ("_total", "_bucket", "_sum", "_count", "_info")


def rules() -> list[dict[str, Any]]:
    """Every alert."""
    return [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]


def board_queries() -> list[tuple[str, str]]:
    """Title and query of each panel."""
    panels = json.loads(BOARD.read_text())["panels"]
    return [(panel["title"], target["expr"]) for panel in panels for target in panel["targets"]]


def selectors(expression: str) -> Iterator[VectorSelector]:
    """Every series that an expression reads."""
    found: list[VectorSelector] = []

    def keep(node: object) -> bool:
        if isinstance(node, VectorSelector):
            found.append(node)
        elif isinstance(node, MatrixSelector):
            found.append(node.vector_selector)
        return True

    promql_parser.walk(promql_parser.parse(expression), keep)
    return iter(found)


class Silent(redis.Redis):
    """A Redis that holds nothing: the names of metrics do not depend on what happened."""

    def __init__(self) -> None:
        pass

    def time(self) -> tuple[int, int]:  # type: ignore[override]
        """The epoch."""
        return 0, 0

    def info(self, *_: Any, **__: Any) -> dict[str, int]:  # type: ignore[override]
        """No memory used."""
        return {"used_memory": 0, "maxmemory": 0}

    def zcard(self, *_: Any) -> int:  # type: ignore[override]
        """Nothing."""
        return 0

    hlen = llen = zcard

    def zrange(self, *_: Any) -> list[str]:  # type: ignore[override]
        """Nobody."""
        return []

    def hgetall(self, *_: Any) -> dict[str, str]:  # type: ignore[override]
        """Nothing."""
        return {}

    def lindex(self, *_: Any) -> None:  # type: ignore[override]
        """Nothing."""


@pytest.fixture(scope="module")
def families() -> set[str]:
    """Names of the metrics that the gateway serves."""
    return {family.name for family in House(Silent()).collect()}


def known(name: str, families: set[str]) -> bool:
    """Whether a series belongs to a family of ours, or is Prometheus' own."""
    bases = {name, *(name.removesuffix(suffix) for suffix in SUFFIXES)}
    return name == "up" or bool(bases & families)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_an_alert_reads_metrics_that_exist_and_has_a_runbook(
    rule: dict[str, Any], families: set[str]
) -> None:
    """Its expression parses, its series are ours, its page exists with that title and with steps."""
    series = [selector.name for selector in selectors(rule["expr"])]

    assert series
    assert all(known(name, families) for name in series), series
    assert rule["labels"]["severity"] in {"page", "ticket"}
    page = ROOT / rule["annotations"]["runbook"]
    assert page == RUNBOOKS / f"{rule['alert']}.md"
    text = page.read_text()
    assert text.startswith(f"# {rule['alert']}\n")
    assert "\n1. " in text


def test_no_runbook_is_left_of_an_alert_that_is_gone() -> None:
    """A page for each alert and an alert for each page."""
    assert {page.stem for page in RUNBOOKS.glob("*.md")} == {rule["alert"] for rule in rules()}


def test_codes_in_alerts_are_codes_of_errors() -> None:
    """An alert on an error code that was renamed would never fire."""
    for rule in rules():
        for pattern in re.findall(r'code=~?"([^"]+)"', rule["expr"]):
            for part in pattern.split("|"):
                assert any(re.fullmatch(part, code) for code in all_errors()), part


@pytest.mark.parametrize(("title", "query"), board_queries())
def test_a_panel_reads_metrics_that_exist(title: str, query: str, families: set[str]) -> None:
    """Its query parses and its series are ours."""
    series = [selector.name for selector in selectors(query)]

    assert series, title
    assert all(known(name, families) for name in series), series


def test_panels_do_not_overlap() -> None:
    """Each cell of the grid belongs to one panel, and none lies outside the 24 columns."""
    taken: set[tuple[int, int]] = set()
    for panel in json.loads(BOARD.read_text())["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert at["x"] + at["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells
