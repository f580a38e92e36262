from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from training.settings import Environment, TrainingSettings
from training.spark import open_session

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[SparkSession]":
    """One JVM for all tests that need Spark."""
    work = tmp_path_factory.mktemp("spark")
    settings = TrainingSettings()
    with open_session(
        settings, master="local[2]", work_dir=work, environment=Environment()
    ) as session:
        yield session
