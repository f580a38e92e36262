"""What is the same for everybody: movies, themes, the page, health, the API's description."""

from functools import cache
from typing import Any

from api.functions.cold_start import quick_start

__all__ = ["handler"]

with quick_start():
    from api.assembly import OPENAPI_URL, assemble
    from api.functions.handler import as_handler, shared_services
    from api.routers import catalog, health
    from api.settings import ApiSettings
    from api.web import build_web_router

    services, settings = shared_services(), ApiSettings()
    app = assemble(services, settings, [catalog.router, health.router], openapi_url=OPENAPI_URL)
    app.include_router(build_web_router(settings.web_dir))
    handler = as_handler(app)


@cache
def _whole_api() -> dict[str, Any]:
    # The other functions' routes are imported by who asks for their description.
    from api.app import create_app

    return create_app(services, settings).openapi()


app.openapi = _whole_api  # type: ignore[method-assign]  # FastAPI's documented way to extend it
