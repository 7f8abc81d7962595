"""What each route says of itself: summary, scope, parameters, body and answers, beside the function that serves it.

`openapi.py` makes the document of these, and `access.py` the decision who may come in: a route that says nothing
is in no document and lets nobody in.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar, cast

from pydantic import BaseModel

View = TypeVar("View", bound=Callable[..., Any])
Schema = dict[str, Any]


class Scope(StrEnum):
    """What a key may be for."""

    PUBLIC = "public"  # no key is asked for
    JOBS = "jobs"
    FRAMES = "frames"
    CATALOGUES = "catalogues"
    WEBHOOKS = "webhooks"


@dataclass(frozen=True, slots=True)
class Operation:
    """The description of a route.

    Attributes:
        summary: One sentence.
        scope: What a key must be for.
        answers: By status, a model, a media type or several, or nothing at all.
        query: The model of its query parameters.
        headers: Request headers it listens to, with what they mean.
        told: Answer headers, with what they mean.
        body: By media type, the model or schema of the request's body.
        name: Its `operationId`.
        creates: Whether it counts against the limit of creations.
    """

    summary: str
    scope: Scope
    answers: dict[int, type[BaseModel] | tuple[str, ...] | None]
    query: type[BaseModel] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    body: dict[str, type[BaseModel] | Schema] = field(default_factory=dict)
    name: str = ""
    creates: bool = False


def operation(
    summary: str,
    scope: Scope,
    answers: dict[int, type[BaseModel] | tuple[str, ...] | None],
    **more: Any,
) -> Callable[[View], View]:
    """Describe the function below; the arguments are those of `Operation`."""

    def describe(view: View) -> View:
        cast("Any", view).operation = Operation(summary, scope, answers, **{"name": view.__name__, **more})
        return view

    return describe


def operation_of(view: Callable[..., Any] | None) -> Operation | None:
    """What a function says of itself, if anything."""
    return getattr(view, "operation", None)
