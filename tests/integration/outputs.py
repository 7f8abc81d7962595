"""One output of each stage, as small as its contract allows."""

from shared.contracts import (
    Advised,
    Attribute,
    Design,
    DesignStatus,
    Explanation,
    Face,
    Matches,
    Stage,
    Strategy,
    Wish,
)
from shared.contracts.base import Contract

OUTPUTS: dict[Stage, Contract] = {
    Stage.PERCEPTION: Face(gender=Attribute(value="female", confidence=0.9), faceshape={"oval": 1.0}),
    Stage.EXPERT: Advised(
        wish=Wish(shape=(0.1,) * 31, color=(0.1,) * 15),
        explanation=Explanation(language="en", summary="", text="", rules=()),
        rules_version="bare",
    ),
    Stage.SEARCH: Matches(
        catalogue="bare", catalogue_version="1", strategy=Strategy.STANDART, gender="female", matches=()
    ),
    Stage.GAN: Design(status=DesignStatus.NOT_ASKED),
}
