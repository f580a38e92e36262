"""Settings of the agents room, read from the environment in entry points and passed down."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field, SecretStr, field_validator, model_validator

from retrieval.environment import EnvironmentSettings

__all__ = ["DEFAULT_GROQ_MODEL", "AgentSettings", "ProviderName"]

ProviderName = Literal["offline", "groq"]
DEFAULT_GROQ_MODEL = "openai/gpt-oss-120b"


class AgentSettings(EnvironmentSettings):
    """Who writes the sentences, and how long they may take.

    Variables are ``WHYLENS_<FIELD>``; key, model and base URL also answer to the names that other
    Groq programs use: ``GROQ_API_KEY``, ``GROQ_MODEL`` and ``GROQ_BASE_URL``.

    Raises:
        ValidationError: Provider ``groq`` without a key, or a value out of its range.
    """

    variables: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "groq_api_key": ("WHYLENS_GROQ_API_KEY", "GROQ_API_KEY"),
        "groq_model": ("WHYLENS_GROQ_MODEL", "GROQ_MODEL"),
        "groq_base_url": ("WHYLENS_GROQ_BASE_URL", "GROQ_BASE_URL"),
    }

    provider: Literal["auto", "offline", "groq"] = "auto"
    """``auto`` is ``groq`` when there is a key, else ``offline``."""
    groq_api_key: SecretStr | None = None
    """Never printed or logged."""
    groq_model: str = Field(default=DEFAULT_GROQ_MODEL, min_length=1)
    groq_base_url: str = "https://api.groq.com"
    """Host of any Groq-compatible server; the path ``/openai/v1`` is added by the client."""
    request_timeout_s: float = Field(default=20.0, gt=0)
    """Of one request to the provider."""
    connect_timeout_s: float = Field(default=5.0, gt=0)
    deadline_s: float = Field(default=45.0, gt=0)
    """Of a whole explanation; what is missing then is written offline, and marked."""
    node_timeout_s: float = Field(default=30.0, gt=0)
    """Of one node of the graph, attempts and pauses included."""
    max_attempts: int = Field(default=2, ge=1, le=5)
    """Requests for one answer, when the failure is one that can heal."""
    requests_per_minute: int = Field(default=30, ge=1)
    """Requests that this process sends to a model in a minute; 30 is Groq's free plan."""
    tokens_per_minute: int | None = Field(default=None, ge=1)
    """Assumed until an answer's headers tell the provider's own limit."""
    max_output_tokens: int = Field(default=4000, ge=256)
    """Of one request, reasoning included. Groq counts all of it against the tokens a minute before
    the first is written, so a larger value leaves less room."""
    temperature: float = Field(default=0.2, ge=0.0, le=2.0)
    reasoning_effort: Literal["low", "medium", "high"] = "low"
    """Only sent to models that take it (gpt-oss)."""
    script_batch_size: int = Field(default=4, ge=1, le=10)
    """Films for one Script Analyzer request."""
    max_concurrency: int = Field(default=3, ge=1)
    """Requests of one explanation that may run at once."""

    synopses: Path | None = None
    """CSV file with the columns ``movieId,text``: what readings of films are grounded in."""
    reading_ttl_s: float = Field(default=90 * 86_400.0, gt=0)
    """How long a reading of a film or theme serves every viewer before it is asked for anew."""

    threads_table: str = ""
    """DynamoDB table of conversations; a SQLite file in the home when empty. Credentials, region
    and endpoint are boto3's own (``AWS_...``)."""

    @classmethod
    def with_synopses(cls, synopses: Path | None) -> "AgentSettings":
        """Settings of the environment; a file named on the command line goes before its own."""
        return cls() if synopses is None else cls(synopses=synopses)

    @field_validator("groq_base_url")
    @classmethod
    def _strip_client_path(cls, url: str) -> str:
        # The client adds the path itself; the form that other programs want would double it.
        return url.rstrip("/").removesuffix("/openai/v1")

    @model_validator(mode="after")
    def _check_key(self) -> "AgentSettings":
        if self.provider == "groq" and self.groq_api_key is None:
            raise ValueError(
                "provider 'groq' needs a key: set GROQ_API_KEY, or use provider 'offline'"
            )
        return self

    @property
    def active_provider(self) -> ProviderName:
        """The provider that ``auto`` resolves to."""
        if self.provider == "auto":
            return "groq" if self.groq_api_key is not None else "offline"
        return self.provider
