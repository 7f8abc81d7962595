"""Who asks: the one place that decides who may come in."""

from dataclasses import dataclass

from flask import g

from gateway.spec import Scope
from shared.records import LOCAL


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks.

    Attributes:
        tenant: Whose jobs, images, events and webhooks are found.
        scopes: What it may do.
        key: The id of its key, empty without one.
    """

    tenant: str
    scopes: frozenset[Scope]
    key: str = ""


ANYBODY = Caller(LOCAL, frozenset(Scope))


def caller() -> Caller:
    """Who sent this request."""
    found: Caller = g.get("caller", ANYBODY)
    return found
