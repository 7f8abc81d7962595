"""Keys, tenants, limits, and pages of other origins: each attack, and that it comes to nothing."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from pydantic import SecretStr

from gateway.access import asks_for_keys
from gateway.app import create_app
from gateway.spec import Scope, operation_of
from shared.broker import connect
from shared.records import Records
from shared.records.credentials import Credentials
from shared.records.hooks import HookEvent, Hooks, Message
from shared.settings import Settings

SCOPES = ("jobs", "frames", "catalogues", "webhooks")
FACE = {"face": {"jawtype": "soft"}}


@pytest.fixture
def guarded(config: Settings) -> Settings:
    """Settings of a service that asks for keys."""
    return config.model_copy(update={"auth": "on"})


@pytest.fixture
def app(guarded: Settings) -> Flask:
    """A gateway that asks for keys."""
    return create_app(guarded)


@pytest.fixture
def credentials(config: Settings) -> Credentials:
    """Its keys."""
    return Credentials(connect(config))


@pytest.fixture
def client_of(app: Flask, credentials: Credentials) -> Callable[..., FlaskClient]:
    """A client with a key of its own."""

    def make(tenant: str, *scopes: str) -> FlaskClient:
        _, key = credentials.create(tenant, scopes or SCOPES)
        return with_key(app, key)

    return make


def with_key(app: Flask, key: str) -> FlaskClient:
    """A client that sends a key."""
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    return client


def code(answer: Any) -> tuple[int, str]:
    """Status and code of a problem."""
    assert answer.content_type == "application/problem+json", answer.text
    return answer.status_code, answer.json["code"]


# Keys ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "shop.example", "10.0.0.1"])
def test_keys_cannot_be_done_without_where_others_can_reach_us(host: str) -> None:
    """Whatever the settings say, a service on another address than loopback asks for keys."""
    assert asks_for_keys(Settings(host=host, auth="auto"))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_on_loopback_keys_are_asked_for_only_where_somebody_wants_them(host: str) -> None:
    """The demo needs none."""
    assert not asks_for_keys(Settings(host=host))
    assert asks_for_keys(Settings(host=host, auth="on"))


def test_every_route_asks_for_a_key_but_those_that_say_they_are_public(app: Flask) -> None:
    """Each rule and method without a key: 401, with the way to authenticate; the public ones are these and no more."""
    public = set()
    for rule in app.url_map.iter_rules():
        told = operation_of(app.view_functions[rule.endpoint])
        assert told is not None, rule
        if told.scope is Scope.PUBLIC:
            public.add(rule.rule)
            continue
        path = rule.rule.translate(str.maketrans("<>", "xx")).replace("path:", "")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = app.test_client().open(path, method=method)
            assert code(answer) == (401, "key_missing"), rule
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert public == {
        *("/", "/page/<path:name>", "/openapi.json", "/livez", "/readyz", "/metrics"),
        *("/v1/strategies", "/v1/attributes", "/v1/rules"),
    }


def test_a_key_opens_and_nothing_like_it_does(app: Flask, credentials: Credentials) -> None:
    """The key itself; then with a letter changed, cut, of another id, in another scheme, empty."""
    made, key = credentials.create("shop", SCOPES)
    assert with_key(app, key).get("/v1/jobs").status_code == 200

    last = "A" if key[-1] != "A" else "B"
    for wrong in (key[:-1] + last, key[:-1], key + "A", key.replace(made.id, "0" * 12), "eg_", "x" * 5000):
        assert code(with_key(app, wrong).get("/v1/jobs")) == (401, "key_wrong")
    for header in (f"Basic {key}", key, "Bearer", "Bearer "):
        answer = app.test_client().get("/v1/jobs", headers={"Authorization": header})
        assert code(answer) == (401, "key_missing")


def test_a_key_in_the_address_opens_nothing(app: Flask, credentials: Credentials) -> None:
    """Addresses end in logs and histories: a key there is not looked at."""
    _, key = credentials.create("shop", SCOPES)
    for name in ("key", "api_key", "access_token", "token"):
        assert code(app.test_client().get(f"/v1/jobs?{name}={key}")) == (401, "key_missing")


def test_of_a_key_only_its_hash_is_kept(config: Settings, credentials: Credentials) -> None:
    """Whoever reads all of Redis finds nothing that opens."""
    _, key = credentials.create("shop", SCOPES)
    redis = connect(config)

    everything = json.dumps([redis.hgetall(name) for name in redis.scan_iter("*", _type="hash")])

    assert key.split("_", 2)[2] not in everything
    assert credentials.recognise(key) is not None


def test_a_rotated_key_overlaps_and_a_revoked_one_ends(credentials: Credentials) -> None:
    """Both open during the grace, the old one no longer without; after the end neither."""
    made, first = credentials.create("shop", SCOPES)
    second = credentials.rotate(made.id, 3600)
    assert credentials.recognise(first)
    assert credentials.recognise(second)

    third = credentials.rotate(made.id, 0)
    assert credentials.recognise(second) is None
    assert credentials.recognise(third)

    credentials.revoke(made.id)
    assert credentials.recognise(third) is None


def test_the_operators_first_key_opens_everything(config: Settings) -> None:
    """A stack that starts without a person has one key from its secrets; anything else is wrong."""
    secret = "s" * 40
    app = create_app(config.model_copy(update={"auth": "on", "bootstrap_key": SecretStr(secret)}))
    assert with_key(app, secret).get("/v1/webhooks").status_code == 200
    assert code(with_key(app, secret + "s").get("/v1/webhooks")) == (401, "key_wrong")


@pytest.mark.parametrize("scope", SCOPES)
def test_a_key_is_for_what_it_is_for(scope: str, client_of: Callable[..., FlaskClient]) -> None:
    """With one scope, the other routes are 403 before anything of the request is read."""
    client = client_of("shop", scope)
    asked = {
        "jobs": client.get("/v1/jobs"),
        "frames": client.get("/v1/catalogues"),
        "catalogues": client.get("/v1/catalogues/imports"),
        "webhooks": client.get("/v1/webhooks"),
    }
    for name, answer in asked.items():
        assert answer.status_code == (200 if name == scope else 403), name
        if name != scope:
            assert code(answer) == (403, "scope_missing")


def test_a_body_is_not_read_before_the_key(app: Flask) -> None:
    """Given a body that breaks off / Then the missing key is told, nobody waits for the rest."""

    class Trap(BytesIO):
        def read(self, *_: Any) -> bytes:
            raise AssertionError("the body was read")

    answer = app.test_client().post(
        "/v1/jobs",
        input_stream=Trap(b"x"),
        content_type="multipart/form-data; boundary=b",
        content_length=1000,
    )
    assert code(answer) == (401, "key_missing")


# Tenants ------------------------------------------------------------------------------------------------


def test_two_tenants_see_nothing_of_each_other(
    config: Settings, client_of: Callable[..., FlaskClient]
) -> None:
    """Everything of the one is 404 for the other, as if it had never been; what a stranger may ask is shown to work first."""
    mine, other = client_of("mine"), client_of("other")
    photo = BytesIO()
    Image.new("RGB", (80, 80), "tan").save(photo, "JPEG")
    job = mine.post("/v1/jobs", data={"photo": (BytesIO(photo.getvalue()), "x")}).json
    assert job is not None
    records, hooks = Records(connect(config)), Hooks(connect(config))
    hook = hooks.create("mine", "https://example.org/", [HookEvent.SUCCEEDED])
    message = Message(
        id="msg_1", webhook=hook.id, tenant="mine", event=HookEvent.TEST, job=None, at=hook.created
    )
    hooks.post(message)
    here, there = job["links"]["self"], f"/v1/webhooks/{hook.id}"
    reads = [here, f"{here}/events", f"{here}/photo", there, f"{there}/deliveries"]
    records.cancel(job["id"])
    for path in reads:
        assert mine.get(path).status_code == 200, path
        answer = other.get(path)
        assert code(answer)[0] == 404, path
    for path in (f"{here}/images/view.jpg", f"{here}/try-on/x", f"{here}/why-not/x"):
        assert code(other.get(path)) == (404, "job_not_found"), path
    for path in (f"{here}/cancel", f"{there}/test", f"{there}/rotate", f"{there}/enable"):
        assert code(other.post(path))[0] == 404, path
    assert code(other.post(f"{there}/deliveries/msg_1/replay"))[0] == 404
    for path in (here, there):
        assert code(other.delete(path))[0] == 404, path
    assert code(other.post("/v1/jobs", json={"from_job": job["id"]})) == (404, "job_not_found")
    assert code(other.post("/v1/jobs", json={**FACE, "options": {"webhook": hook.id}})) == (
        422,
        "invalid_option",
    )
    assert other.get("/v1/jobs").json == {"jobs": [], "next": None}
    assert other.get("/v1/webhooks").json == {"webhooks": []}
    assert mine.get(here).status_code == 200
    assert mine.get(there).status_code == 200

    assert mine.delete(here).status_code == 204
    assert code(mine.get(here)) == (410, "job_gone")
    assert code(other.get(here)) == (404, "job_not_found")


def test_the_same_idempotency_key_of_two_tenants_is_two_keys(client_of: Callable[..., FlaskClient]) -> None:
    """Else one could find the other's job by guessing."""
    headers = {"Idempotency-Key": "order-1"}
    first = client_of("mine").post("/v1/jobs", json=FACE, headers=headers).json
    second = client_of("other").post("/v1/jobs", json=FACE, headers=headers).json
    assert first is not None
    assert second is not None
    assert first["id"] != second["id"]


# Limits -------------------------------------------------------------------------------------------------


def test_a_key_that_asks_too_often_is_asked_to_wait(guarded: Settings, credentials: Credentials) -> None:
    """Three requests a minute, two of them creations: headers count down, then 429; another key is not held up."""
    few = guarded.model_copy(update={"request_limit": "4/minute", "create_limit": "2/minute"})
    app = create_app(few)
    client = with_key(app, credentials.create("shop", SCOPES)[1])

    first = client.post("/v1/jobs", json=FACE)
    assert first.headers["RateLimit-Policy"] == '"requests";q=4;w=60, "jobs";q=2;w=60'
    assert first.headers["RateLimit"].startswith('"requests";r=3;t=')
    assert '"jobs";r=1;t=' in first.headers["RateLimit"]
    assert client.post("/v1/jobs", json=FACE).status_code == 202

    third = client.post("/v1/jobs", json=FACE)
    assert code(third) == (429, "rate_limited")
    assert int(third.headers["Retry-After"]) >= 1
    assert '"jobs";r=0' in third.headers["RateLimit"]
    assert client.get("/v1/jobs").status_code == 200
    assert code(client.get("/v1/jobs")) == (429, "rate_limited")

    other = with_key(app, credentials.create("shop", SCOPES)[1])
    assert other.get("/v1/jobs").status_code == 200


def test_without_limits_nothing_is_counted(guarded: Settings, credentials: Credentials) -> None:
    """`0` is no limit, and no header speaks of one."""
    app = create_app(guarded.model_copy(update={"request_limit": "0", "create_limit": "0"}))
    answer = with_key(app, credentials.create("shop", SCOPES)[1]).get("/v1/jobs")
    assert "RateLimit" not in answer.headers


# Without keys: this machine alone -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["attacker.example", "attacker.example:8080", "192.168.1.7", "localhost.evil.com"]
)
def test_a_name_that_an_attacker_points_here_is_refused(config: Settings, host: str) -> None:
    """Given no keys / If a browser comes under another name (DNS rebinding) / Then 421; under our own name it works."""
    client = create_app(config).test_client()
    assert client.get("/v1/jobs", headers={"Host": "localhost:8080"}).status_code == 200
    assert code(client.get("/v1/jobs", headers={"Host": host})) == (421, "host_refused")


def test_another_machine_is_refused_without_keys(config: Settings) -> None:
    """Given no keys / If a peer is not this machine (a port forwarded by mistake) / Then it is refused."""
    client = create_app(config).test_client()
    peer = {"REMOTE_ADDR": "192.168.1.50"}
    assert code(client.get("/v1/jobs", environ_overrides=peer)) == (421, "host_refused")


def test_a_page_elsewhere_cannot_post_to_this_machine(config: Settings, records: Records) -> None:
    """Given no keys / If a page of another origin posts a form, as any page can / Then 403 and no job."""
    client = create_app(config).test_client()
    for origin in ("https://evil.example", "null", "http://localhost:9999"):
        assert code(client.post("/v1/jobs", json=FACE, headers={"Origin": origin})) == (403, "origin_refused")
    assert records.count_active() == 0
    assert client.post("/v1/jobs", json=FACE, headers={"Origin": "http://localhost"}).status_code == 202


@pytest.fixture
def records(config: Settings) -> Records:
    """The records as a worker sees them."""
    return Records(connect(config))


# Pages of other origins ---------------------------------------------------------------------------------


def test_only_origins_of_the_list_may_read(guarded: Settings, credentials: Credentials) -> None:
    """A shop's own page gets the headers, preflight and all; any other page gets none; without a list nobody does."""
    shop = "https://shop.example"
    key = credentials.create("shop", SCOPES)[1]
    listed = with_key(create_app(guarded.model_copy(update={"cors_origins": (shop,)})), key)

    answer = listed.get("/v1/jobs", headers={"Origin": shop})
    assert answer.headers["Access-Control-Allow-Origin"] == shop
    assert "Location" in answer.headers["Access-Control-Expose-Headers"]
    assert "Origin" in answer.headers["Vary"]
    ask = {"Origin": shop, "Access-Control-Request-Method": "DELETE"}
    preflight = listed.options("/v1/jobs/x", headers=ask)
    assert preflight.status_code == 200
    assert "DELETE" in preflight.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]

    for origin in (
        "https://evil.example",
        "https://shop.example.evil.example",
        "http://shop.example",
        "null",
    ):
        assert "Access-Control-Allow-Origin" not in listed.get("/v1/jobs", headers={"Origin": origin}).headers
    unlisted = with_key(create_app(guarded), key)
    assert "Access-Control-Allow-Origin" not in unlisted.get("/v1/jobs", headers={"Origin": shop}).headers


def test_errors_can_be_read_by_the_shops_page_too(guarded: Settings) -> None:
    """Else its script could not tell a missing key from a lost network."""
    app = create_app(guarded.model_copy(update={"cors_origins": ("https://shop.example",)}))
    answer = app.test_client().get("/v1/jobs", headers={"Origin": "https://shop.example"})
    assert answer.status_code == 401
    assert answer.headers["Access-Control-Allow-Origin"] == "https://shop.example"


def test_no_answer_may_be_kept_or_guessed_at(client_of: Callable[..., FlaskClient], app: Flask) -> None:
    """Jobs, images and errors: `no-store` and `nosniff`."""
    client = client_of("shop")
    job = client.post("/v1/jobs", json=FACE).json
    assert job is not None
    for answer in (
        client.get(job["links"]["self"]),
        client.get("/v1/jobs/x"),
        app.test_client().get("/v1/jobs"),
    ):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
