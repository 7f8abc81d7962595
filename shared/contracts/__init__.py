"""What travels between rooms, as validated and immutable values.

Everything here is plain JSON on the wire. A message on the queue carries none of it (only a job id);
these values live in the job record.
"""

from shared.contracts.advice import Advice, AdviceCode
from shared.contracts.face import (
    ATTRIBUTE_VALUES,
    FACE_SHAPES,
    UNKNOWN,
    Attribute,
    Box,
    Evidence,
    Face,
    Pose,
)
from shared.contracts.job import (
    STAGES,
    TERMINAL,
    Generate,
    Job,
    JobOptions,
    JobState,
    Provenance,
    Stage,
    StageRecord,
    StageState,
)
from shared.contracts.match import (
    Design,
    DesignStatus,
    Filters,
    Fit,
    Match,
    Matches,
    Preferences,
    Reading,
    Strategy,
    Why,
    WhyNot,
)
from shared.contracts.wish import (
    COLOR_FEATURES,
    SHAPE_FEATURES,
    Advised,
    Explanation,
    FiredRule,
    Wish,
)

__all__ = [
    "ATTRIBUTE_VALUES",
    "COLOR_FEATURES",
    "FACE_SHAPES",
    "SHAPE_FEATURES",
    "STAGES",
    "TERMINAL",
    "UNKNOWN",
    "Advice",
    "AdviceCode",
    "Advised",
    "Attribute",
    "Box",
    "Design",
    "DesignStatus",
    "Evidence",
    "Explanation",
    "Face",
    "Filters",
    "FiredRule",
    "Fit",
    "Generate",
    "Job",
    "JobOptions",
    "JobState",
    "Match",
    "Matches",
    "Pose",
    "Preferences",
    "Provenance",
    "Reading",
    "Stage",
    "StageRecord",
    "StageState",
    "Strategy",
    "Why",
    "WhyNot",
    "Wish",
]
