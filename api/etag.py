"""Answers 304 when the caller has it already."""

import hashlib

from fastapi import Request
from starlette.responses import Response

__all__ = ["etag_of", "is_known", "not_modified"]


def etag_of(*parts: object, weak: bool = False) -> str:
    """An entity tag that stands for these parts."""
    digest = hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()[:24]
    return f'W/"{digest}"' if weak else f'"{digest}"'


def is_known(request: Request, etag: str) -> bool:
    """Whether the caller holds this version (``If-None-Match``, compared weakly)."""
    given = request.headers.get("if-none-match", "")
    tags = {tag.strip().removeprefix("W/") for tag in given.split(",")}
    return "*" in tags or etag.removeprefix("W/") in tags


def not_modified(etag: str, *, cache_control: str) -> Response:
    """The empty answer that says so."""
    return Response(status_code=304, headers={"ETag": etag, "Cache-Control": cache_control})
