"""An import that a tenant asked for: files from the blob store in, a report into its record."""

import tempfile
import time
from pathlib import Path
from typing import Any

from shared.blobs import BlobStore
from shared.errors import ExpertGlassesError, ImportNotFoundError
from shared.records.imports import IMAGES, TABLE, Import, Imports
from shared.telemetry import logger
from workers.search.importing.pictures import BY_URL
from workers.search.importing.report import Report
from workers.search.importing.table import import_table

log = logger(__name__)

_TOLD_EVERY = 0.5  # seconds between two words on how far it is


def carry_out(import_id: str, records: Imports, blobs: BlobStore) -> None:
    """Import and write down what came of it; whatever goes wrong is the import's error.

    Doing it twice is the same as once: a snapshot's version is the hash of its content.
    """
    try:
        asked = records.begin(import_id)
        try:
            report = _import(asked, records, blobs)
        except ImportNotFoundError:
            raise
        except ExpertGlassesError as error:
            records.fail(import_id, error)
        except Exception:
            log.exception("import_raised", job=import_id)
            records.fail(
                import_id,
                ExpertGlassesError("The service met a fault of its own; the operator's log tells more."),
            )
        else:
            records.finish(import_id, report.model_dump(mode="json"))
            log.info("import_done", job=import_id, rows=report.rows, accepted=report.accepted)
    except ImportNotFoundError:
        log.info("import_gone", job=import_id)


def _import(asked: Import, records: Imports, blobs: BlobStore) -> Report:
    order = asked.order
    with tempfile.TemporaryDirectory(prefix="import-") as folder:
        table = Path(folder) / f"{TABLE}.{asked.format}"
        table.write_bytes(blobs.get(asked.id, TABLE))
        return import_table(
            table,
            order.name,
            mapping={"columns": order.mapping} if order.mapping else None,
            images=_pictures(asked, blobs, Path(folder)),
            validate_only=order.validate_only,
            activate=order.activate,
            progress=_Progress(asked.id, records),
        )


def _pictures(asked: Import, blobs: BlobStore, folder: Path) -> Path | str | None:
    """The zip that came with the table; else the table's addresses, where that was asked for."""
    if IMAGES in blobs.names(asked.id):
        packed = folder / IMAGES
        packed.write_bytes(blobs.get(asked.id, IMAGES))
        return packed
    return BY_URL if asked.order.fetch_images else None


class _Progress:
    """Tells the record how far an import is, now and then; stops it when the record is gone."""

    def __init__(self, import_id: str, records: Imports) -> None:
        self._id, self._records = import_id, records
        self._told = 0.0

    def __call__(self, rows: int, share: float) -> None:
        now = time.monotonic()
        if now - self._told >= _TOLD_EVERY:
            self._told = now
            self._records.read(self._id)
            total: Any = round(rows / share) if share > 0 else None
            self._records.progress(self._id, rows, total)
