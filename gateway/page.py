"""The shopper's page: a folder of static files, read once, served with a strict content security policy."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, request

from gateway import openapi
from gateway.answers import Home
from gateway.spec import Scope, operation
from shared.errors import NotFoundError

routes = Blueprint("page", __name__)
_FOLDER = Path(__file__).parent / "page"
_MEDIA_TYPES = ("text/html", "text/css", "text/javascript", "application/json", "image/svg+xml", "image/png")
# Only our own files run or are loaded, nothing frames the page, and no text can become markup or script.
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _CSP,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    # Kept by the browser, asked about every time: after an update nobody runs a mixture of old and new files.
    "Cache-Control": "no-cache",
    "Vary": "Accept, Accept-Encoding",
}


@dataclass(frozen=True, slots=True)
class _File:
    """One file of the page, as it is and compressed."""

    plain: bytes
    packed: bytes
    etag: str
    media_type: str


@lru_cache(maxsize=1)
def _files() -> dict[str, _File]:
    """Every file of the page by its path below the folder; what is not in here cannot be asked for."""
    found = {}
    for path in sorted(_FOLDER.rglob("*.*")):
        plain = path.read_bytes()
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        packed = gzip.compress(plain, mtime=0)
        name = path.relative_to(_FOLDER).as_posix()
        found[name] = _File(plain, packed, hashlib.sha256(plain).hexdigest()[:32], media_type)
    return found


@routes.get("/")
@operation("The page for a browser, links for a program.", Scope.PUBLIC, {200: Home})
def home() -> Response:
    """The page for a browser, links for a program: who asks for HTML by name gets it."""
    wanted = request.accept_mimetypes
    if wanted["text/html"] > wanted["application/json"]:
        return _answer("index.html")
    answer = openapi.home()
    answer.headers["Vary"] = "Accept"
    return answer


@routes.get("/page/<path:name>")
@operation("A file of the page.", Scope.PUBLIC, {200: _MEDIA_TYPES, 304: None}, name="readPageFile")
def file(name: str) -> Response:
    """A file of the page."""
    return _answer(name)


def _answer(name: str) -> Response:
    try:
        found = _files()[name]
    except KeyError:
        raise NotFoundError from None
    packed = request.accept_encodings["gzip"] > 0
    answer = Response(found.packed if packed else found.plain, mimetype=found.media_type, headers=_HEADERS)
    if packed:
        answer.headers["Content-Encoding"] = "gzip"
    # The two forms of a file are two entities.
    answer.set_etag(found.etag + ("-gzip" if packed else ""))
    answer.make_conditional(request)
    return answer
