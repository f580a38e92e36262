"""Puts an application together from routes: errors, and what every request passes through."""

from collections.abc import Iterable

from fastapi import APIRouter, FastAPI
from starlette.middleware import Middleware

from api.middleware import BodyLimit, HostGuard, RequestFrame
from api.problems import add_problem_handlers
from api.services import Services
from api.settings import ApiSettings

__all__ = ["OPENAPI_URL", "assemble"]

OPENAPI_URL = "/api/openapi.json"
API_VERSION = "1.0"
DESCRIPTION = """
Film recommendations with the exact reasons for them.

Viewers are `demo`, `ml:<userId>` (a viewer of the dataset, read only) and whoever `/api/onboarding`
created. Every score splits into
contributions that add up to it; every claim names its evidence. Every error is an
[RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) problem.
"""


def assemble(
    services: Services,
    settings: ApiSettings,
    routers: Iterable[APIRouter],
    *,
    openapi_url: str | None = None,
) -> FastAPI:
    """An application that serves some routers.

    There is no lifespan: Mangum would run it on every call, so whatever can be read once is read
    before this function is called.

    Args:
        services: The rooms below; closed by whoever built them.
        settings: How requests are answered.
        routers: What is mounted below ``/api``.
        openapi_url: Where it describes itself; nowhere by default.
    """
    app = FastAPI(
        title="Whylens",
        version=API_VERSION,
        description=DESCRIPTION,
        openapi_url=openapi_url,
        # Their pages load scripts from elsewhere, which the content policy forbids.
        docs_url=None,
        redoc_url=None,
        middleware=[
            Middleware(RequestFrame),
            Middleware(HostGuard, hosts=settings.accepted_hosts),
            Middleware(BodyLimit, max_body_bytes=settings.max_body_bytes),
        ],
    )
    app.state.services = services
    app.state.settings = settings
    add_problem_handlers(app)
    for router in routers:
        app.include_router(router, prefix="/api")
    return app
