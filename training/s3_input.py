"""Datasets in S3: the one place of training that uses boto3.

The small files are staged on this machine. The ratings stay where they are until Spark has
started: a Spark with Hadoop's ``s3a`` reads them in place, otherwise they are staged as well.
Credentials, region and endpoint are boto3's own (``AWS_...``, ``~/.aws``, instance roles).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from training.errors import BundleWriteError, DatasetError
from training.layouts import Layout, check_start

__all__ = ["S3Folder", "fetch_object"]

_START_BYTES: Final = 1 << 16


class _Address(NamedTuple):
    bucket: str
    key: str


def fetch_object(address: str, target: Path) -> None:
    """Copy one object to a file.

    Args:
        address: ``s3://bucket/key`` or ``s3a://bucket/key``.
        target: File to write, in a directory that is created.

    Raises:
        DatasetError: The object cannot be read; boto3 is missing.
        BundleWriteError: The file cannot be written.
    """
    bucket, key = _parse(address)
    client = _client()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _s3_errors(address):
            client.download_file(bucket, key, str(target))
    except OSError as error:
        raise BundleWriteError(f"cannot write {target}: {error.strerror or error}") from error


class S3Folder:
    """The objects directly under a prefix."""

    def __init__(self, address: str) -> None:
        """List the objects; raises `DatasetError` when that fails."""
        self._bucket, prefix = _parse(address)
        self._prefix = f"{prefix.rstrip('/')}/" if prefix.strip("/") else ""
        self._client = _client()
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix, Delimiter="/"
        )
        with _s3_errors(address):
            keys = [item["Key"] for page in pages for item in page.get("Contents", ())]
        self.names: list[str] = [name for key in keys if (name := key[len(self._prefix) :])]
        """Names without the prefix."""

    def spark_address(self, name: str) -> str:
        """Address of an object as Spark takes it."""
        return f"s3a://{self._bucket}/{self._prefix}{name}"

    def stage_all_but_ratings(self, layout: Layout, folder: Path) -> None:
        """Copy the small files to a folder, and see that the ratings start as they should.

        Raises:
            DatasetError: An object cannot be read, or the ratings are not what they should be.
        """
        for table, name in layout.files.items():
            if table != "ratings" and name in self.names:
                fetch_object(self.spark_address(name), folder / name)
        name = layout.files["ratings"]
        address = self.spark_address(name)
        with _s3_errors(address):
            start = self._start(f"{self._prefix}{name}")
        check_start(address, start, layout, "ratings")

    def _start(self, key: str) -> bytes:
        head = self._client.head_object(Bucket=self._bucket, Key=key)
        if head["ContentLength"] == 0:  # a range of nothing is an error in S3
            return b""
        answer = self._client.get_object(
            Bucket=self._bucket, Key=key, Range=f"bytes=0-{_START_BYTES - 1}"
        )
        body: bytes = answer["Body"].read()
        return body


def _parse(address: str) -> _Address:
    bucket, _, key = address.partition("://")[2].partition("/")
    if not bucket:
        raise DatasetError(f"{address} names no bucket: give s3://bucket/prefix")
    return _Address(bucket, key)


def _client() -> Any:
    try:
        import boto3
    except ModuleNotFoundError as error:
        raise DatasetError("reading from S3 needs boto3: pip install 'whylens[aws]'") from error
    from botocore.exceptions import BotoCoreError

    try:
        return boto3.client("s3")
    except BotoCoreError as error:
        raise DatasetError(f"S3 cannot be used: {error}") from error


@contextmanager
def _s3_errors(address: str) -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise DatasetError(f"{address} cannot be read: {error}") from error
