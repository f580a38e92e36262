"""Where a dataset comes from: a cached copy, GroupLens, the bundled edition, a path or S3.

Knows names, digests and places; `layouts` and `movielens` know what is in the files. MovieLens
data is GroupLens' (F. Maxwell Harper and Joseph A. Konstan. 2015. The MovieLens Datasets: History
and Context. ACM TiiS 5, 4: 19:1-19:19), under the terms in ``training/data/README.txt``.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from training.archive import extract_files
from training.download import download_file
from training.editions import BUNDLED, EDITIONS, LATEST_SMALL, bundled_archive
from training.errors import BundleWriteError, DatasetError, DownloadError
from training.layouts import Layout, detect_layout, wanted_files

__all__ = ["Dataset", "file_digests", "resolve_dataset"]

_DIGEST_FILE: Final = "sha256.json"
_S3_SCHEMES: Final = ("s3://", "s3a://")


class Dataset(NamedTuple):
    """The files of a MovieLens dataset, and how they got there."""

    name: str
    source: str
    """One sentence for people: where the files come from and, for a fallback, why."""
    folder: Path
    layout: Layout
    remote_ratings: str | None = None
    """``s3a://...`` of the ratings while they are not in the folder but in a bucket."""

    @property
    def ratings_path(self) -> Path:
        """Where the ratings are, or belong once they are staged."""
        return self.folder / self.layout.files["ratings"]


def resolve_dataset(choice: str, *, data_dir: Path, work_dir: Path, base_url: str) -> Dataset:
    """Find or fetch the files of a dataset.

    Args:
        choice: ``auto``, ``bundled``, the name of an edition, the path of a folder or zip, or
            ``s3://bucket/prefix`` (``s3a://`` means the same).
        data_dir: Where downloads are kept between runs; created when missing.
        work_dir: Temporary directory of this run, for a zip given by path and for S3.
        base_url: Folder of the MovieLens zips, ending in ``/``.

    Raises:
        DatasetError: There is no such dataset, or (unless ``auto``) it cannot be downloaded.
        BundleWriteError: ``data_dir`` or ``work_dir`` cannot be written.
    """
    if choice in ("bundled", BUNDLED):
        return _bundled(data_dir, f"bundled MovieLens edition {BUNDLED} (GroupLens)")
    if choice in EDITIONS:
        return _edition(choice, data_dir, base_url)
    if choice == "auto":
        try:
            return _edition(LATEST_SMALL, data_dir, base_url)
        except DownloadError as error:
            reason = f"bundled MovieLens edition {BUNDLED} (GroupLens), since {error}"
            return _bundled(data_dir, reason)
    if choice.startswith(_S3_SCHEMES):
        return _from_s3(choice, work_dir / "dataset")
    return _from_path(Path(choice), work_dir / "dataset")


def file_digests(folder: Path) -> dict[str, str]:
    """SHA-256 of each data file that is there, by file name."""
    digests = {}
    for name in sorted(wanted_files()):
        if (folder / name).is_file():
            digests[name] = _sha256(folder / name)
    return digests


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _edition(name: str, data_dir: Path, base_url: str) -> Dataset:
    folder = data_dir / name
    if _is_intact(folder, name):
        return _in_folder(name, f"cached copy of {name} from GroupLens", folder)
    url = f"{base_url}{name}.zip"
    with _temporary_in(data_dir) as temporary:
        archive = Path(temporary) / f"{name}.zip"
        download_file(url, archive)
        try:
            _install(archive, folder, name, Path(temporary))
        except DatasetError as error:
            raise DownloadError(f"what {url} sent is not the pinned edition: {error}") from error
    return _in_folder(name, f"downloaded from {url} (GroupLens)", folder)


def _bundled(data_dir: Path, source: str) -> Dataset:
    folder = data_dir / BUNDLED
    if not _is_intact(folder, BUNDLED):
        with _temporary_in(data_dir) as temporary:
            _install(bundled_archive(), folder, BUNDLED, Path(temporary))
    return _in_folder(BUNDLED, source, folder)


def _in_folder(name: str, source: str, folder: Path) -> Dataset:
    layout = detect_layout([path.name for path in folder.iterdir()], where=str(folder))
    return Dataset(name, source, folder, layout)


def _is_intact(folder: Path, edition: str) -> bool:
    pinned = EDITIONS[edition].members or _recorded_digests(folder)
    return bool(pinned) and file_digests(folder) == pinned


def _recorded_digests(folder: Path) -> Mapping[str, str]:
    """What the members of a verified archive had when they were unpacked."""
    try:
        recorded = json.loads((folder / _DIGEST_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return recorded if isinstance(recorded, dict) else {}


def _temporary_in(data_dir: Path) -> "tempfile.TemporaryDirectory[str]":
    """A directory for half-written files; what a killed run left of its own is removed."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        for left in data_dir.glob(".download-*"):
            shutil.rmtree(left, ignore_errors=True)
        return tempfile.TemporaryDirectory(prefix=".download-", dir=data_dir)
    except OSError as error:
        raise BundleWriteError(f"cannot write {data_dir}: {error.strerror}") from error


def _install(archive: Path, folder: Path, edition: str, temporary: Path) -> None:
    """Extract an edition aside, check it, and move it into place in one step."""
    pin = EDITIONS[edition]
    if pin.archive and _sha256(archive) != pin.archive:
        raise DatasetError(f"{archive.name} has another SHA-256 than pinned")
    aside = temporary / edition
    extract_files(archive, aside, wanted={*wanted_files(), "README.txt", "README"})
    found = file_digests(aside)
    wrong = sorted(name for name, digest in pin.members.items() if found.get(name) != digest)
    if wrong:
        raise DatasetError(f"{', '.join(wrong)} of {archive.name} has another SHA-256 than pinned")
    try:
        (aside / _DIGEST_FILE).write_text(json.dumps(found), encoding="utf-8")
        if folder.exists():
            shutil.rmtree(folder)  # an earlier copy that was damaged
        aside.replace(folder)
    except OSError as error:
        raise BundleWriteError(f"cannot write {folder}: {error.strerror}") from error


def _from_path(path: Path, unpacked: Path) -> Dataset:
    if path.is_dir():
        return _in_folder(path.resolve().name, f"local folder {path}", path)
    if path.is_file() and path.suffix.lower() == ".zip":
        return _unpack(path, unpacked, name=path.stem, where=f"local archive {path}")
    if path.is_file():
        raise DatasetError(f"{path} is a file; give the folder it lies in, or a .zip")
    raise DatasetError(
        f"there is no dataset {str(path)!r}: give auto, bundled, the path of a folder or zip, "
        f"s3://bucket/prefix, or one of {', '.join(sorted(EDITIONS))}"
    )


def _unpack(archive: Path, folder: Path, *, name: str, where: str) -> Dataset:
    members = extract_files(archive, folder, wanted=wanted_files())
    return Dataset(name, where, folder, detect_layout(members, where=str(archive)))


def _from_s3(address: str, folder: Path) -> Dataset:
    # Reading S3 is the one thing here that needs boto3, so only who asks for it pays.
    from training.s3_input import S3Folder, fetch_object

    name = address.rstrip("/").rpartition("/")[2]
    if name.lower().endswith(".zip"):
        archive = folder.with_name(name)
        fetch_object(address, archive)
        return _unpack(archive, folder, name=name[: -len(".zip")], where=f"archive {address}")
    remote = S3Folder(address)
    layout = detect_layout(remote.names, where=address)
    remote.stage_all_but_ratings(layout, folder)
    return Dataset(
        name, f"S3 folder {address}", folder, layout, remote.spark_address(layout.files["ratings"])
    )
