"""Entry point on Lambda for the whole API. Importing it wires it: Lambda's init phase is import.

`api.functions` has the same routes in parts that start sooner.
"""

from api.app import create_app
from api.functions.handler import as_handler, shared_services
from api.settings import ApiSettings

__all__ = ["handler"]

handler = as_handler(create_app(shared_services(), ApiSettings()))
