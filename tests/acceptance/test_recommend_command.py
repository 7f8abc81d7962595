"""`expertglasses recommend`, on a running service and in its own process."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image
from skimage import data
from stack import RunningStack, encode, portrait

from cli.recommend import recommend
from shared.settings import settings


@pytest.fixture(autouse=True)
def same_data(stack: RunningStack, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process finds the catalogue of the service."""
    monkeypatch.setenv("EXPERTGLASSES_DATA_DIR", str(stack.folder / "data"))
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def photos(tmp_path: Path) -> list[str]:
    """A portrait, and a cup of coffee that passes for a second one."""
    files = {"me.jpg": portrait(), "more.jpg": encode(Image.fromarray(data.coffee()))}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    return [str(tmp_path / name) for name in files]


@pytest.mark.parametrize("where", ["remote", "local"])
def test_photos_of_one_person_are_one_recommendation(
    stack: RunningStack, photos: list[str], where: str
) -> None:
    """Given two photos together / Then one job with its frames, and what is wrong with the second in words."""
    service = ["--url", stack.url] if where == "remote" else []
    answer = CliRunner().invoke(recommend, [*photos, "--together", "--limit", "2", "--json", *service])

    assert answer.exit_code == 0, answer.output
    (line,) = answer.stdout.splitlines()
    job = json.loads(line)
    assert (job["state"], len(job["matches"]["matches"])) == ("succeeded", 2)
    assert job["face"]["advice"][-1]["sentence"].startswith("Photo 2: We cannot find a face.")


def test_a_useless_photo_is_told_in_the_language_asked_for(photos: list[str]) -> None:
    """Given no face / Then the command fails, with the advice in words; too many photos together are refused."""
    answer = CliRunner().invoke(recommend, [photos[1], "--language", "ru"])
    assert answer.exit_code == 1
    assert "Лицо не найдено." in answer.stdout

    answer = CliRunner().invoke(recommend, [photos[0]] * 6 + ["--together"])
    assert answer.exit_code == 2
    assert "At most 5 photos" in answer.stderr
