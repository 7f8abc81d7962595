"""What can be measured on a photo, and heads that tell the person's own measure better than the measurement does.

A turned head, a lens, a smile and a lamp move a measurement on one photo about as far as people differ. So a head learns it from
what stays the same between photos of one person, and is judged by how well it foretells the measurement on *another* photo of
somebody it never saw (docs/decisions/0035-own-measures.md).
"""

from collections.abc import Callable, Iterable

import numpy as np

from training.faces import proportions
from training.faces.kept import Kept
from training.faces.ridge import Rows
from training.faces.skin import skin_hue
from training.judging import Array
from workers.perception.sight import Sight

# By the name that scales and heads bear.
MEASURES: dict[str, Callable[[Sight], float | None]] = {
    "length_to_width": proportions.length_to_width,
    "jaw_angle": proportions.jaw_angle,
    "nose_length": proportions.nose_length,
    "brow_peak": proportions.brow_peak,
    "brow_slope": proportions.brow_slope,
    "skin_hue": skin_hue,
}
# Quantiles of the population at which one value ends and the next begins. The figures are choices: most faces
# are usual, and where the rules know no usual value the population is halved.
QUANTILES: dict[str, tuple[float, ...]] = {
    "length_to_width": (0.2, 0.8),
    "jaw_angle": (0.4,),
    "nose_length": (0.7,),
    "brow_peak": (0.5,),
    "brow_slope": (0.85,),
    "skin_hue": (0.33, 0.67),
}
# Colours do not lean when the head turns.
_COLOURS = ("skin_hue",)
_FARTHEST = 3.0  # standard deviations
_LEAST = 0.05  # of the variance among people stays in doubt


def measured(kept: Kept) -> Array:
    """N × measures, as frontal photos would have shown them; the usual where a photo does not show one."""
    sights = list(kept.sights())
    poses = np.array([(one.pose.yaw**2, one.pose.pitch, one.pose.pitch**2) for one in sights])
    columns = [_upright(name, [way(one) for one in sights], poses) for name, way in MEASURES.items()]
    return np.column_stack(columns)


def _upright(name: str, values: Iterable[float | None], poses: Array) -> Array:
    """What a turned head adds, by yaw², pitch and pitch² (degrees), is taken away; extremes are drawn in."""
    column = np.array([np.nan if value is None else value for value in values])
    seen = ~np.isnan(column)
    usual = column[seen].mean()
    if name not in _COLOURS:
        turned = poses - poses[seen].mean(axis=0)
        column = column - turned @ np.linalg.lstsq(turned[seen], column[seen] - usual)[0]
    reach = _FARTHEST * column[seen].std()
    return np.clip(np.where(seen, column, usual), usual - reach, usual + reach)


def lines(found: Array, columns: Array, pairs: Rows) -> tuple[Array, Array]:
    """Slope and offset of each head: what best foretells the measurement on the other photo of a pair."""
    one, other = np.concatenate([pairs, pairs[:, ::-1]]).T
    told, shown = found[one] - found[one].mean(axis=0), columns[other] - columns[other].mean(axis=0)
    slope = (told * shown).sum(axis=0) / (told**2).sum(axis=0)
    return slope, columns.mean(axis=0) - slope * found.mean(axis=0)


def scales(own: Array, columns: Array, pairs: Rows) -> dict[str, dict[str, object]]:
    """What `workers.perception.population.Scale` holds, by measure.

    Two photos of a person vary together by as much as people differ; what a head does not foretell of that stays in doubt.

    Args:
        own: n × measures, what heads that never saw the person say, on their lines.
        columns: n × measures, what the photos show.
        pairs: Two photos of one person.
    """
    one, other = np.concatenate([pairs, pairs[:, ::-1]]).T
    found: dict[str, dict[str, object]] = {}
    for name, told, shown in zip(MEASURES, own.T, columns.T, strict=True):
        people = float(np.cov(shown[one], shown[other])[0, 1])
        doubt = max(people - float(told.var()), _LEAST * people)
        # People differ less than photos, so their own values are cut nearer the usual, at the same quantiles.
        drawn = np.sqrt(people / shown.var())
        cuts = shown.mean() + drawn * (np.quantile(shown, QUANTILES[name]) - shown.mean())
        found[name] = {"cuts": cuts.tolist(), "doubt": float(np.sqrt(doubt))}
    return found


def report(own: Array, columns: Array, pairs: Rows) -> None:
    """Print how well a measurement and a head foretell the measurement on another photo, and how alike two photos are told."""
    one, other = pairs.T
    print("correlation between two photos of one person, people held out")
    print("| measure | by the measurement | by the head | of two heads |\n|---|---|---|---|")
    for name, told, shown in zip(MEASURES, own.T, columns.T, strict=True):
        both = (_alike(told[one], shown[other]) + _alike(told[other], shown[one])) / 2
        cells = (_alike(shown[one], shown[other]), both, _alike(told[one], told[other]))
        print(f"| {name} |", " | ".join(f"{cell:.3f}" for cell in cells), "|")


def _alike(one: Array, other: Array) -> float:
    return float(np.corrcoef(one, other)[0, 1])
