"""What heads look at and say: the same in a mirror, probabilities always, damaged weights named."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from perception_photos import Rgb, astronaut

from shared.errors import ModelDamagedError
from shared.models import load_verified
from workers.perception.features import BLOCKS, FeatureReader, hog
from workers.perception.heads import HeadReader, Opinions
from workers.perception.look import Looker

logits = st.floats(-1e6, 1e6)


@given(first=logits, second=logits, third=logits)
def test_whatever_the_logits_shares_are_probabilities(first: float, second: float, third: float) -> None:
    """However large the logits, a group's shares sum to 1 and a single share lies between 0 and 1."""
    opinions = Opinions({"hair:black": first, "hair:grey": second, "chubby": third})

    assert sum(opinions.shares("hair").values()) == pytest.approx(1)
    assert 0 <= opinions.share("chubby") <= 1


@pytest.fixture(scope="module")
def looker() -> Looker:
    """The networks that find and measure a face."""
    return Looker()


def _features(looker: Looker, rgb: Rgb) -> dict[str, np.ndarray]:
    return FeatureReader().read(looker.look(rgb, looker.faces(rgb)[0]))


def test_a_face_in_the_mirror_has_the_same_features(looker: Looker) -> None:
    """Each block of features of the mirrored portrait is all but that of the portrait."""
    plain = _features(looker, astronaut())
    mirrored = _features(looker, np.ascontiguousarray(astronaut()[:, ::-1]))

    assert set(BLOCKS) <= set(plain)
    for name in BLOCKS:
        assert np.corrcoef(plain[name], mirrored[name])[0, 1] > 0.97, name


def test_gradients_know_no_exposure() -> None:
    """Histograms of gradients hardly change when all pixels are darker by a third."""
    head = astronaut()[:256, 300:556]
    darker = (head * 0.67).astype(np.uint8)

    assert np.corrcoef(hog(head), hog(darker))[0, 1] > 0.98


@pytest.mark.parametrize("missing", ["names", "weights", "bias", "lean"])
def test_weights_without_a_part_are_damaged(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that lacks an array, or is no such file, is named as damaged."""
    parts = {"names": np.array(["bald"]), "scale": np.ones(1), "bias": np.zeros(1), "lean": np.zeros(1)}
    parts["weights"] = np.zeros((9, 1), np.float16)
    del parts[missing]
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **parts)

    def loaded(name: str) -> bytes:
        return file.getvalue() if name == "face-heads" else load_verified(name)

    monkeypatch.setattr("workers.perception.heads.load_verified", loaded)
    with pytest.raises(ModelDamagedError, match="face-heads"):
        HeadReader()
