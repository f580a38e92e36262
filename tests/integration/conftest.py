from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.build import services_over
from api.settings import ApiSettings
from retrieval.build import Retrieval, build_retrieval
from retrieval.settings import RetrievalSettings

MakeClient = Callable[..., TestClient]


@pytest.fixture
def make_client(retrieval: Retrieval, tiny_home: Path) -> Iterator[MakeClient]:
    """Builds a client of the real application over the tiny bundle."""
    clients = []

    def make(*, demo_writable: bool = True, **settings: object) -> TestClient:
        room = retrieval
        if not demo_writable:
            room = build_retrieval(RetrievalSettings(home=tiny_home, demo_writable=False))
        app = create_app(services_over(room, home=tiny_home), ApiSettings(**settings))
        client = TestClient(app, raise_server_exceptions=False)
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(make_client: MakeClient) -> TestClient:
    return make_client()
