"""Settings of the retrieval room, read from the environment (``WHYLENS_...``) in entry points."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from retrieval.environment import EnvironmentSettings

__all__ = ["RetrievalSettings"]


class RetrievalSettings(EnvironmentSettings):
    """Where data lives and how candidates are found."""

    home: Path = Path(".whylens")
    """Data, bundles and state live here."""
    bundle: str = ""
    """``s3://bucket/prefix`` or the directory of one bundle; the home's own when empty."""
    index: Literal["auto", "exact", "chroma"] = "auto"
    """``exact`` scans every vector; ``chroma`` asks Chroma for candidates and scores these exactly;
    ``auto`` takes the first up to `exact_up_to` movies and the second above."""
    exact_up_to: int = Field(default=150_000, ge=0)
    """Movies up to which ``auto`` scans. Lists of ten on two cores, 50 factors, scan against Chroma
    with exact scores: 2.6 and 3.3 ms at 100,000 movies, 4 and 4 at 150,000, 17 and 8 at 300,000."""
    chroma_oversampling: int = Field(default=10, ge=1)
    """How many candidates Chroma is asked for, as a multiple of the list length."""
    demo_writable: bool = True
    """Whether the demo viewer's history can change; not where strangers share it."""
    state_table: str = ""
    """DynamoDB table of viewers' state; a SQLite file in the home when empty. Credentials, region
    and endpoint are boto3's own (``AWS_...``)."""
    sqlite_timeout_s: float = Field(default=5.0, gt=0)
    """How long a write waits for another writer."""
    write_attempts: int = Field(default=20, ge=1)
    """Optimistic writes to one viewer before a conflict is reported."""

    @property
    def bundles_dir(self) -> Path:
        """Directory of trained bundles."""
        return self.home / "bundles"

    @property
    def cache_dir(self) -> Path:
        """Directory of bundles that were downloaded."""
        return self.home / "cache" / "bundles"

    @property
    def state_path(self) -> Path:
        """SQLite file of viewers' state."""
        return self.home / "state.sqlite3"
