from pathlib import Path

import pytest

from retrieval.build import Retrieval, build_retrieval, index_bundle
from retrieval.settings import RetrievalSettings
from tests.support.tiny_bundle import write_tiny_bundle


@pytest.fixture(scope="session")
def tiny_home_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the tiny bundle, Chroma included; copy it, never write to it."""
    home = tmp_path_factory.mktemp("tiny-home")
    index_bundle(write_tiny_bundle(home))
    return home


@pytest.fixture
def tiny_home(tmp_path: Path) -> Path:
    """A home of one's own with the tiny bundle, without a Chroma collection."""
    write_tiny_bundle(tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def retrieval(tiny_home: Path) -> Retrieval:
    """The retrieval room over the tiny bundle and a fresh state."""
    return build_retrieval(RetrievalSettings(home=tiny_home))
