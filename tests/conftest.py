from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.build import Retrieval, build_retrieval, index_bundle
from retrieval.settings import RetrievalSettings
from tests.support.state_backends import (
    BACKENDS,
    RACING_BACKENDS,
    aws_variables,
    create_table,
    dynalite_server,
    missing_dynalite,
    moto_server,
)
from tests.support.tiny_bundle import write_tiny_bundle


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reason = missing_dynalite()
    if reason:
        terminalreporter.section("NOT RUN: state on dynalite", red=True)
        terminalreporter.line(f"{reason}; state was tested on {' and '.join(BACKENDS)} alone")


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


@pytest.fixture(scope="session")
def moto_endpoint() -> Iterator[str]:
    with moto_server() as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def dynalite_endpoint() -> Iterator[str]:
    with dynalite_server() as endpoint:
        yield endpoint


def _state_settings(
    backend: str, tiny_home: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> RetrievalSettings:
    if backend != "sqlite":
        for name, value in aws_variables(request.getfixturevalue(f"{backend}_endpoint")).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("WHYLENS_STATE_TABLE", create_table())
    monkeypatch.setenv("WHYLENS_HOME", str(tiny_home))
    return RetrievalSettings()


@pytest.fixture(params=BACKENDS)
def state_settings(
    tiny_home: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> RetrievalSettings:
    """Settings with an empty state on each backend; child processes read the same ones."""
    return _state_settings(request.param, tiny_home, request, monkeypatch)


@pytest.fixture(params=RACING_BACKENDS)
def racing_settings(
    tiny_home: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> RetrievalSettings:
    """As `state_settings`, on the backends where writers may race."""
    return _state_settings(request.param, tiny_home, request, monkeypatch)
