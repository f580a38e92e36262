"""Why, why not, what if: explanations, counterfactuals and the chat."""

from api.functions.cold_start import quick_start

__all__ = ["handler"]

with quick_start():
    from api.functions.handler import build_handler
    from api.routers import chat, counterfactuals, explanations

    handler = build_handler(chat.router, counterfactuals.router, explanations.router)
