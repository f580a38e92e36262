"""Writing a bundle so that nobody ever sees half of one.

A run builds its bundle in ``bundles/.staging-*`` and renames it into place when every file is on
disk; ``bundles/CURRENT`` then names it. A run that fails or is killed before that changes nothing
for readers, and what it left lying is removed by the next run.
"""

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from retrieval.domain.manifest import BundleFile, content_id, is_version
from training.errors import BundleWriteError, TrainingBusy, UnknownVersion

__all__ = [
    "publish",
    "training_lock",
    "use_version",
    "work_directory",
    "write_errors",
    "write_json",
]

_STAGING = ".staging-"
_WORK = ".train-"


@contextmanager
def write_errors(what: Path) -> Iterator[None]:
    """Turn an operating-system error into one `BundleWriteError` about ``what``."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise BundleWriteError(
            f"cannot write {error.filename or what}: {reason}. "
            "The bundle that served before, if any, still does."
        ) from error


@contextmanager
def training_lock(home: Path) -> Iterator[None]:
    """Hold the home for one training run. The lock of a process that died holds nothing.

    Raises:
        TrainingBusy: Another run holds it.
        BundleWriteError: The home cannot be written.
    """
    path = home / "train.lock"
    with write_errors(path):
        home.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="utf-8")
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise TrainingBusy(
                f"another training run (process {holder}) is working in {home}"
            ) from error
        with write_errors(path):
            file.seek(0)
            file.truncate()
            file.write(f"{os.getpid()}\n")
            file.flush()
        yield


@contextmanager
def work_directory(home: Path) -> Iterator[tuple[Path, Path]]:
    """Temporary directory and staging directory of a run that holds the lock.

    Both are gone afterwards, unless `publish` moved the staging directory into place. Those of
    runs that were killed are removed first.

    Yields:
        The work directory and the empty staging directory.
    """
    bundles = home / "bundles"
    with write_errors(home):
        bundles.mkdir(parents=True, exist_ok=True)
        for left in (*home.glob(f"{_WORK}*"), *bundles.glob(f"{_STAGING}*")):
            shutil.rmtree(left, ignore_errors=True)
        work = Path(tempfile.mkdtemp(prefix=_WORK, dir=home)).resolve()
        staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=bundles))
        staging.chmod(0o755)
    try:
        yield work, staging
    finally:
        shutil.rmtree(work, ignore_errors=True)
        shutil.rmtree(staging, ignore_errors=True)


def write_json(path: Path, value: Any) -> None:
    """Write compact JSON with sorted keys; NaN is refused."""
    text = json.dumps(
        value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    )
    path.write_text(text + "\n", encoding="utf-8")


def publish(
    staging: Path, manifest: dict[str, Any], *, created_at: datetime, keep: int
) -> tuple[str, Path]:
    """Hash, sync and rename a finished staging directory, and make it the one that serves.

    Args:
        staging: Directory under ``bundles`` with every file but the manifest.
        manifest: Without ``version``, ``created_at`` and ``files``, which are added here.
        created_at: With time zone; names the version.
        keep: How many versions stay, the new one included.

    Returns:
        The version and its directory.
    """
    bundles = staging.parent
    with write_errors(bundles):
        files = _files(staging)
        version = f"{created_at:%Y%m%dT%H%M%S}-{manifest['recipe']}-{content_id(files)}"
        complete = {
            **manifest,
            "version": version,
            "created_at": created_at.isoformat(),
            "files": {name: file.model_dump() for name, file in files.items()},
        }
        write_json(staging / "manifest.json", complete)
        _sync_tree(staging)
        target = bundles / version
        if not target.exists():  # else the same content within the same second
            staging.rename(target)
        _point_to(bundles, version)
        _prune(bundles, version, keep)
    return version, target


def use_version(home: Path, version: str) -> None:
    """Make a version that was published before the one that serves, in one step.

    Raises:
        UnknownVersion: There is no such version.
        TrainingBusy: A training run holds the home, and will publish its own.
        BundleWriteError: The home cannot be written.
    """
    bundles = home / "bundles"
    with training_lock(home):
        if not is_version(version) or not (bundles / version / "manifest.json").is_file():
            raise UnknownVersion(f"there is no bundle '{version}' in {bundles}")
        with write_errors(bundles):
            _point_to(bundles, version)


def _files(folder: Path) -> dict[str, BundleFile]:
    """Digest and size of every file outside ``chroma/``, which changes when opened."""
    files = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder).as_posix()
        if not name.startswith("chroma/"):
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            files[name] = BundleFile(sha256=digest, bytes=path.stat().st_size)
    return files


def _sync_tree(folder: Path) -> None:
    for path in (*folder.rglob("*"), folder):
        _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _point_to(bundles: Path, version: str) -> None:
    temporary = bundles / ".CURRENT.tmp"
    temporary.write_text(version + "\n", encoding="utf-8")
    _sync(temporary)
    temporary.replace(bundles / "CURRENT")
    _sync(bundles)


def _prune(bundles: Path, current: str, keep: int) -> None:
    versions = sorted(
        (path for path in bundles.iterdir() if (path / "manifest.json").is_file()),
        key=lambda path: path.name,
    )
    others = [path for path in versions if path.name != current]
    for path in others[: max(0, len(others) - (keep - 1))]:
        # Under another name first: a run killed here must not leave half a version.
        doomed = path.with_name(f"{_STAGING}{path.name}")
        path.rename(doomed)
        shutil.rmtree(doomed, ignore_errors=True)
