"""Why, why not, what if: explanations and counterfactuals."""

from api.functions.cold_start import quick_start

__all__ = ["handler"]

with quick_start():
    from api.functions.handler import build_handler, shared_services
    from api.routers import counterfactuals, explanations

    services = shared_services()
    # Imports the agents' framework and learns every title: better now than in the first request.
    services.explainer()
    handler = build_handler(services, counterfactuals.router, explanations.router)
