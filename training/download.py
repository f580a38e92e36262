"""Downloading one file, whole or not at all."""

import http.client
import time
import urllib.error
import urllib.request
from pathlib import Path

from training.errors import BundleWriteError, DownloadError

__all__ = ["download_file"]

_TIMEOUT_S = 10.0
"""For connecting and for each read."""
_DEADLINE_S = 300.0
_CHUNK_BYTES = 1 << 16
_MAX_BYTES = 2 << 30


def download_file(url: str, target: Path) -> None:
    """Fetch ``url`` into ``target``, a path in a directory the caller throws away on failure.

    Raises:
        DownloadError: The host cannot be reached, answers with an error, is too slow, or closes
            the connection early.
        BundleWriteError: ``target`` cannot be written.
    """
    if not url.startswith(("https://", "http://")):
        raise DownloadError(f"{url} is not a web address")
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as response:
            _copy(response, target, url)
    except urllib.error.HTTPError as error:
        error.close()
        raise DownloadError(f"{url} answered {error.code} {error.reason}") from error
    except urllib.error.URLError as error:
        raise DownloadError(f"{url} cannot be reached ({error.reason})") from error
    except (TimeoutError, ConnectionError, http.client.HTTPException) as error:
        raise DownloadError(f"the download of {url} broke off ({error!r})") from error


def _copy(response: http.client.HTTPResponse, target: Path, url: str) -> None:
    deadline = time.monotonic() + _DEADLINE_S
    expected = response.headers.get("Content-Length")
    received = 0
    try:
        sink = target.open("wb")
    except OSError as error:
        raise BundleWriteError(f"cannot write {target}: {error.strerror}") from error
    with sink:
        while chunk := response.read(_CHUNK_BYTES):
            received += len(chunk)
            if time.monotonic() > deadline or received > _MAX_BYTES:
                raise DownloadError(f"the download of {url} is too slow or too large")
            try:
                sink.write(chunk)
            except OSError as error:
                raise BundleWriteError(f"cannot write {target}: {error.strerror}") from error
    if expected is not None and received != int(expected):
        raise DownloadError(f"{url} broke off after {received} of {expected} bytes")
