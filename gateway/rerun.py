"""A job from another job: its face with the client's changes, its options with the client's changes."""

from typing import Any

from pydantic import ValidationError

from gateway.uploads import Order, wrong_options
from shared.contracts import UNKNOWN, Attribute, Evidence, Face, Job, JobOptions
from shared.errors import NoFaceYetError


def changed_face(parent: Job, order: Order) -> Face:
    """What perception saw, with what the client says otherwise marked as the client's.

    Raises:
        NoFaceYetError: Perception has not described a face.
    """
    if parent.face is None:
        raise NoFaceYetError("Perception has not described the face of that job.")
    if order.face is None:
        return parent.face
    changes: dict[str, Any] = {}
    for name in order.face.model_fields_set:
        new, old = getattr(order.face, name), getattr(parent.face, name)
        if isinstance(new, Attribute):
            if new.value != old.value:
                changes[name] = _by_client(new)
        else:
            changes[name] = new
    if "faceshape" in changes and order.face.faceshape != parent.face.faceshape:
        changes["faceshape_noise"] = order.face.faceshape_noise  # none: the client is sure of its own
    return parent.face.model_copy(update=changes)


def _by_client(stated: Attribute) -> Attribute:
    if stated.value == UNKNOWN:
        return Attribute()
    return Attribute(value=stated.value, confidence=1.0, evidence=Evidence.CLIENT)


def changed_options(parent: Job, order: Order) -> JobOptions:
    """The other job's options, with those that were sent.

    Raises:
        InvalidOptionError: They do not go together.
    """
    try:
        return JobOptions.model_validate({**parent.options.model_dump(), **order.given})
    except ValidationError as error:
        raise wrong_options(error) from None
