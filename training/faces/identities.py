"""Who is who: `face_shape_niten` gives some people several ids, and whoever is judged must not have taught."""

import numpy as np

from training.faces.kept import Block, Kept
from training.faces.ridge import Rows

# Ids whose mean embeddings lie closer are one person: of such pairs 99 % bear the same label of face shape, of those from .44 to .50 three
# quarters, of strangers a fifth.
_ONE = 0.40
_NUMBERS = 128  # of the first of two scales


def identities(*folders: Kept) -> list[str]:
    """A name for every photo of some folders, the same wherever it is one person, by the column `person` and by embedding."""
    ids = np.array([f"{kept.folder.name} {one}" for kept in folders for one in kept.column("person")])
    rows = np.concatenate([kept.block("embedding")[:, :_NUMBERS] for kept in folders])
    _, which = np.unique(ids, return_inverse=True)
    return [str(one) for one in merged(which, rows)[which]]


def merged(which: Rows, embedding: Block) -> Rows:
    """For each id the least of those that are the same person, directly or by way of others.

    Args:
        which: n, the id of each photo, counted from 0.
        embedding: n × 128.
    """
    centres = np.array([embedding[which == one].mean(axis=0) for one in range(which.max() + 1)])
    squares = (centres**2).sum(axis=1)
    near = squares[:, np.newaxis] + squares - 2 * centres @ centres.T < _ONE**2
    least = np.arange(len(centres))
    while True:
        found = np.array([least[row].min() for row in near])
        if (found == least).all():
            return least
        least = found
