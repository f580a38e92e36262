"""Entry point on Lambda for the whole API. Importing it wires it: Lambda's init phase is import.

`api.functions` has the same routes in parts that start sooner.
"""

from api.app import create_app
from api.build import build_services
from api.functions.handler import as_handler
from api.settings import ApiSettings, SharedRetrievalSettings

__all__ = ["handler"]

handler = as_handler(create_app(build_services(SharedRetrievalSettings()), ApiSettings()))
