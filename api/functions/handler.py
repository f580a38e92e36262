"""Makes a Lambda handler of some routes."""

from fastapi import APIRouter, FastAPI
from mangum import Mangum
from mangum.adapter import DEFAULT_TEXT_MIME_TYPES

from api.assembly import assemble
from api.build import build_services
from api.services import Services
from api.settings import ApiSettings, SharedRetrievalSettings

__all__ = ["as_handler", "build_handler", "shared_services"]

# Whatever is not listed, Mangum sends in base64.
TEXT_MIME_TYPES = [
    *DEFAULT_TEXT_MIME_TYPES,
    "application/problem+json",
    "application/manifest+json",
    "image/svg+xml",
]


def shared_services() -> Services:
    """Services wired from the environment, for strangers who share the demo viewer.

    Raises:
        BundleError: There is no bundle, or it cannot be used.
        StateUnavailable: The state cannot be used.
    """
    return build_services(SharedRetrievalSettings())


def build_handler(services: Services, *routers: APIRouter) -> Mangum:
    """A handler that serves these routers."""
    return as_handler(assemble(services, ApiSettings(), routers))


def as_handler(app: FastAPI) -> Mangum:
    """An application as a handler.

    Wiring is synchronous on purpose: one ``asyncio.run`` before would leave Mangum without an
    event loop. ``lifespan="off"`` because Mangum would run startup and shutdown on every
    invocation.
    """
    return Mangum(app, lifespan="off", text_mime_types=TEXT_MIME_TYPES)
