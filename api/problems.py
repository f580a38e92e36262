"""Errors on the wire: every one is an RFC 9457 problem with a request id.

The table below is the whole list; ``GET /problems`` shows it to people.
"""

import html
import logging
from http import HTTPStatus
from typing import Any, Final, NamedTuple

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Scope

from retrieval.domain.errors import (
    BadInput,
    BundleError,
    InvalidInteraction,
    ReadOnlyViewer,
    StateConflict,
    StateError,
    UnknownEvent,
    UnknownMovie,
    UnknownThread,
    UnknownViewer,
    WhylensError,
)

__all__ = [
    "MEDIA_TYPE",
    "FieldError",
    "Problem",
    "UnknownExplanation",
    "add_problem_handlers",
    "is_api_path",
    "problem_of_error",
    "problem_page",
    "problem_response",
    "problem_responses",
]

logger = logging.getLogger(__name__)

MEDIA_TYPE: Final = "application/problem+json"


class UnknownExplanation(BadInput):
    """No explanation has this id."""


class FieldError(BaseModel):
    """One field that was refused, and why."""

    field: str = Field(examples=["body.rating"])
    message: str = Field(examples=["a rating is 0.5 to 5 stars, in halves"])


class Problem(BaseModel):
    """An error, after RFC 9457."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "/problems#unknown-movie",
                "title": "No such movie",
                "status": 404,
                "detail": "no movie has the id 0 in this catalogue of 9742 movies",
                "instance": "/api/movies/0",
                "request_id": "5f0c6f2e9d0b4f0f8a1c0c6d0a8e3b11",
            }
        }
    )

    type: str
    """What kind of problem; a reference to its description."""
    title: str
    status: int
    detail: str
    """What happened this time, and what to change."""
    instance: str
    """Path of the request."""
    request_id: str
    errors: list[FieldError] | None = None
    """Fields that were refused, for ``invalid-request``."""


class ProblemKind(NamedTuple):
    """A row of the table."""

    status: int
    slug: str
    title: str


BY_ERROR: Final[dict[type[WhylensError], ProblemKind]] = {
    UnknownViewer: ProblemKind(404, "unknown-viewer", "No such viewer"),
    UnknownMovie: ProblemKind(404, "unknown-movie", "No such movie"),
    UnknownEvent: ProblemKind(404, "unknown-event", "No such interaction"),
    UnknownThread: ProblemKind(404, "unknown-thread", "No such conversation"),
    UnknownExplanation: ProblemKind(404, "unknown-explanation", "No such explanation"),
    InvalidInteraction: ProblemKind(422, "invalid-interaction", "Not a valid interaction"),
    ReadOnlyViewer: ProblemKind(403, "read-only-viewer", "This history cannot be changed"),
    BadInput: ProblemKind(400, "bad-input", "The request cannot be met"),
    StateConflict: ProblemKind(409, "conflict", "Changed by someone else at the same time"),
    StateError: ProblemKind(503, "state-unavailable", "Histories cannot be read or written now"),
    BundleError: ProblemKind(503, "bundle-unavailable", "No usable bundle"),
    WhylensError: ProblemKind(500, "internal", "Something went wrong here"),
}
BY_STATUS: Final[dict[int, ProblemKind]] = {
    400: ProblemKind(400, "bad-request", "Not a request that can be read"),
    404: ProblemKind(404, "not-found", "Nothing at this address"),
    405: ProblemKind(405, "method-not-allowed", "Not that method"),
    413: ProblemKind(413, "body-too-large", "Body too large"),
    415: ProblemKind(415, "not-json", "The body has to be JSON"),
    421: ProblemKind(421, "unknown-host", "Not a name of this server"),
    422: ProblemKind(422, "invalid-request", "Some fields are not valid"),
    500: ProblemKind(500, "internal", "Something went wrong here"),
}


def problem_of(
    scope: Scope, kind: ProblemKind, detail: str, *, errors: list[FieldError] | None = None
) -> Problem:
    """The problem of one request."""
    return Problem(
        type=f"/problems#{kind.slug}",
        title=kind.title,
        status=kind.status,
        detail=detail,
        instance=scope["path"],
        request_id=scope.get("state", {}).get("request_id", ""),
        errors=errors,
    )


def problem_response(
    scope: Scope,
    kind: ProblemKind,
    detail: str,
    *,
    errors: list[FieldError] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """The response that tells a problem."""
    problem = problem_of(scope, kind, detail, errors=errors)
    return JSONResponse(
        problem.model_dump(exclude_none=True), kind.status, headers=headers, media_type=MEDIA_TYPE
    )


def problem_of_error(scope: Scope, error: Exception) -> Problem:
    """The problem that an exception makes, logged when the fault is ours."""
    if isinstance(error, WhylensError):
        kind = _kind_of(error)
        if kind.status >= 500:
            logger.error("%s: %s", kind.slug, error, exc_info=error)
        return problem_of(scope, kind, str(error))
    request_id = scope.get("state", {}).get("request_id", "")
    logger.error("request %s failed: %s", request_id, scope["path"], exc_info=error)
    detail = f"the error is in the log under request {request_id}"
    return problem_of(scope, BY_STATUS[500], detail)


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says about the errors of a route; `api.app` adds the schema."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        for status in statuses
    }


def add_problem_handlers(app: FastAPI) -> None:
    """Turn every error that a route can raise into a problem."""
    app.add_exception_handler(WhylensError, _whylens_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)


def _kind_of(error: WhylensError) -> ProblemKind:
    return next(BY_ERROR[cls] for cls in type(error).__mro__ if cls in BY_ERROR)


def _whylens_error(request: Request, error: Exception) -> Response:
    problem = problem_of_error(request.scope, error)
    headers = {"Retry-After": "1"} if problem.status in (409, 503) else None
    return JSONResponse(
        problem.model_dump(exclude_none=True), problem.status, headers, media_type=MEDIA_TYPE
    )


def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if any(item["loc"] == ("body",) for item in found) and content_type != "application/json":
        detail = "send the body as application/json"
        return problem_response(request.scope, BY_STATUS[415], detail)
    if any(item["type"] == "json_invalid" for item in found):
        return problem_response(request.scope, BY_STATUS[400], "the body is not valid JSON")
    fields = [
        FieldError(
            field=".".join(str(part) for part in item["loc"]),
            message=item["msg"].removeprefix("Value error, "),
        )
        for item in found
    ]
    detail = "; ".join(f"{item.field}: {item.message}" for item in fields)
    return problem_response(request.scope, BY_STATUS[422], detail, errors=fields)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kind = BY_STATUS.get(error.status_code) or ProblemKind(
        error.status_code, "http-error", HTTPStatus(error.status_code).phrase
    )
    details = {
        404: f"there is nothing at {request.url.path}",
        405: f"{request.method} is not possible here",
        400: "the body could not be read as JSON",
    }
    detail = details.get(error.status_code, str(error.detail))
    headers = dict(error.headers or {})
    if not is_api_path(request.url.path):
        return _error_page(kind, detail, headers)
    return problem_response(request.scope, kind, detail, headers=headers)


def is_api_path(path: str) -> bool:
    """Whether programs call this path, rather than people."""
    return path == "/api" or path.startswith("/api/")


def _error_page(kind: ProblemKind, detail: str, headers: dict[str, str]) -> HTMLResponse:
    body = f'<p>{html.escape(detail)}.</p><p><a href="/">To the programme</a></p>'
    return HTMLResponse(_page(kind.title, body), kind.status, headers=headers)


def problem_page() -> HTMLResponse:
    """All kinds of problems, for people."""
    kinds = {kind.slug: kind for kind in [*BY_ERROR.values(), *BY_STATUS.values()]}
    rows = "".join(
        f'<dt id="{kind.slug}">{kind.slug} ({kind.status})</dt><dd>{kind.title}.</dd>'
        for kind in kinds.values()
    )
    return HTMLResponse(_page("Problems", f"<dl>{rows}</dl>"))


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)} · Whylens</title>"
        '<link rel="stylesheet" href="/css/page.css"></head>'
        f'<body class="plain"><main><h1>{html.escape(title)}</h1>{body}</main></body></html>'
    )
