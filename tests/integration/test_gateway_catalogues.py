"""Catalogues over HTTP: a table in, a report out, versions switched and rolled back, and frames asked why not."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from gateway.app import create_app
from shared import stage as stages
from shared.blobs import BlobStore
from shared.broker import connect
from shared.contracts import Advised, Explanation, Matches, Stage, Strategy, Wish
from shared.records import Records
from shared.records.imports import Imports
from shared.settings import Settings, settings
from workers.search import tasks
from workers.search.importing.job import carry_out

TABLE = b"sku,gender,color,price\na1,women,red,99\nb2,men,blue,120\nc3,unisex,black,5\n"


@pytest.fixture
def here(config: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """The settings of every room in this process."""
    monkeypatch.setenv("EXPERTGLASSES_DATA_DIR", str(config.data_dir))
    monkeypatch.setenv("EXPERTGLASSES_REDIS_URL", config.redis_url.get_secret_value())
    settings.cache_clear()
    yield config
    settings.cache_clear()


@pytest.fixture
def client(here: Settings) -> FlaskClient:
    """A client of the gateway."""
    return create_app(here).test_client()


def upload(client: FlaskClient, table: bytes = TABLE, options: str = '{"name": "shop"}', **more: Any) -> Any:
    """Send a table."""
    data = {"table": (BytesIO(table), "C:\\secret\\table.csv"), "options": options, **more.pop("parts", {})}
    return client.post("/v1/catalogues", data=data, content_type="multipart/form-data", **more)


def imported(
    client: FlaskClient, config: Settings, table: bytes = TABLE, options: str = '{"name": "shop"}'
) -> Any:
    """Send a table and carry the import out as the worker does."""
    accepted = upload(client, table, options)
    assert accepted.status_code == 202, accepted.text
    carry_out(accepted.json["id"], Imports(connect(config)), BlobStore.from_settings(config))
    return client.get(accepted.headers["Location"]).json


def problem(answer: Any) -> tuple[int, str]:
    """Status and code."""
    assert answer.content_type == "application/problem+json", answer.text
    return answer.status_code, answer.json["code"]


def test_a_table_becomes_a_catalogue_in_force(client: FlaskClient, here: Settings) -> None:
    """Accepted at once as a task by name; the report tells each row; its frames are served afterwards."""
    accepted = upload(client)
    assert (accepted.status_code, accepted.json["state"]) == (202, "queued")
    assert connect(here).llen("catalogue") == 1
    assert client.get(accepted.headers["Location"]).headers["Retry-After"] == "1"

    carry_out(accepted.json["id"], Imports(connect(here)), BlobStore.from_settings(here))

    done = client.get(accepted.headers["Location"]).json
    assert done is not None
    assert (done["state"], done["report"]["accepted"]) == ("succeeded", 3)
    found = client.get("/v1/catalogues/shop").json
    assert found is not None
    assert (found["version"], found["frames"]) == (done["report"]["version"], 3)
    listed = client.get(found["links"]["frames"]).json
    assert listed is not None
    assert {frame["id"] for frame in listed["frames"]} == {"a1", "b2", "c3"}
    assert client.get("/v1/catalogues/imports").json["imports"][0]["id"] == done["id"]  # type: ignore[index]
    assert "secret" not in client.get("/v1/catalogues/imports").text


def test_every_rejected_row_is_reported_and_nothing_is_put_in_force_when_only_validating(
    client: FlaskClient, here: Settings
) -> None:
    """A row with a price below nothing is named with its reason; `validate_only` leaves everything as it was."""
    done = imported(client, here, TABLE + b"d4,men,red,-3\n", '{"name": "shop", "validate_only": true}')
    assert done["report"]["rejected"] == 1
    assert "negative" in done["report"]["problems"][0]["reason"]
    assert problem(client.get("/v1/catalogues/shop")) == (404, "catalogue_not_found")
    assert client.get("/v1/catalogues").json["catalogues"] == []  # type: ignore[index]


def test_versions_are_switched_and_rolled_back(client: FlaskClient, here: Settings) -> None:
    """Second version in force, back to the first, forth by name; jobs that name the catalogue are accepted meanwhile."""
    imported(client, here)
    first = client.get("/v1/catalogues/shop").json["version"]  # type: ignore[index]
    assert problem(client.post("/v1/catalogues/shop/rollback")) == (409, "nothing_to_roll_back")
    imported(client, here, TABLE + b"d4,men,red,3\n")
    second = client.get("/v1/catalogues/shop").json["version"]  # type: ignore[index]
    assert first != second

    back = client.post("/v1/catalogues/shop/rollback").json
    assert back is not None
    assert (back["version"], set(back["versions"])) == (first, {first, second})
    body = {"face": {"jawtype": "soft"}, "options": {"catalogue": "shop"}}
    assert client.post("/v1/jobs", json=body).status_code == 202
    forth = client.post("/v1/catalogues/shop/activate", json={"version": second}).json
    assert forth is not None
    assert forth["version"] == second


def test_a_damaged_version_is_not_put_in_force(client: FlaskClient, here: Settings) -> None:
    """Its files are compared with its manifest; what was in force stays."""
    imported(client, here)
    first = client.get("/v1/catalogues/shop").json["version"]  # type: ignore[index]
    imported(client, here, TABLE + b"d4,men,red,3\n")
    second = client.get("/v1/catalogues/shop").json["version"]  # type: ignore[index]
    file = here.data_dir / "catalogues" / "shop" / first / "shape.npy"
    file.write_bytes(file.read_bytes()[:-8] + b"damaged!")
    answer = client.post("/v1/catalogues/shop/activate", json={"version": first})
    assert problem(answer) == (503, "catalogue_damaged")
    assert client.get("/v1/catalogues/shop").json["version"] == second  # type: ignore[index]


@pytest.mark.parametrize("version", ["../../../etc", "", "..", "a/b", "%2e%2e", 7, "x" * 65])
def test_a_version_that_is_a_path_is_none(client: FlaskClient, here: Settings, version: object) -> None:
    """Nothing outside the catalogue's folder can be named."""
    imported(client, here)
    answer = client.post("/v1/catalogues/shop/activate", json={"version": version})
    assert problem(answer) == (400, "invalid_request")


@pytest.mark.parametrize("name", ["nobody", "..", "%2e%2e%2fetc", "A", "a" * 100])
def test_an_unknown_catalogue_is_not_found(client: FlaskClient, name: str) -> None:
    """By every route that names one; as an option of a job it is a wrong option."""
    for answer in (
        client.get(f"/v1/catalogues/{name}"),
        client.post(f"/v1/catalogues/{name}/rollback"),
        client.post(f"/v1/catalogues/{name}/activate", json={"version": "a" * 12}),
    ):
        assert problem(answer)[0] == 404
    answer = client.post("/v1/jobs", json={"face": {}, "options": {"catalogue": "nobody"}})
    assert problem(answer) == (422, "invalid_option")
    assert problem(client.get("/v1/frames?catalogue=nobody")) == (404, "catalogue_not_found")


@pytest.mark.parametrize(
    ("options", "parts", "expected"),
    [
        ("{}", {}, (422, "invalid_option")),
        ('{"name": "../x"}', {}, (422, "invalid_option")),
        ('{"name": "shop", "force": true}', {}, (422, "invalid_option")),
        ("nonsense", {}, (422, "invalid_option")),
        ('{"name": "shop"}', {"images": (BytesIO(b"no zip"), "i.zip")}, (415, "unsupported_media")),
        ('{"name": "shop"}', {"image": (BytesIO(b"PK"), "i.zip")}, (400, "invalid_request")),
    ],
)
def test_an_upload_that_is_wrong_leaves_nothing(
    client: FlaskClient, here: Settings, options: str, parts: dict[str, Any], expected: tuple[int, str]
) -> None:
    """No name, a name that is a path, unknown options and parts, pictures that are no zip."""
    assert problem(upload(client, options=options, parts=parts)) == expected
    assert not list((here.data_dir).rglob("table"))
    assert client.get("/v1/catalogues/imports").json == {"imports": []}


def test_a_table_too_large_is_refused(here: Settings) -> None:
    """By a cap of its own, above that of photos."""
    small = here.model_copy(update={"max_catalogue_bytes": 5_000, "max_upload_bytes": 1_000})
    client = create_app(small).test_client()
    assert upload(client, TABLE + b"#" * 3_000).status_code == 202
    assert problem(upload(client, TABLE + b"#" * 6_000)) == (413, "payload_too_large")


def test_an_import_sent_again_is_one(client: FlaskClient, here: Settings) -> None:
    """With an idempotency key."""
    headers = {"Idempotency-Key": "import-1"}
    first, second = upload(client, headers=headers), upload(client, headers=headers)
    assert first.json["id"] == second.json["id"]
    assert connect(here).llen("catalogue") == 1


def test_a_frame_is_asked_why_it_is_not_shown(client: FlaskClient, here: Settings) -> None:
    """Before the search 409; then the frame's score and what it misses, in the job's language; an unknown frame 404."""
    imported(client, here)
    body = {"face": {"jawtype": "soft"}, "options": {"catalogue": "shop", "language": "ru"}}
    job = client.post("/v1/jobs", json=body).json
    assert job is not None
    asked = job["links"]["why_not"]
    path = asked.replace("{frame}", "b2")
    assert problem(client.get(path)) == (409, "not_searched_yet")

    records = Records(connect(here))
    wish = Wish(shape=(0.5,) * 30 + (-1.0,), color=(0.5,) * 15)
    advised = Advised(
        wish=wish, explanation=Explanation(language="ru", summary="", text="", rules=()), rules_version="1"
    )
    matches = Matches(
        catalogue="shop", catalogue_version="1", strategy=Strategy.BALANCED, gender="female", matches=()
    )
    for stage, output in ((Stage.EXPERT, advised), (Stage.SEARCH, matches)):
        records.begin(job["id"], stage, "worker", 3)
        records.finish(job["id"], stage, output, 0.1)

    told = client.get(path).json
    assert told is not None
    assert told["frame"] == "b2"
    assert "gender" in told["excluded"]
    assert told["text"]
    assert problem(client.get(asked.replace("{frame}", "nobody"))) == (404, "frame_not_found")


def test_strategies_are_compared_in_one_job(client: FlaskClient, here: Settings) -> None:
    """What counts first, the others beside it, each once, and each as if it had been asked for alone."""
    imported(client, here, TABLE + b"d4,women,black,3\ne5,women,gold,4\n")
    found = []
    for options in (
        {"strategy": "standart", "also": ["shape_only", "standart", "color_only", "shape_only"]},
        {"strategy": "color_only"},
    ):
        body = {"face": {"jawtype": "soft"}, "options": {**options, "catalogue": "shop", "limit": 2}}
        job = client.post("/v1/jobs", json=body).json
        assert job is not None
        records = Records(connect(here))
        wish = Wish(shape=(0.5, 0.1) * 15 + (-1.0,), color=(0.9,) * 7 + (0.1,) * 8)
        advised = Advised(
            wish=wish,
            explanation=Explanation(language="en", summary="", text="", rules=()),
            rules_version="1",
        )
        records.begin(job["id"], Stage.EXPERT, "worker", 3)
        records.finish(job["id"], Stage.EXPERT, advised, 0.1)
        for cache in (stages._records, stages._blobs):
            cache.cache_clear()
        tasks.run(job["id"])
        told = client.get(job["links"]["self"]).json
        assert told is not None
        found.append(told["matches"])

    several, alone = found
    assert [other["strategy"] for other in several["others"]] == ["shape_only", "color_only"]
    assert several["others"][1] == alone
