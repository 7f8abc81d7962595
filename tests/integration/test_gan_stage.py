"""The generator bound to its queue: whatever happens to it, the job ends well, and tells what became of the design."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bare_stages import OUTPUTS

from shared import models
from shared import stage as stages
from shared.blobs import BlobStore
from shared.broker import connect, make_app
from shared.contracts import (
    Advised,
    Design,
    DesignStatus,
    Explanation,
    Generate,
    Job,
    JobOptions,
    JobState,
    Stage,
    Wish,
)
from shared.records import Records
from shared.settings import ROOT, Settings, settings
from shared.stage import stage
from training.gan.samples import WISHES, wish_condition
from workers.gan import tasks
from workers.gan.design import designer

JOB = "job_1"
Chain = Callable[..., tuple[Job, Design]]


def _wish() -> Wish:
    numbers = wish_condition(WISHES[0]).tolist()
    return Wish(shape=numbers[:31], color=numbers[31:])


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder of models of this test's own."""
    folder = tmp_path / "models"
    folder.mkdir()
    names = ("generator.tflite", "enlarger.tflite", "tagger.tflite")
    for name in ("manifest.json", "packaged.lock.json", *(f"frame-{one}" for one in names)):
        shutil.copy(ROOT / "models" / name, folder)
    return folder


@pytest.fixture
def records(config: Settings, installed: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Records]:
    """Records on the empty Valkey that this process works for."""
    monkeypatch.setenv("EXPERTGLASSES_REDIS_URL", config.redis_url.get_secret_value())
    monkeypatch.setenv("EXPERTGLASSES_DATA_DIR", str(config.data_dir))
    monkeypatch.setenv("EXPERTGLASSES_MODELS_DIR", str(installed))
    caches = (settings, stages._records, stages._blobs, designer, models._read_lists)
    for cache in caches:
        cache.cache_clear()
    yield Records(connect(config))
    for cache in caches:
        cache.cache_clear()


@pytest.fixture
def chain(records: Records) -> Chain:
    """Take one job through three bare stages and the real generator; the job and its design."""

    def run(wish: Wish, generate: Generate) -> tuple[Job, Design]:
        records.create(JOB, JobOptions(generate=generate))
        advised = Advised(
            wish=wish,
            explanation=Explanation(language="en", summary="", text="", rules=()),
            rules_version="bare",
        )
        for which in (Stage.PERCEPTION, Stage.EXPERT, Stage.SEARCH):
            output = advised if which is Stage.EXPERT else OUTPUTS[which]
            stage(make_app(), which, prepare=dict)(lambda _, output=output: output)(JOB)
        tasks.run(JOB)
        job = records.read(JOB)
        assert job.design is not None
        return job, job.design

    return run


def test_a_job_ends_with_its_design(chain: Chain, config: Settings) -> None:
    """Two drawings asked for / Then two PNG files are in the blob store, and the record tells seed and readings."""
    job, made = chain(_wish(), Generate(count=2, seed=5))
    blobs = BlobStore.from_settings(config)

    assert (job.state, made.status, made.seed) == (JobState.SUCCEEDED, DesignStatus.DRAWN, 5)
    assert len(made.readings) == len(made.width_mm) == 2
    for name in made.images:
        assert blobs.get(JOB, name).startswith(b"\x89PNG")


def test_none_asked_for_is_no_failure(chain: Chain) -> None:
    """A count of 0 / Then the job succeeds without a design."""
    job, made = chain(_wish(), Generate(count=0))

    assert (job.state, made.status) == (JobState.SUCCEEDED, DesignStatus.NOT_ASKED)


def test_a_wish_for_nothing_does_not_fail_the_job(chain: Chain) -> None:
    """All colours zero / Then the job succeeds, and its design says that it asks for nothing."""
    job, made = chain(Wish(shape=_wish().shape, color=(0.0,) * 15), Generate())

    assert (job.state, made.status) == (JobState.SUCCEEDED, DesignStatus.FAILED)
    assert made.reason == "color is all zero: it asks for nothing."


def _lose(folder: Path) -> None:
    (folder / "frame-generator.tflite").unlink()


def _truncate(folder: Path) -> None:
    file = folder / "frame-enlarger.tflite"
    file.write_bytes(file.read_bytes()[:1_000])


@pytest.mark.parametrize(
    ("spoil", "status"),
    [(_lose, DesignStatus.NOT_INSTALLED), (_truncate, DesignStatus.FAILED)],
    ids=["lost", "truncated"],
)
def test_wrong_weights_do_not_fail_the_job(
    chain: Chain, installed: Path, spoil: Callable[[Path], None], status: DesignStatus
) -> None:
    """Weights missing or cut / Then the job succeeds and the design tells which file, and the worker stays ready."""
    spoil(installed)
    job, made = chain(_wish(), Generate())

    assert (job.state, made.status) == (JobState.SUCCEEDED, status)
    assert "frame-" in (made.reason or "")
    assert tasks._prepare() == {}
