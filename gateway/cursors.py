"""Where a page of a list begins: the key of the last entry of the page before, opaque to the client."""

import base64

from shared.errors import InvalidRequestError


def encode(key: str) -> str:
    """The key of an entry, for an address."""
    return base64.urlsafe_b64encode(key.encode()).decode()


def decode(cursor: str | None) -> str:
    """The key again; empty when there is no cursor.

    Raises:
        InvalidRequestError: It was never one.
    """
    try:
        return base64.b64decode((cursor or "").encode(), altchars=b"-_", validate=True).decode()
    except ValueError:
        raise InvalidRequestError("The cursor is none of this service.") from None
