"""Serves the API and the web page on this machine, with uvicorn."""

import contextlib
import errno
import gc
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import uvicorn
from rich.console import Console

from api.app import create_app
from api.build import build_services
from api.settings import ServeSettings
from retrieval.settings import RetrievalSettings

__all__ = ["run_server"]

GRACE_S = 3
"""How long open requests, such as a chat answer, may still take after Ctrl-C."""


class _AnnouncingServer(uvicorn.Server):
    """Says where it is once it answers there."""

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        announcement: str,
        console: Console,
        warm_up: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._announcement = announcement
        self._console = console
        self._warm_up = warm_up

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            self._console.print(self._announcement, highlight=False)
            threading.Thread(target=self._warm_up, daemon=True).start()


def run_server(
    home: Path,
    *,
    host: str | None = None,
    port: int | None = None,
    settings: ServeSettings | None = None,
    synopses: Path | None = None,
) -> int:
    """Serve until Ctrl-C.

    Args:
        home: Where bundles and state live.
        host: Instead of ``settings.host``.
        port: Instead of ``settings.port``; 0 takes any free one.
        settings: How requests are answered, and where; from the environment by default.
        synopses: Grounds readings of films.

    Returns:
        The exit code: 0 after Ctrl-C, 1 when the address cannot be used.

    Raises:
        BundleError: There is no bundle to serve.
    """
    given = {"host": host, "port": port}
    settings = (settings or ServeSettings()).model_copy(
        update={name: value for name, value in given.items() if value is not None}
    )
    listener = _listen(settings.host, settings.port)
    if isinstance(listener, str):
        Console(stderr=True).print(listener, highlight=False, soft_wrap=True)
        return 1
    with listener:
        services = build_services(RetrievalSettings(home=home), synopses=synopses)

        def warm_up() -> None:
            # So that whoever opens the page first does not wait for LangGraph's import.
            services.explainer()
            services.chat()
            # The catalogue and the libraries stay: walking them again and again would make one
            # answer in twenty several times as slow.
            gc.collect()
            gc.freeze()

        config = uvicorn.Config(
            create_app(services, settings),
            lifespan="off",
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
        )
        server = _AnnouncingServer(
            config,
            announcement=f"Whylens is at {_url(listener, settings.host)} (Ctrl-C stops it)",
            console=Console(),
            warm_up=warm_up,
        )
        # Once everything is closed, uvicorn raises Ctrl-C again.
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listener])
    return 0


def _listen(host: str, port: int) -> socket.socket | str:
    """A listening socket, or why there is none."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        return f"Cannot serve at '{host}': {error.strerror}."
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            return (
                f"Port {port} on {host} is in use by another program."
                f" Stop it, or choose another port, for example: --port {port + 1}"
            )
        return f"Cannot serve at {host}, port {port}: {error.strerror}."
    return listener


def _url(listener: socket.socket, host: str) -> str:
    name = "localhost" if host in ("0.0.0.0", "::") else host
    name = f"[{name}]" if ":" in name else name
    return f"http://{name}:{listener.getsockname()[1]}"
