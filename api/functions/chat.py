"""The conversation."""

from api.functions.cold_start import quick_start

__all__ = ["handler"]

with quick_start():
    from api.functions.handler import build_handler, shared_services
    from api.routers import chat

    services = shared_services()
    # As in `api.functions.explain`.
    services.chat()
    handler = build_handler(services, chat.router)
