"""A viewer's list."""

from api.functions.cold_start import quick_start

__all__ = ["handler"]

with quick_start():
    from api.functions.handler import build_handler, shared_services
    from api.routers import recommendations

    handler = build_handler(shared_services(), recommendations.router)
