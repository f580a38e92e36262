"""The bundles of a home: which versions there are, and whether their files are what they were."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from retrieval.bundle import current_bundle_dir, read_bundle, read_manifest
from retrieval.domain.errors import BundleError, BundleInvalid, BundleNotFound
from retrieval.domain.manifest import BundleFile, content_id, is_version

__all__ = [
    "BundleVersion",
    "bundle_dir",
    "check_bundle",
    "file_sha256",
    "list_versions",
    "listed_files",
]

_UNLISTED = ("manifest.json", "chroma/")
"""The manifest cannot hold its own digest; Chroma's files change when they are opened."""
_FILES = TypeAdapter(dict[str, BundleFile])


class BundleVersion(NamedTuple):
    """One trained bundle."""

    version: str
    created_at: str
    recipe: str
    dataset: str
    n_ratings: int
    n_bytes: int
    """Size of the listed files."""
    serves: bool


def list_versions(bundles_dir: Path) -> list[BundleVersion]:
    """Every version that has a readable manifest, newest first."""
    try:
        current = current_bundle_dir(bundles_dir).name
    except BundleNotFound:
        current = ""
    found = []
    for path in sorted(bundles_dir.glob("*/manifest.json"), reverse=True):
        folder = path.parent
        if is_version(folder.name):  # not what a killed run left, which is hidden
            try:
                found.append(_version(folder, serves=folder.name == current))
            except BundleInvalid:
                continue
    return found


def _version(folder: Path, *, serves: bool) -> BundleVersion:
    manifest = read_manifest(folder)
    dataset = manifest.get("dataset", {})
    return BundleVersion(
        version=folder.name,
        created_at=str(manifest.get("created_at", "")),
        recipe=str(manifest.get("recipe", "")),
        dataset=str(dataset.get("name", "")),
        n_ratings=int(dataset.get("n_ratings", 0)),
        n_bytes=sum(file.bytes for file in listed_files(folder).values()),
        serves=serves,
    )


def bundle_dir(bundles_dir: Path, version: str | None) -> Path:
    """Directory of a version, or of the one that serves when None; raises `BundleNotFound`."""
    if version is None:
        return current_bundle_dir(bundles_dir)
    path = bundles_dir / version
    if not is_version(version) or not (path / "manifest.json").is_file():
        there = ", ".join(known.version for known in list_versions(bundles_dir)) or "none"
        raise BundleNotFound(f"there is no bundle '{version}' in {bundles_dir}; there are: {there}")
    return path


def listed_files(path: Path) -> dict[str, BundleFile]:
    """The files that a bundle's manifest lists, by relative path.

    Raises:
        BundleInvalid: The manifest is damaged or lists a path outside of the bundle.
    """
    try:
        files = _FILES.validate_python(read_manifest(path).get("files"))
    except ValidationError as error:
        raise BundleInvalid(
            f"{path / 'manifest.json'} does not list its files with digest and size; "
            "run 'whylens train' again"
        ) from error
    for name in files:
        if not all(part and part != ".." for part in name.split("/")):
            raise BundleInvalid(f"{path / 'manifest.json'} lists {name!r}, which is no path in it")
    return files


def check_bundle(path: Path) -> list[str]:
    """Compare every file of a bundle with its manifest, and load it.

    Returns:
        What is wrong, a sentence for each file; empty when nothing is.
    """
    try:
        files = listed_files(path)
    except BundleInvalid as error:
        return [str(error)]
    wrong = [problem for name in sorted(files) if (problem := _fault(path, name, files[name]))]
    if not path.name.endswith(f"-{content_id(files)}"):
        wrong.append("manifest.json was changed: its list of files is not that of this version")
    wrong += [f"{name} is not in the manifest" for name in _strangers(path, files)]
    if not wrong:
        try:
            tuple(read_bundle(path).movies)  # makes every movie, as serving does one by one
        except BundleError as error:
            wrong.append(str(error))
    return wrong


def _fault(path: Path, name: str, listed: BundleFile) -> str | None:
    try:
        size = (path / name).stat().st_size
        if size != listed.bytes:
            return f"{name} has {size:,} bytes instead of {listed.bytes:,}"
        same = file_sha256(path / name) == listed.sha256
    except FileNotFoundError:
        return f"{name} is missing"
    except OSError as error:
        return f"{name} cannot be read: {error.strerror}"
    return None if same else f"{name} has another SHA-256 than when it was written"


def _strangers(path: Path, files: dict[str, BundleFile]) -> list[str]:
    names = (p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file())
    return sorted(name for name in names if name not in files and not name.startswith(_UNLISTED))


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
