"""Makes a Lambda handler of some routes."""

from fastapi import APIRouter, FastAPI
from mangum import Mangum
from mangum.adapter import DEFAULT_TEXT_MIME_TYPES

from api.assembly import assemble
from api.build import build_services
from api.settings import ApiSettings, SharedRetrievalSettings

__all__ = ["as_handler", "build_handler"]

# Whatever is not listed, Mangum sends in base64.
TEXT_MIME_TYPES = [
    *DEFAULT_TEXT_MIME_TYPES,
    "application/problem+json",
    "application/manifest+json",
    "image/svg+xml",
]


def build_handler(*routers: APIRouter) -> Mangum:
    """A handler that serves these routers, wired from the environment.

    Raises:
        BundleError: There is no bundle, or it cannot be used.
        StateUnavailable: The state cannot be used.
    """
    return as_handler(assemble(build_services(SharedRetrievalSettings()), ApiSettings(), routers))


def as_handler(app: FastAPI) -> Mangum:
    """An application as a handler.

    Wiring is synchronous on purpose: one ``asyncio.run`` before would leave Mangum without an
    event loop. ``lifespan="off"`` because Mangum would run startup and shutdown on every
    invocation.
    """
    return Mangum(app, lifespan="off", text_mime_types=TEXT_MIME_TYPES)
