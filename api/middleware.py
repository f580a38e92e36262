"""What every request passes through, as plain ASGI so that streams stay streams.

From the outside in: `RequestFrame` (request id, security headers, last line of defence),
`HostGuard`, `BodyLimit`.
"""

import re
import uuid
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import BY_STATUS, MEDIA_TYPE, problem_of_error, problem_response

__all__ = ["BodyLimit", "HostGuard", "RequestFrame"]

CSP: Final = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ]
)
SECURITY_HEADERS: Final = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
USABLE_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestFrame:
    """Gives each request an id, each response the security headers, and each crash a problem."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(Headers(scope=scope))
        scope.setdefault("state", {})["request_id"] = request_id
        started = False

        async def send_framed(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                for name, value in SECURITY_HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            await self.app(scope, receive, send_framed)
        except Exception as error:  # the border: whatever it is, the caller sees no internals
            problem = problem_of_error(scope, error)
            if started:
                raise  # half a response went out; the server has to break it off
            content = problem.model_dump(exclude_none=True)
            response = JSONResponse(content, problem.status, media_type=MEDIA_TYPE)
            await response(scope, receive, send_framed)


def _request_id(headers: Headers) -> str:
    given = headers.get("x-request-id", "")
    return given if USABLE_REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


class HostGuard:
    """Refuses requests that call the server by a name that is not its own."""

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str]) -> None:
        self.app = app
        self.hosts = hosts
        """Accepted names without port; empty means any."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and self.hosts:
            host = _host_name(Headers(scope=scope).get("host", ""))
            if host not in self.hosts:
                detail = f"this server does not answer to the name '{host}'"
                await problem_response(scope, BY_STATUS[421], detail)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _host_name(host: str) -> str:
    """Name in a Host header: without port, and without the brackets of IPv6."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


class BodyLimit:
    """Refuses bodies above a size, announced or not, before they fill the memory."""

    def __init__(self, app: ASGIApp, *, max_body_bytes: int) -> None:
        self.app = app
        self.max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        detail = f"a body may have {self.max_body_bytes} bytes"
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced) > self.max_body_bytes:
            await problem_response(scope, BY_STATUS[413], detail)(scope, receive, send)
            return
        received = 0

        async def receive_limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.max_body_bytes:
                # FastAPI lets this one through; anything else it would call unreadable JSON.
                raise HTTPException(413, detail)
            return message

        await self.app(scope, receive_limited, send)
