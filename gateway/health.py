"""Is this process alive; can this service finish a job."""

import secrets
from collections.abc import Callable
from typing import Any

import redis
from flask import Blueprint, Response, jsonify

from gateway.answers import Health
from gateway.door import Door, open_door
from gateway.spec import Scope, operation
from shared.contracts import STAGES
from shared.errors import ExpertGlassesError, NotReadyError
from shared.workers import living

routes = Blueprint("health", __name__)
Check = dict[str, Any]


@routes.get("/livez")
@operation("Whether this process answers.", Scope.PUBLIC, {200: Health}, name="live")
def livez() -> Response:
    """This process answers."""
    return jsonify(status="alive")


@routes.get("/readyz")
@operation("Whether this service can finish a job.", Scope.PUBLIC, {200: Health}, name="ready")
def readyz() -> Response:
    """Broker, blob store and a ready worker of each stage, each asked."""
    door = open_door()
    checks: dict[str, Check] = {"broker": _ask(_broker, door), "blobs": _ask(_blobs, door)}
    checks["workers"] = _ask(_workers, door)
    if not all(check["ok"] for check in checks.values()):
        failing = ", ".join(name for name, check in checks.items() if not check["ok"])
        raise NotReadyError(f"Not ready: {failing}.", checks=checks)
    return jsonify(status="ready", checks=checks)


def _ask(question: Callable[[Door], Check], door: Door) -> Check:
    try:
        return question(door)
    except (redis.RedisError, ExpertGlassesError):
        return {"ok": False, "detail": "no answer"}


def _broker(door: Door) -> Check:
    return {"ok": bool(door.client.ping())}


def _blobs(door: Door) -> Check:
    probe = f"probe_{secrets.token_hex(8)}"
    with door.blobs() as blobs:
        blobs.put(probe, "probe", b"probe")
        whole = blobs.get(probe, "probe") == b"probe"
        blobs.delete(probe)
    return {"ok": whole}


def _workers(door: Door) -> Check:
    found = living(door.client)
    stages = {
        str(stage): {
            "ready": sum(info.ready for info in found if info.stage == stage),
            "problems": sorted({info.problem for info in found if info.stage == stage and info.problem}),
        }
        for stage in STAGES
    }
    return {"ok": all(stage["ready"] for stage in stages.values()), "stages": stages}
