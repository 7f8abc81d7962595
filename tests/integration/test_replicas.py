"""Two replicas of the gateway on one Redis: no client has to come back to the one it spoke to first."""

import re
from io import BytesIO

import pytest
from bare_stages import OUTPUTS
from flask.testing import FlaskClient
from PIL import Image

from gateway.app import create_app
from shared.broker import connect
from shared.contracts import STAGES
from shared.records import Records
from shared.settings import Settings


@pytest.fixture
def first(config: Settings) -> FlaskClient:
    """A client of the first replica."""
    return create_app(config).test_client()


@pytest.fixture
def second(config: Settings) -> FlaskClient:
    """A client of the second, with the same settings and the same store."""
    return create_app(config).test_client()


def job_of(client: FlaskClient, config: Settings) -> str:
    """A job made at one replica, which has gone through all stages since."""
    out = BytesIO()
    Image.new("RGB", (80, 80), "tan").save(out, "JPEG")
    out.seek(0)
    answer = client.post("/v1/jobs", data={"photo": (out, "me.jpg")})
    assert answer.json is not None
    job_id: str = answer.json["id"]
    records = Records(connect(config))
    for stage in STAGES:
        records.begin(job_id, stage, "worker", 3)
        records.finish(job_id, stage, OUTPUTS[stage], 0.1)
    return job_id


def test_a_stream_that_broke_goes_on_at_another_replica(
    first: FlaskClient, second: FlaskClient, config: Settings
) -> None:
    """Given half a stream from one replica / If the other is asked for the rest / Then nothing is missing or twice."""
    address = f"/v1/jobs/{job_of(first, config)}/events"
    whole = re.findall(r"^id: (\S+)$", first.get(address).get_data(as_text=True), re.MULTILINE)
    broke_at = whole[len(whole) // 2]

    rest = second.get(address, headers={"Last-Event-ID": broke_at}).get_data(as_text=True)

    assert re.findall(r"^id: (\S+)$", rest, re.MULTILINE) == whole[whole.index(broke_at) + 1 :]


def test_a_job_made_at_one_replica_is_read_and_deleted_at_the_other(
    first: FlaskClient, second: FlaskClient, config: Settings
) -> None:
    """Given a job of one replica / Then the other answers the same of it, and what it deletes is gone at both."""
    address = f"/v1/jobs/{job_of(first, config)}"

    assert second.get(address).get_data() == first.get(address).get_data()
    assert second.get(f"{address}").headers["ETag"] == first.get(address).headers["ETag"]
    assert second.delete(address).status_code == 204
    assert first.get(address).status_code == 410
