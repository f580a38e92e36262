"""Entry point on Lambda. Importing it wires everything: Lambda's init phase is import.

Wiring is synchronous on purpose: one ``asyncio.run`` here would leave Mangum without an event
loop. ``lifespan="off"`` because Mangum would run startup and shutdown on every invocation.
"""

from mangum import Mangum
from mangum.adapter import DEFAULT_TEXT_MIME_TYPES

from api.app import create_app
from api.build import build_services
from api.settings import ApiSettings, SharedRetrievalSettings

__all__ = ["handler"]

# Whatever is not listed, Mangum sends in base64.
TEXT_MIME_TYPES = [
    *DEFAULT_TEXT_MIME_TYPES,
    "application/problem+json",
    "application/manifest+json",
    "image/svg+xml",
]

handler = Mangum(
    create_app(build_services(SharedRetrievalSettings()), ApiSettings()),
    lifespan="off",
    text_mime_types=TEXT_MIME_TYPES,
)
