"""Teaching and judging the head that tells gender beside the packaged network.

Four folders teach it, so that it has seen people of many origins: celebrities, press photos, UTKFace, two laboratories. It is
judged on people held out; UTKFace names nobody, there it is photos.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from training.faces import calibrate
from training.faces.kept import Kept
from training.faces.ridge import Design, pairs_of
from training.judging import Array
from workers.perception.attributes import NETWORK_COUNTS

NITEN, LFW, UTK, LAB = "face_shape_niten", "lfw_attributes", "utkface_sample", "ccby_lab_faces"
# How much a folder counts by the number of its photos: celebrities are much alike, and have many photos each.
FOLDERS = {NITEN: 0.5, LFW: 1.0, UTK: 2.0, LAB: 2.0}
_RIDGE, _PULL = 0.5, 0.2
_ADULT = 16
_FEW = 20  # people of one sort tell nothing below this
_LEAST = 1e-4  # no network is surer
_DOUBT = 0.4  # a mean score between this and the rest to 1 states nothing


class Photos:
    """What is known of the photos of all folders, one after the other.

    Attributes:
        folder: The name of the folder of each.
        gender: 1 male, -1 female, 0 not stated, or in doubt.
        people: Who is on each; the photo where nobody is named.
        sort: Race or ethnicity as its folder calls it.
        adult: Whether aged 16 or more, or of unstated age.
        network: Log odds of male by the packaged network.
    """

    def __init__(self, kept: dict[str, Kept]) -> None:
        parts = [kept[name] for name in FOLDERS]
        self.folder = np.repeat(list(FOLDERS), [len(one) for one in parts])
        self.gender = np.concatenate([_gender(name, kept[name]) for name in FOLDERS])
        self.people = [person for name in FOLDERS for person in _people(name, kept[name])]
        self.sort = np.array([_sort(row) for one in parts for row in one.rows])
        self.adult = np.array([_adult(row) for one in parts for row in one.rows])
        male = np.clip(
            np.concatenate([one.part("male") for one in parts]).astype(np.float64), _LEAST, 1 - _LEAST
        )
        self.network = np.log(male / (1 - male))

    def design(self) -> Design:
        """Women and men of a folder count alike."""
        weights = np.zeros(len(self.gender))
        for name, share in FOLDERS.items():
            for one in (-1, 1):
                own = (self.folder == name) & (self.gender == one)
                weights[own] = share * (self.folder == name).sum() / 2 / max(own.sum(), 1)
        return Design(self.gender[:, np.newaxis], weights, pairs_of(self.people), _PULL, _RIDGE)


def line(photos: Photos, found: Array) -> tuple[float, float, float]:
    """How much network and head count, and the offset: the log odds of male are the sum; by adults held out."""
    told = (photos.gender != 0) & photos.adult
    network, head, offset = calibrate.logistic(
        np.column_stack([photos.network[told], found[told]]), photos.gender[told] > 0
    )
    return float(network), float(head), float(offset)


def report(photos: Photos, found: Array, given: tuple[float, float, float]) -> None:
    """Print how often adults are told right: by folder, and by sort where there are enough."""
    network, head, offset = given
    told = network * photos.network + head * found + offset
    table = pd.DataFrame(
        {
            "folder": photos.folder,
            "sort": photos.sort,
            "gender": np.where(photos.gender > 0, "male", "female"),
            "right": np.sign(told) == photos.gender,
            "network alone": np.sign(photos.network) == photos.gender,
        }
    )[(photos.gender != 0) & photos.adult]
    print(
        f"log odds: {network:.2f} of the network's ({NETWORK_COUNTS} in force) and {head:.2f} times the head, {offset:+.2f}; people held out\n"
    )
    columns = ["right", "network alone"]
    print(
        table.groupby("folder")[columns]
        .mean()
        .assign(photos=table["folder"].value_counts())
        .round(4)
        .to_string()
    )
    sorts = table[table["sort"] != ""].groupby(["folder", "sort", "gender"])[columns]
    parts = sorts.mean().assign(photos=sorts.size())
    print(parts[parts["photos"] >= _FEW].round(3).to_string())
    pairs = pairs_of(photos.people, most=1)
    pairs = pairs[photos.folder[pairs[:, 0]] == LFW]
    same = np.sign(told[pairs[:, 0]]) == np.sign(told[pairs[:, 1]])
    print(f"two photos of one person of {LFW}: told the same in {same.mean():.4f} of {len(pairs)} people")


def _gender(name: str, kept: Kept) -> NDArray[np.float64]:
    if name == LFW:
        # Two models scored these photos, badly lit ones by chance: what they say of all photos of a person counts.
        said = (kept.numbers("Male") + (kept.column("df_gender") == "Man")) / 2
        _, which = np.unique(kept.column("person"), return_inverse=True)
        mean = (np.bincount(which, said) / np.bincount(which))[which]
        return np.where(mean > 1 - _DOUBT, 1.0, np.where(mean < _DOUBT, -1.0, 0.0))
    words = kept.column("part" if name == NITEN else "gender")
    male, female = np.isin(words, ("men", "male")), np.isin(words, ("women", "female"))
    return male.astype(np.float64) - female


def _people(name: str, kept: Kept) -> list[str]:
    if name == UTK:
        return [row["file"] for row in kept.rows]
    if name == LAB:
        # london_001_03 and londonsmile_001_08 are one person.
        return ["_".join(Path(row["file"]).stem.replace("smile", "").split("_")[:2]) for row in kept.rows]
    return [str(one) for one in kept.column("person")]


def _adult(row: dict[str, str]) -> bool:
    age = row.get("age", "")
    return not age.isdigit() or int(age) >= _ADULT


def _sort(row: dict[str, str]) -> str:
    return row.get("race") or row.get("ethnicity") or ""
