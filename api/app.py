"""Puts the application together: routes, errors, and what every request passes through."""

from typing import Any

from fastapi import FastAPI
from starlette.middleware import Middleware

from api.middleware import BodyLimit, HostGuard, RequestFrame
from api.problems import Problem, add_problem_handlers
from api.routers import (
    catalog,
    chat,
    counterfactuals,
    explanations,
    health,
    interactions,
    onboarding,
    recommendations,
    taste_profile,
)
from api.services import Services
from api.settings import ApiSettings
from api.web import build_web_router

__all__ = ["create_app"]

API_VERSION = "1.0"
DESCRIPTION = """
Film recommendations with the exact reasons for them.

Viewers are `demo`, `ml:<userId>` (a viewer of the dataset, read only) and whoever `/api/onboarding`
created. Every score splits into
contributions that add up to it; every claim names its evidence. Every error is an
[RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) problem.
"""
ROUTERS = (
    recommendations.router,
    explanations.router,
    chat.router,
    counterfactuals.router,
    onboarding.router,
    interactions.router,
    taste_profile.router,
    catalog.router,
    health.router,
)


def create_app(services: Services, settings: ApiSettings) -> FastAPI:
    """The application.

    There is no lifespan: Mangum would run it on every call, so whatever can be read once is read
    before this function is called.

    Args:
        services: The rooms below; closed by whoever built them.
        settings: How requests are answered.
    """
    app = FastAPI(
        title="Whylens",
        version=API_VERSION,
        description=DESCRIPTION,
        openapi_url="/api/openapi.json",
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
    for router in ROUTERS:
        app.include_router(router, prefix="/api")
    app.include_router(build_web_router(settings.web_dir))
    _add_problem_schema(app)
    return app


def _add_problem_schema(app: FastAPI) -> None:
    """Let OpenAPI know the schema that the routes' error responses refer to."""
    make_openapi = app.openapi

    def openapi() -> dict[str, Any]:
        document = make_openapi()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        if "Problem" not in schemas:
            schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(schema.pop("$defs", {}))
            schemas["Problem"] = schema
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend it
