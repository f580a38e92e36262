"""Settings of the API, read from the environment (``WHYLENS_...``) in entry points."""

from pathlib import Path
from typing import Final

from pydantic import Field, field_validator

from retrieval.environment import EnvironmentSettings
from retrieval.settings import RetrievalSettings

__all__ = ["ApiSettings", "ServeSettings", "SharedRetrievalSettings"]

LOOPBACK_HOSTS: Final = frozenset({"127.0.0.1", "localhost", "::1"})
WEB_DIR: Final = Path(__file__).resolve().parent.parent / "web"


class ApiSettings(EnvironmentSettings):
    """How requests are answered. The defaults are those of a shared deployment."""

    allowed_hosts: frozenset[str] = frozenset()
    """Host names that requests may name, in a variable separated by commas; empty means any."""
    max_body_bytes: int = Field(default=65_536, ge=1_024)
    heartbeat_s: float = Field(default=10.0, gt=0)
    """Pause in a chat stream after which a comment keeps the connection alive."""
    web_dir: Path = WEB_DIR
    """The web page's files."""

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _take_apart(cls, hosts: object) -> object:
        if isinstance(hosts, str):
            return frozenset(name.strip() for name in hosts.split(",") if name.strip())
        return hosts

    @property
    def accepted_hosts(self) -> frozenset[str]:
        """Host names that requests may name, lower case; empty means any."""
        return frozenset(host.lower() for host in self.allowed_hosts)


class SharedRetrievalSettings(RetrievalSettings):
    """Retrieval where strangers share the demo viewer, as on Lambda."""

    demo_writable: bool = False


class ServeSettings(ApiSettings):
    """A server on one's own machine."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65_535)

    @property
    def accepted_hosts(self) -> frozenset[str]:
        """As configured; on a loopback address, loopback names alone.

        A page on the web can point its own name at 127.0.0.1 (DNS rebinding) and would then be
        let in by the browser; the name that it calls gives it away.
        """
        if not self.allowed_hosts and self.host in LOOPBACK_HOSTS:
            return LOOPBACK_HOSTS
        return super().accepted_hosts
