"""Serves the web page: files of one directory, and the bundle's ``data.js``."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.etag import is_known, not_modified
from api.problems import problem_page
from api.services import ServicesDep

__all__ = ["build_web_router"]

MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}
CACHE_CONTROL: Final = "no-cache"
"""Ask again each time; the entity tag makes that cheap, and a new release shows at once."""


def build_web_router(web_dir: Path) -> APIRouter:
    """Routes for the page.

    Args:
        web_dir: Its files. Each one present now becomes a route of its own: a path can lead
            nowhere else, and a wrong method on the API stays a wrong method.
    """
    router = APIRouter(include_in_schema=False)
    router.add_api_route("/problems", problem_page, methods=["GET", "HEAD"])
    router.add_api_route("/js/data.js", _bundle_data, methods=["GET", "HEAD"])
    for file in sorted(web_dir.rglob("*")):
        if file.is_file() and file.suffix in MEDIA_TYPES:
            path = f"/{file.relative_to(web_dir).as_posix()}"
            router.add_api_route(path, _serve(file), methods=["GET", "HEAD"])
            if path == "/index.html":
                router.add_api_route("/", _serve(file), methods=["GET", "HEAD"])
    return router


def _serve(file: Path) -> Callable[[Request], Response]:
    def page(request: Request) -> Response:
        return _file_response(request, file)

    return page


def _bundle_data(request: Request, services: ServicesDep) -> Response:
    return _file_response(request, services.retrieval.bundle.path / "data.js")


def _file_response(request: Request, file: Path) -> Response:
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        raise HTTPException(404) from None
    etag = f'"{hashlib.sha256(content).hexdigest()[:24]}"'
    if is_known(request, etag):
        return not_modified(etag, cache_control=CACHE_CONTROL)
    headers = {"ETag": etag, "Cache-Control": CACHE_CONTROL}
    return Response(content, media_type=MEDIA_TYPES[file.suffix], headers=headers)
