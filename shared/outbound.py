"""Requests to addresses that others name.

A name is resolved once, every address it has must be a public one, and the connection goes to the address that
was checked: a name that leads elsewhere a moment later changes nothing. https only, no redirects, no proxies,
a cap on bytes and on the time of the whole exchange.
"""

import contextlib
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import certifi

from shared.errors import AddressRefusedError, AddressSilentError
from shared.settings import Settings

Resolver = Callable[[str, int], Iterable[str]]
_PLAIN = re.compile(r"^[!-~]+$")  # printable ASCII without blanks: what a URL is made of
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address answered: its status, and its body as far as it was wanted."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes.

    Attributes:
        host: Name in the URL: the certificate must be for it.
        port: Of the URL.
        path: Path and query.
        address: The one checked address that is called.
    """

    host: str
    port: int
    path: str
    address: str


def resolve(host: str, port: int) -> Iterable[str]:
    """Every address of a name, as the system tells them."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Whether an address belongs to the public internet, as does every address it carries inside."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return all(part.is_global and not part.is_multicast for part in (ip, *_carried(ip)))


def _carried(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> Iterator[ipaddress.IPv4Address]:
    """IPv4 addresses that an IPv6 address stands for."""
    if isinstance(ip, ipaddress.IPv4Address):
        return
    yield from (found for found in (ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())) if found is not None)
    if ip in _NAT64:
        yield ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)


@lru_cache(maxsize=4)
def _trust(ca_file: str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=ca_file)


class Outbound:
    """The one way out.

    Args:
        private_hosts: Names whose addresses may be private.
        ca_file: Trusted certificates; those of `certifi` when not given.
        resolver: Tells the addresses of a name.
    """

    def __init__(
        self,
        private_hosts: Iterable[str] = (),
        ca_file: Path | None = None,
        resolver: Resolver = resolve,
    ) -> None:
        self._private = frozenset(host.casefold() for host in private_hosts)
        self._ca_file = str(ca_file or certifi.where())
        self._resolve = resolver

    @classmethod
    def from_settings(cls, config: Settings) -> "Outbound":
        """As the settings allow."""
        return cls(config.outbound_private_hosts, config.outbound_ca_file)

    def check(self, url: str) -> Target:
        """Where a URL leads, once it is sure that we may go there.

        Raises:
            AddressRefusedError: It is no https URL, carries a password, or a name has an address that is not public.
            AddressSilentError: The name cannot be resolved.
        """
        host, port, path = _parts(url)
        try:
            addresses = list(self._resolve(host, port))
        except (OSError, UnicodeError):
            raise AddressSilentError("The name cannot be resolved.") from None
        if not addresses:
            raise AddressSilentError("The name has no address.")
        if host not in self._private and not all(map(is_public, addresses)):
            raise AddressRefusedError("The name leads to an address that is not public.")
        return Target(host, port, path, addresses[0])

    def get(self, url: str, *, max_bytes: int, seconds: float) -> Answer:
        """Fetch a URL.

        Raises:
            AddressRefusedError: See `check`; or the body is larger than `max_bytes`.
            AddressSilentError: No connection, a wrong certificate, or no whole answer within `seconds`.
        """
        answer = self._ask("GET", url, seconds, max_bytes=max_bytes)
        if len(answer.body) > max_bytes:
            raise AddressRefusedError(f"There are more than {max_bytes:,} bytes.")
        return answer

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, seconds: float) -> Answer:
        """Send a body; of the answer's own body nothing is read.

        Raises:
            AddressRefusedError: See `check`.
            AddressSilentError: As for `get`.
        """
        return self._ask("POST", url, seconds, body=body, headers=headers)

    def _ask(
        self,
        method: str,
        url: str,
        seconds: float,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = -1,
    ) -> Answer:
        target = self.check(url)
        told = {"Host": _host_header(target), "User-Agent": "ExpertGlasses", **(headers or {})}
        try:
            with _connected(target, _trust(self._ca_file), seconds) as (connection, late):
                connection.request(method, target.path, body, told)
                response = connection.getresponse()
                found = Answer(response.status, _read(response, max_bytes))
            if late.is_set():
                raise AddressSilentError("The answer took too long.")
        except (OSError, HTTPException, ValueError) as error:
            raise AddressSilentError(f"No usable answer: {type(error).__name__}.") from None
        return found


@contextlib.contextmanager
def _connected(
    target: Target, trust: ssl.SSLContext, seconds: float
) -> Iterator[tuple[HTTPConnection, threading.Event]]:
    """A connection to the checked address; it is cut, and the event set, when the time is over.

    A drop at a time would outlast any timeout of a single read: the whole exchange has one end.
    """
    late = threading.Event()
    with socket.create_connection((target.address, target.port), timeout=seconds) as raw:
        twin = raw.dup()  # the encrypted socket takes the other over

        def cut() -> None:
            late.set()
            with contextlib.suppress(OSError):
                twin.shutdown(socket.SHUT_RDWR)

        end = threading.Timer(seconds, cut)
        end.daemon = True
        end.start()
        try:
            with trust.wrap_socket(raw, server_hostname=target.host) as encrypted:
                connection = HTTPConnection(target.host, target.port)
                connection.sock = encrypted
                yield connection, late
        finally:
            end.cancel()
            twin.close()


def _parts(url: str) -> tuple[str, int, str]:
    """Host, port and path of an https URL."""
    try:
        found: SplitResult = urlsplit(url)
        port = found.port
    except ValueError:
        raise AddressRefusedError("This is no URL.") from None
    if not _PLAIN.match(url) or "\\" in url or found.scheme != "https" or not found.hostname:
        raise AddressRefusedError("Only https URLs are called.")
    if found.username is not None or found.password is not None:
        raise AddressRefusedError("A URL with a user or password is not called.")
    path = found.path or "/"
    return found.hostname, 443 if port is None else port, f"{path}?{found.query}" if found.query else path


def _host_header(target: Target) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host
    return host if target.port == 443 else f"{host}:{target.port}"  # noqa: PLR2004  the port of https


def _read(response: HTTPResponse, max_bytes: int) -> bytes:
    """The body up to one byte more than wanted; cut off early it is an error, not a shorter body."""
    parts: list[bytes] = []
    wanted = max_bytes + 1
    while wanted > 0 and (part := response.read(min(wanted, _CHUNK))):
        parts.append(part)
        wanted -= len(part)
    if wanted > 0 and response.length and max_bytes >= 0:
        raise HTTPException
    return b"".join(parts)
