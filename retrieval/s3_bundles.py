"""Bundles in S3: the one place of retrieval that uses boto3.

A prefix looks like the ``bundles`` directory of a home: a folder for each version, and an object
``CURRENT`` that names the one that serves. Files go up before the manifest and the manifest before
``CURRENT``, so that a reader never finds half a bundle. Credentials, region and endpoint are
boto3's own (``AWS_...``, ``~/.aws``, roles).
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from retrieval.bundle_versions import check_bundle, file_sha256, listed_files
from retrieval.domain.errors import BundleError, BundleInvalid, BundleNotFound
from retrieval.domain.manifest import is_version

__all__ = ["fetch_bundle", "push_bundle"]

_POINTER: Final = "CURRENT"
_MANIFEST: Final = "manifest.json"
_OFFLINE: Final = (".parquet", ".crc", "_SUCCESS", "item_vectors.json")
"""Ends of names that serving never reads: they stay in S3 for analysis."""


def push_bundle(path: Path, address: str) -> int:
    """Upload a bundle and make it the one that serves from there.

    The Chroma collection stays behind; who serves with it builds it from the vectors.

    Args:
        path: Directory of the bundle, named by its version.
        address: ``s3://bucket/prefix``.

    Returns:
        How many bytes went up.

    Raises:
        BundleInvalid: The bundle is not what its manifest says.
        BundleError: S3 refuses or cannot be reached.
    """
    wrong = check_bundle(path)
    if wrong:
        raise BundleInvalid(f"{path} is damaged and stays here: {wrong[0]}")
    remote = _Remote(address)
    files = listed_files(path)
    for name in (*files, _MANIFEST):
        remote.upload(path / name, f"{path.name}/{name}")
    remote.write(_POINTER, f"{path.name}\n")
    return sum(file.bytes for file in files.values())


def fetch_bundle(address: str, cache_dir: Path) -> Path:
    """Directory of the bundle that serves from S3, downloaded unless this version is here.

    Every file is checked against the manifest before the directory appears in the cache, in one
    step; an interrupted download leaves nothing that would be taken for a bundle.

    Args:
        address: ``s3://bucket/prefix``.
        cache_dir: Where versions are kept between starts; created when missing.

    Raises:
        BundleNotFound: No bundle was pushed there.
        BundleInvalid: What is there is damaged.
        BundleError: S3 cannot be reached, or the cache cannot be written.
    """
    remote = _Remote(address)
    version = remote.read(_POINTER).strip()
    if not is_version(version):
        raise BundleInvalid(f"{address}/{_POINTER} names no version: {version[:40]!r}")
    target = cache_dir / version
    if target.is_dir():
        return target
    try:
        cache_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=cache_dir) as temporary:
            partial = Path(temporary) / version
            _download(remote, partial)
            _move(partial, target)
    except OSError as error:
        raise BundleError(f"cannot keep the bundle in {cache_dir}: {error.strerror}") from error
    return target


def _download(remote: "_Remote", partial: Path) -> None:
    version = partial.name
    remote.download(f"{version}/{_MANIFEST}", partial / _MANIFEST)
    for name, listed in listed_files(partial).items():
        if name.endswith(_OFFLINE):
            continue
        remote.download(f"{version}/{name}", partial / name)
        if file_sha256(partial / name) != listed.sha256:
            raise BundleInvalid(
                f"{remote.address}/{version}/{name} has another SHA-256 than its manifest says; "
                "push the bundle again"
            )


def _move(partial: Path, target: Path) -> None:
    try:
        partial.rename(target)
    except OSError:
        if not target.is_dir():  # else another process fetched the same version meanwhile
            raise
        shutil.rmtree(partial)


class _Remote:
    """Objects under one prefix."""

    def __init__(self, address: str) -> None:
        bucket, _, prefix = address.removeprefix("s3://").partition("/")
        if not address.startswith("s3://") or not bucket:
            raise BundleNotFound(f"{address!r} is no place in S3: give s3://bucket/prefix")
        self.address = address.rstrip("/")
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._client = _client()

    def upload(self, path: Path, name: str) -> None:
        with self._errors(name):
            self._client.upload_file(str(path), self._bucket, self._prefix + name)

    def write(self, name: str, text: str) -> None:
        with self._errors(name):
            self._client.put_object(
                Bucket=self._bucket, Key=self._prefix + name, Body=text.encode()
            )

    def read(self, name: str) -> str:
        with self._errors(name):
            answer = self._client.get_object(Bucket=self._bucket, Key=self._prefix + name)
            text: str = answer["Body"].read().decode("utf-8", errors="replace")
            return text

    def download(self, name: str, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        with self._errors(name):
            self._client.download_file(self._bucket, self._prefix + name, str(target))

    @contextmanager
    def _errors(self, name: str) -> Iterator[None]:
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError

        where = f"{self.address}/{name}"
        try:
            yield
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code")
            if code in ("NoSuchKey", "NoSuchBucket", "404"):
                raise BundleNotFound(
                    f"{where} is not there; 'whylens data push {self.address}' puts a bundle there"
                ) from error
            raise BundleError(f"S3 refused {where}: {error}") from error
        except (Boto3Error, BotoCoreError) as error:
            raise BundleError(f"{where} cannot be reached: {error}") from error


def _client() -> Any:
    try:
        import boto3
    except ModuleNotFoundError as error:
        raise BundleError("bundles in S3 need boto3: pip install 'whylens[aws]'") from error
    from botocore.exceptions import BotoCoreError

    try:
        return boto3.client("s3")
    except BotoCoreError as error:
        raise BundleError(f"S3 cannot be used: {error}") from error
