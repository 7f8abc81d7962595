"""`kill -9` of anything in `expertglasses up`, with real photos: every accepted job still ends, once."""

import pytest
from stack import RunningStack, portrait

JOBS = 12


@pytest.mark.parametrize(
    "victim",
    [
        pytest.param("workers.perception.tasks", id="perception"),
        pytest.param("workers.expert.tasks", id="expert", marks=pytest.mark.full),
        pytest.param("workers.search.tasks", id="search", marks=pytest.mark.full),
        pytest.param("workers.gan.tasks", id="gan", marks=pytest.mark.full),
        pytest.param("gunicorn", id="gateway", marks=pytest.mark.full),
        pytest.param("valkey-server", id="broker"),
    ],
)
def test_every_accepted_job_ends_once(stack: RunningStack, victim: str) -> None:
    """Given jobs in flight, if a process is killed, then each job ends well and its stages ended once."""
    photo = portrait()
    accepted = [
        answer.json()["id"] for _ in range(JOBS) if (answer := stack.create(photo)).status_code == 202
    ]
    assert len(accepted) == JOBS

    stack.kill(victim)

    for job_id in accepted:
        job = stack.end_of(job_id)
        assert job["state"] == "succeeded", (job["state"], job.get("error"), job["stages"])
        assert len(job["matches"]["matches"]) == 6
