"""Health: alive (the process), ready (everything it needs)."""

from collections.abc import Callable
from typing import Any

import redis
from flask import Blueprint, Response, json

from gateway.context import Context, context
from shared.contracts import STAGES
from shared.workers import living

routes = Blueprint("health", __name__)


@routes.get("/livez")
def livez() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@routes.get("/readyz")
def readyz() -> Response:
    """Asks the broker, the blob store and the workers, each time."""
    here = context()
    checks = {name: check(here) for name, check in _CHECKS.items()}
    ready = all(check["ok"] for check in checks.values())
    body = {"status": "ready" if ready else "not ready", "checks": checks}
    return Response(json.dumps(body), 200 if ready else 503, mimetype="application/json")


def _broker(here: Context) -> dict[str, Any]:
    try:
        here.records.redis.ping()
    except redis.RedisError:
        return {"ok": False, "reason": "Redis does not answer"}
    return {"ok": True}


def _store(here: Context) -> dict[str, Any]:
    try:
        here.blobs.put("readyz", "probe", b"ok")
    except OSError:
        return {"ok": False, "reason": "the blob store takes nothing"}
    return {"ok": True}


def _workers(here: Context) -> dict[str, Any]:
    try:
        workers = living(here.records.redis)
    except redis.RedisError:
        return {"ok": False, "reason": "Redis does not answer"}
    found = {str(stage): [w for w in workers if w.stage == stage] for stage in STAGES}
    problems = {w.stage: w.problem for w in workers if w.problem}
    missing = [stage for stage, those in found.items() if not any(w.ready for w in those)]
    told = {stage: {"workers": len(those)} for stage, those in found.items()}
    return {"ok": not missing, "stages": told, "missing": missing, "problems": problems}


_CHECKS: dict[str, Callable[[Context], dict[str, Any]]] = {
    "broker": _broker,
    "store": _store,
    "workers": _workers,
}
