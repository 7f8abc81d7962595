"""Errors have one shape, whatever the route and whatever is wrong."""

from typing import Any

import pytest
from flask import Flask
from pydantic import SecretStr

from gateway.app import create_app
from shared.errors import all_errors
from shared.settings import Settings

# Nothing listens there: whatever needs the broker fails.
CONFIG = Settings(redis_url=SecretStr("redis://127.0.0.1:1/0"), metrics_token=SecretStr("t"))
APP = create_app(CONFIG)
ROUTES = sorted(
    (rule.rule, method)
    for rule in APP.url_map.iter_rules()
    for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
)


@pytest.fixture(scope="module")
def app() -> Flask:
    """A gateway without a broker."""
    return APP


def path_of(rule: str) -> str:
    """An address that the rule serves, of things that nobody has."""
    return rule.replace("path:", "").replace("<", "no_").replace(">", "")


def check(answer: Any) -> None:
    """RFC 9457 with our members, kept by nobody, without a word of the inside."""
    assert answer.content_type == "application/problem+json", answer.text
    problem = answer.json
    assert {"type", "title", "status", "code", "retryable"} <= set(problem)
    assert problem["status"] == answer.status_code
    known = all_errors()[problem["code"]]
    assert problem["title"] == known.title()
    assert problem["type"] == f"urn:expertglasses:error:{problem['code']}"
    assert ("Retry-After" in answer.headers) == problem["retryable"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for inner in ("Traceback", 'File "', ".py", "redis.", "Error("):
        assert inner not in answer.text


@pytest.mark.parametrize(("rule", "method"), ROUTES)
def test_without_a_broker_each_route_fails_in_the_same_shape(app: Flask, rule: str, method: str) -> None:
    """Whatever a route answers then is no error, or one of this shape."""
    answer = app.test_client().open(path_of(rule), method=method)
    if answer.status_code >= 400:
        check(answer)
    else:
        assert answer.status_code in {200, 304}


@pytest.mark.parametrize(("rule", "method"), ROUTES)
def test_another_method_is_told_in_the_same_shape(app: Flask, rule: str, method: str) -> None:
    """With the methods that are allowed."""
    answer = app.test_client().open(path_of(rule), method="PATCH")
    check(answer)
    assert answer.status_code == 405
    assert method in answer.headers["Allow"]


@pytest.mark.parametrize(("rule", "method"), [route for route in ROUTES if route[1] == "POST"])
def test_a_body_of_a_strange_kind_is_told_in_the_same_shape(app: Flask, rule: str, method: str) -> None:
    """XML, broken JSON, broken forms, and far too much of it."""
    for body, kind in (
        (b"<a/>", "application/xml"),
        (b"{", "application/json"),
        (b"garbage", "multipart/form-data; boundary=x"),
        (bytes(20_000_000), "application/json"),
    ):
        answer = app.test_client().open(path_of(rule), method=method, data=body, content_type=kind)
        check(answer)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1",
        "/v1/",
        "/v1/jobs/",
        "/v1/jobs/a/b/c",
        "/V1/JOBS",
        "/v1/jobs/\x00",
        "//v1/jobs",
        "/v1/frames/",
    ],
)
def test_an_address_that_is_none_is_told_in_the_same_shape(app: Flask, path: str) -> None:
    """Not found, or where it is to be found; never a page of the framework."""
    answer = app.test_client().get(path)
    if answer.status_code >= 400:
        check(answer)
    else:
        assert answer.status_code in {200, 308}
