from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.build import services_over
from api.settings import ApiSettings
from retrieval.build import Retrieval

MakeClient = Callable[..., TestClient]


@pytest.fixture
def make_client(retrieval: Retrieval) -> Iterator[MakeClient]:
    """Builds a client of the real application over the tiny bundle."""
    clients = []

    def make(**settings: object) -> TestClient:
        app = create_app(
            services_over(retrieval), ApiSettings(**{"demo_writable": True} | settings)
        )
        client = TestClient(app, raise_server_exceptions=False)
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(make_client: MakeClient) -> TestClient:
    return make_client()
