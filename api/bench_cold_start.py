"""Cold starts as on Lambda: a new process, AWS's runtime client, the first event answered.

A small Runtime API on the loopback hands out one event and takes the response, so the code that
runs between is what runs on Lambda; microVM and download of the code are not in it. Functions
take turns, so that a busy machine is busy for all of them.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Thread
from typing import Any, Final, NamedTuple

__all__ = ["ColdFunction", "can_measure", "cold_starts_ms"]

_ROOT: Final = Path(__file__).resolve().parent.parent
_NEXT: Final = "/2018-06-01/runtime/invocation/next"
_PATIENCE_S: Final = 60.0


class ColdFunction(NamedTuple):
    """What is started, and what it is asked first."""

    handler: str
    """Such as ``api.functions.recommendations.handler``."""
    event: Mapping[str, Any]
    """An event of API Gateway (HTTP API, payload 2.0)."""
    source: str = ""
    """Content of the handler's module when it is none of ours."""


def can_measure() -> bool:
    """Whether AWS's runtime client is installed."""
    return find_spec("awslambdaric") is not None


def cold_starts_ms(
    functions: Mapping[str, ColdFunction], *, variables: Mapping[str, str], starts: int
) -> dict[str, list[float]]:
    """How long each function takes from the start of its process to its first response.

    Args:
        functions: By name; they take turns.
        variables: Environment of every function.
        starts: How often each is started, after one start that is not counted: it leaves
            bytecode behind and the files in memory.

    Returns:
        ``starts`` durations in milliseconds for each name.

    Raises:
        RuntimeError: A function gave no response, or one of another status than success.
    """
    taken: dict[str, list[float]] = {name: [] for name in functions}
    with tempfile.TemporaryDirectory() as folder:
        for function in functions.values():
            if function.source:
                module = function.handler.partition(".")[0]
                (Path(folder) / f"{module}.py").write_text(function.source, encoding="utf-8")
        environment = {
            **variables,
            "AWS_LAMBDA_FUNCTION_NAME": "bench",
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
            "AWS_LAMBDA_LOG_GROUP_NAME": "bench",
            "AWS_LAMBDA_LOG_STREAM_NAME": "bench",
            "PYTHONPATH": os.pathsep.join([folder, str(_ROOT)]),
            "PYTHONPYCACHEPREFIX": str(Path(folder) / "bytecode"),
        }
        for turn in range(starts + 1):
            for name, function in functions.items():
                milliseconds = _first_response_ms(function, environment)
                if turn:
                    taken[name].append(milliseconds)
    return taken


def _first_response_ms(function: ColdFunction, environment: Mapping[str, str]) -> float:
    with tempfile.TemporaryFile() as log, _runtime_api(function.event) as api:
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "awslambdaric", function.handler],
            env={**environment, "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server_port}"},
            cwd=_ROOT,
            stdout=log,
            stderr=log,
        )
        try:
            path, answer, at = api.answers.get(timeout=_PATIENCE_S)
        except Empty:
            path, answer, at = "", b"", 0.0
        finally:
            process.kill()
            process.wait()
        if not path.endswith("/response") or json.loads(answer)["statusCode"] >= 300:
            log.seek(0)
            said = log.read().decode(errors="replace")
            raise RuntimeError(f"{function.handler}: {answer.decode(errors='replace')} {said}")
    return 1000.0 * (at - started)


class _RuntimeApi(ThreadingHTTPServer):
    """What one function asks for an event and tells its response."""

    daemon_threads = True

    def __init__(self, event: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _RuntimeApiHandler)
        self.event = event
        self.finished = Event()
        self.answers: Queue[tuple[str, bytes, float]] = Queue()
        """Path, body, and when it was there."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that ended with their process."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def _runtime_api(event: Mapping[str, Any]) -> Iterator[_RuntimeApi]:
    with _RuntimeApi(json.dumps(event).encode()) as api:
        thread = Thread(target=api.serve_forever, daemon=True)
        thread.start()
        try:
            yield api
        finally:
            api.finished.set()
            api.shutdown()
            thread.join()


class _RuntimeApiHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Otherwise head and body, sent apart, wait 40 ms for each other.
    disable_nagle_algorithm = True
    server: _RuntimeApi

    def do_GET(self) -> None:
        """The event, once; asked again there is none until the process ends."""
        event, self.server.event = self.server.event, b""
        if self.path != _NEXT or not event:
            self.server.finished.wait(_PATIENCE_S)
            self.close_connection = True
            return
        deadline_ms = int(1000 * (time.time() + _PATIENCE_S))
        self._send(
            200,
            event,
            {
                "Lambda-Runtime-Aws-Request-Id": "bench",
                "Lambda-Runtime-Deadline-Ms": str(deadline_ms),
                "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:local:0:function:bench",
                "Content-Type": "application/json",
            },
        )

    def do_POST(self) -> None:
        """A response, or an error of the function or of its start."""
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        self.server.answers.put((self.path, body, time.perf_counter()))
        self._send(202, b"{}", {})

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
