"""What may be asked: strategies, legal values, and the rules in force."""

from typing import cast, get_args

from flask import Blueprint, Response, jsonify

from gateway.answers import Attributes, Rules, Strategies
from gateway.door import open_door
from gateway.spec import Scope, operation
from shared.contracts import (
    ATTRIBUTE_VALUES,
    COLOR_FEATURES,
    FACE_SHAPES,
    SHAPE_FEATURES,
    UNKNOWN,
    JobOptions,
    Strategy,
)
from shared.contracts.match import ColorName, GenderName, MaterialName, RimName, ShapeName
from shared.errors import RulesUnknownError
from shared.records import keys

routes = Blueprint("discovery", __name__, url_prefix="/v1")
_LOOKS_AT = {
    Strategy.BALANCED: "Eleven blocks of features by how much the rules care; six frames that differ.",
    Strategy.STANDART: "All shape numbers at once and colour, by the product of the two cosines.",
    Strategy.FACTORIZED: "Lens shape, rim, all else of the shape, and colour, by the product of four factors.",
    Strategy.FACTORIZED_PLUS: "Nine groups of shape numbers and colour, by the product of ten factors.",
    Strategy.COLOR_ONLY: "The 15 colour numbers alone.",
    Strategy.SHAPE_ONLY: "The 30 shape numbers alone.",
    Strategy.MOST_POPULAR: "What sells best; the wish counts for the gender only.",
}


@routes.get("/strategies")
@operation("The ways to score frames.", Scope.PUBLIC, {200: Strategies}, name="listStrategies")
def strategies() -> Response:
    """Each with what it looks at."""
    default = JobOptions.model_fields["strategy"].default
    told = [{"name": str(name), "looks_at": _LOOKS_AT.get(name, "")} for name in Strategy]
    return jsonify(default=str(default), strategies=told)


@routes.get("/attributes")
@operation("Legal values of attributes and filters.", Scope.PUBLIC, {200: Attributes}, name="listAttributes")
def attributes() -> Response:
    """What may be stated of a face and asked of a frame."""
    filters = {"gender": GenderName, "shapes": ShapeName, "rims": RimName}
    filters |= {"materials": MaterialName, "colors": ColorName}
    return jsonify(
        face={name: [*values, UNKNOWN] for name, values in ATTRIBUTE_VALUES.items()},
        face_shapes=FACE_SHAPES,
        shape_features=SHAPE_FEATURES,
        color_features=COLOR_FEATURES,
        filters={name: get_args(words) for name, words in filters.items()},
        languages=get_args(JobOptions.model_fields["language"].annotation),
    )


@routes.get("/rules")
@operation("The rule set in force.", Scope.PUBLIC, {200: Rules}, name="readRules")
def rules() -> Response:
    """As the expert published it when it last started or saw an edited file."""
    text = cast("str | None", open_door().client.get(keys.RULES))
    if text is None:
        raise RulesUnknownError
    return Response(text, content_type="application/json")
