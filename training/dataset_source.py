"""Where a dataset comes from: a cached copy, GroupLens, the bundled edition, a folder or a zip.

Knows names, digests and archives; `movielens` knows what is in the files. MovieLens data is
GroupLens' (F. Maxwell Harper and Joseph A. Konstan. 2015. The MovieLens Datasets: History and
Context. ACM TiiS 5, 4: 19:1-19:19), under the terms in ``training/data/README.txt``.
"""

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from training.download import download_file
from training.errors import BundleWriteError, DatasetError, DownloadError

__all__ = ["BUNDLED", "DATA_FILES", "LATEST_SMALL", "Dataset", "file_digests", "resolve_dataset"]

DATA_FILES: Final = ("ratings.csv", "movies.csv", "tags.csv", "links.csv")
LATEST_SMALL: Final = "ml-latest-small"
BUNDLED: Final = "ml-latest-small-2016"
_BUNDLED_ZIP: Final = Path(__file__).parent / "data" / f"{BUNDLED}.zip"
_DIGESTS: Final[Mapping[str, Mapping[str, str]]] = {
    LATEST_SMALL: {
        "links.csv": "97ad18e4e56a09363c65676b6cb3482ce3e2cea2372a24620c1599c843325f31",
        "movies.csv": "5a5f32dd9bb3797b8e728a1b98958789d2b13f294a69fdfbc5727f8a9611aa07",
        "ratings.csv": "aa289ca83157595d0df6aea1be6a4ded676ddc4385472e8313a8ed9805352646",
        "tags.csv": "92a9f8bb7916dceef6151209845788c3643f794dfa79d1feaec7121b5960399d",
    },
    BUNDLED: {
        "links.csv": "43a1bd034acb25dc59149eee2999f5e6817113e334853fbe6e36998972b10706",
        "movies.csv": "43d1736d3c688eb5b7856473c36d86a1c345676cab256c91720c1f6984d263b5",
        "ratings.csv": "b4239649fbf90ebf405c56c3ae1d929d9e7c86fc1a3a80cbef1c884df593ef73",
        "tags.csv": "ba8789ec2e7894bcb29a1762b2f9fb34bad7f288be6b4d8388e86af2138d430e",
    },
}


class Dataset(NamedTuple):
    """A folder of MovieLens CSV files, and how it got there."""

    name: str
    source: str
    """One sentence for people: where the files come from and, for a fallback, why."""
    folder: Path


def resolve_dataset(choice: str, *, data_dir: Path, work_dir: Path, base_url: str) -> Dataset:
    """Find or fetch the files of a dataset.

    Args:
        choice: ``auto``, ``ml-latest-small``, ``bundled``, or the path of a folder or zip.
        data_dir: Where downloads are kept between runs; created when missing.
        work_dir: Temporary directory of this run, for a zip given by path.
        base_url: Folder of the MovieLens zips, ending in ``/``.

    Raises:
        DatasetError: There is no such dataset, or (unless ``auto``) it cannot be downloaded.
        BundleWriteError: ``data_dir`` cannot be written.
    """
    if choice == "bundled":
        return _bundled(data_dir, f"bundled MovieLens edition {BUNDLED} (GroupLens)")
    if choice == LATEST_SMALL:
        return _latest_small(data_dir, base_url)
    if choice == "auto":
        try:
            return _latest_small(data_dir, base_url)
        except DownloadError as error:
            reason = f"bundled MovieLens edition {BUNDLED} (GroupLens), since {error}"
            return _bundled(data_dir, reason)
    return _from_path(Path(choice), work_dir)


def file_digests(folder: Path) -> dict[str, str]:
    """SHA-256 of each data file that is there, by file name."""
    digests = {}
    for name in DATA_FILES:
        if (folder / name).is_file():
            with (folder / name).open("rb") as file:
                digests[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return digests


def _latest_small(data_dir: Path, base_url: str) -> Dataset:
    folder = data_dir / LATEST_SMALL
    if _is_intact(folder, LATEST_SMALL):
        return Dataset(LATEST_SMALL, "cached copy of ml-latest-small from GroupLens", folder)
    url = f"{base_url}{LATEST_SMALL}.zip"
    with _temporary_in(data_dir) as temporary:
        archive = Path(temporary) / f"{LATEST_SMALL}.zip"
        download_file(url, archive)
        try:
            _install(archive, folder, LATEST_SMALL, Path(temporary))
        except DatasetError as error:
            raise DownloadError(f"what {url} sent is not the pinned edition: {error}") from error
    return Dataset(LATEST_SMALL, f"downloaded from {url} (GroupLens)", folder)


def _bundled(data_dir: Path, source: str) -> Dataset:
    folder = data_dir / BUNDLED
    if not _is_intact(folder, BUNDLED):
        with _temporary_in(data_dir) as temporary:
            _install(_BUNDLED_ZIP, folder, BUNDLED, Path(temporary))
    return Dataset(BUNDLED, source, folder)


def _is_intact(folder: Path, edition: str) -> bool:
    return file_digests(folder) == _DIGESTS[edition]


def _temporary_in(data_dir: Path) -> "tempfile.TemporaryDirectory[str]":
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(prefix=".download-", dir=data_dir)
    except OSError as error:
        raise BundleWriteError(f"cannot write {data_dir}: {error.strerror}") from error


def _install(archive: Path, folder: Path, edition: str, temporary: Path) -> None:
    """Extract an edition aside, check it, and move it into place in one step."""
    aside = temporary / edition
    _extract(archive, aside, wanted=(*DATA_FILES, "README.txt"))
    wrong = sorted(
        name for name, pin in _DIGESTS[edition].items() if file_digests(aside).get(name) != pin
    )
    if wrong:
        raise DatasetError(f"{', '.join(wrong)} of {archive.name} has another SHA-256 than pinned")
    try:
        if folder.exists():
            shutil.rmtree(folder)  # an earlier copy that was damaged
        aside.replace(folder)
    except OSError as error:
        raise BundleWriteError(f"cannot write {folder}: {error.strerror}") from error


def _extract(archive: Path, target: Path, *, wanted: Iterable[str]) -> None:
    """Copy the wanted members out of a zip by base name, whatever folder they lie in."""
    target.mkdir(parents=True, exist_ok=True)
    try:
        with zipfile.ZipFile(archive) as file:
            members = {Path(name).name: name for name in file.namelist()}
            for name in wanted:
                if name in members:
                    with file.open(members[name]) as source, (target / name).open("wb") as sink:
                        shutil.copyfileobj(source, sink)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise DatasetError(f"{archive.name} is not a readable zip archive ({error})") from error
    except OSError as error:
        raise BundleWriteError(f"cannot unpack {archive.name}: {error.strerror}") from error


def _from_path(path: Path, work_dir: Path) -> Dataset:
    if path.is_dir():
        return Dataset(path.resolve().name, f"local folder {path}", path)
    if path.is_file() and path.suffix == ".zip":
        folder = work_dir / "dataset"
        _extract(path, folder, wanted=DATA_FILES)
        return Dataset(path.stem, f"local archive {path}", folder)
    if path.is_file():
        raise DatasetError(f"{path} is a file; give the folder it lies in, or a .zip")
    raise DatasetError(
        f"there is no dataset {str(path)!r}: give auto, {LATEST_SMALL}, bundled, "
        "or the path of a folder with ratings.csv and movies.csv"
    )
