"""What a viewer's history says about their taste."""

from api.functions.cold_start import quick_start

__all__ = ["handler"]

with quick_start():
    from api.functions.handler import build_handler, shared_services
    from api.routers import taste_profile

    handler = build_handler(shared_services(), taste_profile.router)
