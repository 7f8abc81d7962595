"""The blob store on a folder and on S3 as moto's server speaks it: the same behaviour on both."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from shared.blobs import BlobStore
from shared.errors import BlobMissingError


@pytest.fixture(scope="module")
def s3() -> Iterator[BlobStore]:
    """A store on an S3 server over HTTP, which has no bucket yet."""
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield BlobStore(
        "s3://photos/x", {"endpoint_url": f"http://{host}:{port}", "key": "test", "secret": "test"}
    )
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    """Each kind of store in turn."""
    if request.param == "s3":
        found: BlobStore = request.getfixturevalue("s3")
        found.delete("job_1")
        return found
    return BlobStore(tmp_path.as_uri())


def test_what_is_stored_comes_back(store: BlobStore) -> None:
    """Given two blobs / Then both come back, are listed, and a second put replaces the first."""
    store.put("job_1", "photo", b"one")
    store.put("job_1", "crop.png", b"two")
    store.put("job_1", "photo", b"three")

    assert store.get("job_1", "photo") == b"three"
    assert store.names("job_1") == ["crop.png", "photo"]


def test_a_deleted_job_has_nothing_left(store: BlobStore) -> None:
    """Given a job with blobs / If it is deleted, twice / Then nothing is there and nothing complains."""
    store.put("job_1", "photo", b"one")
    store.delete("job_1")
    store.delete("job_1")

    assert store.names("job_1") == []
    with pytest.raises(BlobMissingError):
        store.get("job_1", "photo")


def test_the_first_blobs_make_their_bucket(s3: BlobStore) -> None:
    """Given no bucket, and processes that store at once / Then it is made, and all is stored."""
    store = BlobStore("s3://made/x", s3._fs.storage_options)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: store.put(f"job_{number}", "photo", b"one"), range(4)))

    assert [store.get(f"job_{number}", "photo") for number in range(4)] == [b"one"] * 4


@pytest.mark.parametrize("name", ["../photo", "a/b", "", ".hidden", "A", "x" * 101])
def test_a_name_cannot_leave_its_folder(store: BlobStore, name: str) -> None:
    """Strange names are missing blobs, for job and blob alike, in reading and in writing."""
    with pytest.raises(BlobMissingError):
        store.get("job_1", name)
    with pytest.raises(BlobMissingError):
        store.put(name, "photo", b"one")


def test_orphans_are_jobs_whose_blobs_are_old(store: BlobStore) -> None:
    """A fresh job is no orphan for an hour's limit; for a limit in the future it is."""
    store.put("job_1", "photo", b"one")

    assert "job_1" not in store.orphans(3600)
    assert "job_1" in store.orphans(-3600)
