"""Who asks: the one place that decides who may come in, from where, and how often.

Keys are asked for unless the service listens on a loopback address alone. There, anything that looks as if it
came from elsewhere is turned away: another host name (a name that an attacker points here), a page of another
origin, a peer that is not this machine.
"""

import hmac
import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, Response, g, request

from gateway.limits import Limiter
from gateway.spec import Operation, Scope, operation_of
from shared.errors import (
    HostRefusedError,
    KeyMissingError,
    KeyWrongError,
    NotFoundError,
    OriginRefusedError,
    ScopeMissingError,
)
from shared.records import LOCAL
from shared.records.credentials import Credentials
from shared.settings import Settings

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks.

    Attributes:
        tenant: Whose jobs, images, events and webhooks are found.
        scopes: What it may do.
        key: The id of its key, empty without one.
    """

    tenant: str
    scopes: frozenset[str]
    key: str = ""


ANYBODY = Caller(LOCAL, frozenset(Scope))


def caller() -> Caller:
    """Who sent this request."""
    found: Caller = g.get("caller", ANYBODY)
    return found


def is_loopback(host: str) -> bool:
    """Whether an address or name is this machine's own and nobody else's."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def asks_for_keys(config: Settings) -> bool:
    """Whether keys are asked for: always, but on loopback where nobody wanted them."""
    return config.auth == "on" or not is_loopback(config.host)


class Access:
    """Decides on each request of an application.

    Args:
        config: Its settings.
        credentials: The keys.
        limiter: Counts requests of each key.
    """

    def __init__(self, config: Settings, credentials: Credentials, limiter: Limiter) -> None:
        self._config = config
        self._credentials = credentials
        self._limiter = limiter
        self._asks = asks_for_keys(config)

    def install(self, app: Flask) -> None:
        """Decide before anything else of a request is looked at, its body included."""

        def admit() -> None:
            if request.url_rule is not None and request.method != "OPTIONS":
                self._admit(operation_of(app.view_functions[request.url_rule.endpoint]))

        def tell(answer: Response) -> Response:
            answer.headers.update(g.get("limits", {}))
            return answer

        app.before_request(admit)
        app.after_request(tell)

    def _admit(self, asked: Operation | None) -> None:
        if asked is None:
            raise NotFoundError
        if not self._asks:
            self._stay_home()
        elif asked.scope is not Scope.PUBLIC:
            g.caller = self._known()
            if asked.scope not in g.caller.scopes:
                raise ScopeMissingError(f"The scope {asked.scope} is needed.")
            counted = self._limiter.count(g.caller.key, creates=asked.creates)
            g.limits = counted.headers
            if counted.refusal:
                raise counted.refusal

    def _known(self) -> Caller:
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        if not given or kind.casefold() != "bearer":
            raise KeyMissingError("Send `Authorization: Bearer` and the key.")
        first = self._config.bootstrap_key.get_secret_value()
        if first and hmac.compare_digest(given.encode(), first.encode()):
            return Caller(LOCAL, frozenset(Scope), "bootstrap")
        found = self._credentials.recognise(given)
        if found is None:
            raise KeyWrongError
        return Caller(found.tenant, frozenset(found.scopes), found.id)

    def _stay_home(self) -> None:
        name = urlsplit(f"//{request.host}").hostname or ""
        if not is_loopback(name) or not is_loopback(request.remote_addr or "localhost"):
            raise HostRefusedError("Without keys, this service answers on this machine alone.")
        origin = request.headers.get("Origin")
        if request.method in _SAFE or origin is None or origin in self._config.cors_origins:
            return
        if origin != f"{request.scheme}://{request.host}":
            raise OriginRefusedError
