"""The blob store: photos and images, never in a message and never in the job record.

A folder by default, S3 or anything else fsspec speaks by setting. Every blob belongs to a job and lies
under `jobs/<job id>/<name>`, so deleting a job is deleting one folder.
"""

import re
import time
from contextlib import suppress
from typing import Any
from uuid import uuid4

import fsspec
from fsspec import AbstractFileSystem

from shared.errors import BlobMissingError
from shared.settings import Settings

_NAME = re.compile(r"^[a-z0-9][a-z0-9._-]{0,99}$")


def photo_names(count: int) -> list[str]:
    """The names under which the photos of a job are stored; try-on uses the first."""
    return ["photo", *(f"photo-{number}" for number in range(2, count + 1))][:count]


class BlobStore:
    """Blobs by job and name.

    Args:
        url: An fsspec URL of the folder that holds everything.
        options: Options of that file system.
    """

    def __init__(self, url: str, options: dict[str, Any] | None = None) -> None:
        self._fs: AbstractFileSystem
        self._fs, root = fsspec.core.url_to_fs(url, **(options or {}))
        self._jobs = f"{str(root).rstrip('/')}/jobs"

    @classmethod
    def from_settings(cls, config: Settings) -> "BlobStore":
        """The store that the settings name."""
        url = config.blob_url or (config.data_dir / "blobs").resolve().as_uri()
        return cls(url, dict(config.blob_options))

    def _folder(self, job_id: str) -> str:
        if not _NAME.match(job_id):
            raise BlobMissingError
        return f"{self._jobs}/{job_id}"

    def _path(self, job_id: str, name: str) -> str:
        if not _NAME.match(name):
            raise BlobMissingError
        return f"{self._folder(job_id)}/{name}"

    def put(self, job_id: str, name: str, data: bytes) -> None:
        """Store `data`; readers see all of it or nothing.

        Raises:
            OSError: The store is full or cannot be reached.
        """
        path = self._path(job_id, name)
        if "file" not in self._fs.protocol:
            self._publish(path, data)
            return
        self._fs.makedirs(self._folder(job_id), exist_ok=True)
        part = f"{path}.{uuid4().hex}.part"
        try:
            self._fs.pipe_file(part, data)
            self._fs.mv(part, path)
        except OSError:
            if self._fs.exists(part):
                self._fs.rm_file(part)
            raise

    def _publish(self, path: str, data: bytes) -> None:
        """Object stores publish a whole object at once, and have errors of their own when out of reach."""
        try:
            self._pipe(path, data)
        except OSError:
            raise
        except Exception as error:
            raise OSError(f"the blob store failed: {type(error).__name__}") from error

    def _pipe(self, path: str, data: bytes) -> None:
        """The first object of a new store makes its bucket."""
        try:
            self._fs.pipe_file(path, data)
        except FileNotFoundError:
            with suppress(FileExistsError):  # another process was quicker
                self._fs.mkdir(path.split("/", maxsplit=1)[0])
            self._fs.pipe_file(path, data)

    def get(self, job_id: str, name: str) -> bytes:
        """The bytes stored under a name.

        Raises:
            BlobMissingError: There are none.
        """
        try:
            data: bytes = self._fs.cat_file(self._path(job_id, name))
        except FileNotFoundError:
            raise BlobMissingError from None
        return data

    def names(self, job_id: str) -> list[str]:
        """The names stored for a job."""
        self._fs.invalidate_cache()
        folder = self._folder(job_id)
        if not self._fs.exists(folder):
            return []
        return sorted(str(path).rsplit("/", 1)[-1] for path in self._fs.ls(folder, detail=False))

    def remove(self, job_id: str, name: str) -> None:
        """Remove one blob of a job; nothing there is fine."""
        self._fs.invalidate_cache()
        path = self._path(job_id, name)
        if self._fs.exists(path):
            self._fs.rm_file(path)

    def delete(self, job_id: str) -> None:
        """Remove everything of a job; nothing there is fine."""
        self._fs.invalidate_cache()
        folder = self._folder(job_id)
        if self._fs.exists(folder):
            self._fs.rm(folder, recursive=True)

    def orphans(self, older_than_seconds: float) -> list[str]:
        """Jobs whose newest blob is older than this: what a crash between blob and record may leave."""
        self._fs.invalidate_cache()
        if not self._fs.exists(self._jobs):
            return []
        limit = time.time() - older_than_seconds
        folders = [str(path).rstrip("/") for path in self._fs.ls(self._jobs, detail=False)]
        return [path.rsplit("/", 1)[-1] for path in folders if self._newest(path) < limit]

    def _newest(self, folder: str) -> float:
        files = self._fs.ls(folder, detail=False)
        return max((self._fs.modified(path).timestamp() for path in files), default=0.0)
