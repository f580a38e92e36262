"""A viewer's history: read, add, change, forget."""

from api.functions.cold_start import quick_start

__all__ = ["handler"]

with quick_start():
    from api.functions.handler import build_handler, shared_services
    from api.routers import interactions

    handler = build_handler(shared_services(), interactions.router)
