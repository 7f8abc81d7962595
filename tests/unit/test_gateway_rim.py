"""The door's pure parts: the request as an order, errors as problems, the description of the API, sentences."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from flask import Flask, Request
from openapi_spec_validator import validate
from pydantic import SecretStr
from werkzeug.test import EnvironBuilder

from gateway.app import create_app
from gateway.openapi import path_of
from gateway.rerun import changed_face
from gateway.server import arguments
from gateway.spec import Scope, operation
from gateway.uploads import Order, read_order
from gateway.waiting import preferred_wait
from shared.advice import sentence
from shared.contracts import Advice, AdviceCode, Attribute, Face, Job, JobOptions, JobState
from shared.errors import (
    InvalidOptionError,
    InvalidRequestError,
    UnsupportedBodyError,
    UnsupportedMediaError,
    all_errors,
)
from shared.settings import Settings

# Nothing listens there: these tests must not need a broker.
CONFIG = Settings(redis_url=SecretStr("redis://127.0.0.1:1/0"))


@pytest.fixture(scope="module")
def app() -> Flask:
    """The application with no broker behind it."""
    return create_app(CONFIG)


def read_json(text: str, content_type: str = "application/json") -> Order:
    """Read a JSON body as the door does."""
    builder = EnvironBuilder(method="POST", data=text, content_type=content_type)
    return read_order(Request(builder.get_environ()), CONFIG)


def read_form(**parts: object) -> Order:
    """Read a form as the door does."""
    builder = EnvironBuilder(method="POST", data=parts, content_type="multipart/form-data")
    return read_order(Request(builder.get_environ()), CONFIG)


def test_a_stated_face_is_kept_without_what_only_perception_may_state() -> None:
    """Given a face with attributes and landmarks / If it is sent / Then only the attributes stay."""
    text = '{"face": {"jawtype": "soft", "bald": true, "models": {"a": "1"}, "landmarks": [[0, 0, 0]]}}'

    order = read_json(text)

    assert order.face is not None
    assert (order.face.jawtype.value, order.face.bald.value) == ("soft", "yes")
    assert (order.face.models, order.face.landmarks, order.photos) == ({}, None, ())


SEEN = Job(
    id="a",
    state=JobState.SUCCEEDED,
    created=datetime.now(UTC),
    expires=datetime.now(UTC),
    options=JobOptions(),
    stages={},
    face=Face(
        faceshape={"oval": 0.6, "round": 0.4},
        faceshape_noise=0.28,
        hair=Attribute(value="brown", confidence=0.7, probabilities={"brown": 0.7, "black": 0.3}),
    ),
)


@pytest.mark.parametrize(
    ("changes", "noise", "hair"),
    [
        ('{"faceshape": {"round": 1}}', None, {"brown": 0.7, "black": 0.3}),
        ('{"faceshape": {"oval": 0.6, "round": 0.4}}', 0.28, {"brown": 0.7, "black": 0.3}),
        ('{"hair": "black"}', 0.28, {}),
        (SEEN.face.model_dump_json() if SEEN.face else "", 0.28, {"brown": 0.7, "black": 0.3}),
    ],
    ids=["another shape", "the same shape", "another hair", "all of it as it was"],
)
def test_what_a_client_says_otherwise_is_certain(
    changes: str, noise: float | None, hair: dict[str, float]
) -> None:
    """A value that the client changes loses what perception left open; what is sent back as it was keeps it."""
    face = changed_face(SEEN, read_json(f'{{"from_job": "a", "face": {changes}}}'))

    assert (face.faceshape_noise, face.hair.probabilities) == (noise, hair)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"face": 3}', '{"face": {"hair": [1]}}', "[" * 5000])
def test_a_json_body_that_is_not_as_described_is_refused(text: str) -> None:
    """Whatever stands there, it is an invalid request, never a crash."""
    with pytest.raises(InvalidRequestError):
        read_json(text)


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ('{"limit": 0}', "limit"),
        ('{"colour": 1}', "colour"),
        ('{"generate": {"count": 99}}', "generate.count"),
    ],
)
def test_a_wrong_option_is_named(options: str, name: str) -> None:
    """Given a wrong option in JSON or in a form / Then the same error names it and withholds its value."""
    with pytest.raises(InvalidOptionError) as in_json:
        read_json(f'{{"face": {{}}, "options": {options}}}')
    with pytest.raises(InvalidOptionError) as in_form:
        read_form(photo=(BytesIO(b"x"), "x.jpg"), options=options)

    assert in_json.value.extra["errors"] == in_form.value.extra["errors"]
    assert in_json.value.extra["errors"][0]["name"] == name


def test_a_body_of_another_kind_is_refused() -> None:
    """Plain text is neither a form nor JSON."""
    with pytest.raises(UnsupportedBodyError):
        read_json("hello", "text/plain")


def test_a_form_needs_a_photo_that_is_one() -> None:
    """A form without a photo, and one with a text file in its place."""
    with pytest.raises(InvalidRequestError):
        read_form(options="{}")
    with pytest.raises(UnsupportedMediaError):
        read_form(photo=(BytesIO(b"just text"), "me.jpg"))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("wait=5", 5),
        ("respond-async, wait=20", 20),
        ("wait=900", 60),
        ("wait=-1", 0),
        ("await=3", 0),
        ("", 0),
    ],
)
def test_prefer_is_understood_and_capped(header: str, seconds: int) -> None:
    """`Prefer: wait=N` as RFC 7240 writes it, at most 60."""
    assert preferred_wait(header, 60) == seconds


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/nowhere", "not_found"),
        ("PUT", "/v1/jobs", "method_not_allowed"),
        ("GET", "/v1/jobs/x", "broker_unavailable"),
    ],
)
def test_every_error_is_a_problem(app: Flask, method: str, path: str, code: str) -> None:
    """The framework's errors and the broker's have the same form, and nobody may keep them."""
    answer = app.test_client().open(path, method=method)

    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert (answer.json["code"], answer.json["status"]) == (code, answer.status_code)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert ("Retry-After" in answer.headers) == answer.json["retryable"]


def test_a_crash_shows_nothing_of_the_inside() -> None:
    """Given a route that crashes / Then the answer is `internal` without the message."""
    app = create_app(CONFIG)

    @app.get("/crash")
    @operation("A crash.", Scope.PUBLIC, {200: None})
    def crash() -> str:
        raise ValueError("a secret of the inside")

    answer = app.test_client().get("/crash")

    assert (answer.status_code, answer.content_type) == (500, "application/problem+json")
    assert "secret" not in answer.text


def test_the_description_is_valid_and_names_every_route(app: Flask) -> None:
    """OpenAPI 3.1 with each rule of the application, each method, and every error code."""
    document = app.test_client().get("/openapi.json").json
    assert document is not None
    validate(document)

    served = {
        (path_of(rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    told = {
        (path, method)
        for path, item in document["paths"].items()
        for method in item
        if method != "parameters"
    }
    assert served == told
    assert set(document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]) == set(
        all_errors()
    )


@pytest.mark.parametrize("language", JobOptions.model_fields["language"].annotation.__args__)  # type: ignore[union-attr]
@pytest.mark.parametrize("code", AdviceCode)
def test_every_advice_has_a_sentence_in_every_language(code: AdviceCode, language: str) -> None:
    """All codes in all languages, with every blank filled."""
    text = sentence(Advice(code=code, direction="left", degrees=31.6, faces=3), language)

    assert text
    assert "{" not in text
    if code is AdviceCode.TURNED:
        assert "32°" in text


def test_the_server_serves_this_application() -> None:
    """The command line carries the settings; an IPv6 address gets its brackets."""
    line = arguments(Settings(host="::1", port=81, gateway_threads=7))

    assert line[line.index("--bind") + 1] == "[::1]:81"
    assert line[line.index("--threads") + 1] == "7"
    assert line[-1] == "gateway.wsgi:app"
