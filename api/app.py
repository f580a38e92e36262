"""The whole application: every route, the page, and the API's description."""

from typing import Any

from fastapi import FastAPI

from api.assembly import OPENAPI_URL, assemble
from api.problems import Problem
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
    """The whole application, page and description included.

    Args:
        services: The rooms below; closed by whoever built them.
        settings: How requests are answered.
    """
    app = assemble(services, settings, ROUTERS, openapi_url=OPENAPI_URL)
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
