"""The record's hash, read as a `Job`."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from shared.contracts import (
    STAGES,
    Advised,
    Design,
    Face,
    Job,
    JobOptions,
    JobState,
    Matches,
    Provenance,
    Stage,
    StageRecord,
    StageState,
)
from shared.contracts.base import Contract

# Where each stage's output lies in the hash, and what it is.
OUTPUTS: dict[Stage, tuple[str, type[Contract]]] = {
    Stage.PERCEPTION: ("out.face", Face),
    Stage.EXPERT: ("out.advised", Advised),
    Stage.SEARCH: ("out.matches", Matches),
    Stage.GAN: ("out.design", Design),
}


def _time(text: str | None) -> datetime | None:
    return datetime.fromtimestamp(float(text), UTC) if text else None


def _stage(fields: Mapping[str, str], stage: Stage) -> StageRecord:
    seconds = fields.get(f"{stage}.seconds")
    return StageRecord(
        state=StageState(fields[f"{stage}.state"]),
        attempts=int(fields.get(f"{stage}.attempts", 0)),
        started=_time(fields.get(f"{stage}.started")),
        finished=_time(fields.get(f"{stage}.finished")),
        seconds=float(seconds) if seconds else None,
    )


def _provenance(
    fields: Mapping[str, str], face: Face | None, advised: Advised | None, matches: Matches | None
) -> Provenance:
    catalogue = f"{matches.catalogue}@{matches.catalogue_version}" if matches else None
    return Provenance(
        software=fields["software"],
        models=face.models if face else {},
        rules=advised.rules_version if advised else None,
        catalogue=catalogue,
    )


def job_from_hash(job_id: str, fields: Mapping[str, str]) -> Job:
    """Read a record. `fields` is the whole hash."""

    def output(stage: Stage) -> Contract | None:
        field, contract = OUTPUTS[stage]
        return contract.model_validate_json(fields[field]) if field in fields else None

    face, advised, matches, design = (output(stage) for stage in STAGES)
    assert face is None or isinstance(face, Face)
    assert advised is None or isinstance(advised, Advised)
    assert matches is None or isinstance(matches, Matches)
    assert design is None or isinstance(design, Design)
    return Job(
        id=job_id,
        from_job=fields.get("parent"),
        photos=int(fields.get("photos", 0)),
        consent=_time(fields.get("consent")),
        state=JobState(fields["state"]),
        created=datetime.fromtimestamp(float(fields["created"]), UTC),
        started=_time(fields.get("started")),
        finished=_time(fields.get("finished")),
        expires=datetime.fromtimestamp(float(fields["expires"]), UTC),
        options=JobOptions.model_validate_json(fields["options"]),
        stages={stage: _stage(fields, stage) for stage in STAGES},
        face=face,
        wish=advised.wish if advised else None,
        explanation=advised.explanation if advised else None,
        matches=matches,
        design=design,
        provenance=_provenance(fields, face, advised, matches),
        error=json.loads(fields["error"]) if "error" in fields else None,
        images=tuple(sorted(name.removeprefix("image.") for name in fields if name.startswith("image."))),
    )
