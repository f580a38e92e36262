"""A Groq-compatible chat completions server for tests: records requests, answers by script.

It binds 127.0.0.1 on a free port and stops with its context manager.
"""

import json
import select
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["GroqServer", "Reply", "Request", "groq_server", "unused_url"]

PATH = "/openai/v1/chat/completions"


@dataclass(frozen=True)
class Request:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def schema(self) -> str | None:
        """Name of the JSON schema asked for."""
        return self.body.get("response_format", {}).get("json_schema", {}).get("name")

    @property
    def tools(self) -> list[str]:
        """Names of the tools offered."""
        return [tool["function"]["name"] for tool in self.body.get("tools", [])]

    @property
    def prompt(self) -> str:
        """All messages as one text."""
        return "\n".join(str(message["content"]) for message in self.body["messages"])


@dataclass(frozen=True)
class Reply:
    """One answer; the fields say where it departs from a good one."""

    content: str = "{}"
    status: int = 200
    error: dict[str, Any] | None = None
    tool_call: tuple[str, dict[str, Any]] | None = None
    """Name and arguments of the tool that is called instead of saying something."""
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    """Body verbatim, whatever it is."""
    delay_s: float = 0.0
    finish_reason: str = "stop"
    hang_up: bool = False
    """Close the connection without an answer."""
    cut: bool = False
    """Close the connection in the middle of the body."""


class GroqServer:
    """What the server was asked and what it answers next."""

    def __init__(self, answer: Callable[[Request], Reply]) -> None:
        self.answer = answer
        """Answers whatever the script has no line for."""
        self.script: deque[Reply | None] = deque()
        """What to answer next; None leaves it to `answer`."""
        self.requests: list[Request] = []
        self.disconnects = 0
        """Clients that went away while they were kept waiting."""
        self.url = ""
        self._lock = threading.Lock()

    def next_reply(self, request: Request) -> Reply:
        with self._lock:
            self.requests.append(request)
            scripted = self.script.popleft() if self.script else None
        return scripted if scripted is not None else self.answer(request)

    def count_disconnect(self) -> None:
        with self._lock:
            self.disconnects += 1

    def schemas(self) -> list[str | None]:
        """Schemas asked for, in order."""
        return [request.schema for request in self.requests]


@contextmanager
def groq_server(answer: Callable[[Request], Reply]) -> Iterator[GroqServer]:
    """Serve until the block ends."""
    server = GroqServer(answer)
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
    http.daemon_threads = True
    server.url = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join(timeout=5)


def unused_url() -> str:
    """Where nothing listens."""
    http = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    url = f"http://127.0.0.1:{http.server_address[1]}"
    http.server_close()
    return url


def _handler(server: GroqServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = server.next_reply(Request(self.path, headers, json.loads(raw)))
            # A client that waits sends nothing more: what can be read now is its farewell.
            if reply.delay_s and select.select([self.connection], [], [], reply.delay_s)[0]:
                server.count_disconnect()
                self.close_connection = True
                return
            if reply.hang_up:
                self.close_connection = True
                self.connection.close()
                return
            self._send(reply)

        def _send(self, reply: Reply) -> None:
            status, body = _response(self.path, reply)
            try:
                self.send_response(status)
                for name, value in {"content-type": "application/json", **reply.headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.send_header("connection", "close")
                self.end_headers()
                self.wfile.write(body[: len(body) // 2] if reply.cut else body)
            except (BrokenPipeError, ConnectionResetError):
                pass  # the client has stopped waiting, which is what some tests want

        def log_message(self, format: str, *args: Any) -> None:
            return

    return Handler


def _response(path: str, reply: Reply) -> tuple[int, bytes]:
    if path != PATH:
        return 404, _json({"error": {"message": "Unknown request URL"}})
    if reply.raw is not None:
        return reply.status, reply.raw
    if reply.status != 200:
        return reply.status, _json({"error": reply.error or {"message": "no", "type": "test"}})
    return 200, _json(_completion(reply))


def _completion(reply: Reply) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": reply.content}
    if reply.tool_call is not None:
        name, arguments = reply.tool_call
        call = {"name": name, "arguments": json.dumps(arguments)}
        message |= {"content": None}
        message["tool_calls"] = [{"id": "call_1", "type": "function", "function": call}]
    choice = {"index": 0, "message": message, "logprobs": None}
    return {
        "id": "chatcmpl-test",
        "object": "chat.completion",
        "created": 0,
        "model": "test",
        "choices": [{**choice, "finish_reason": reply.finish_reason}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 40, "total_tokens": 140},
        "system_fingerprint": "fp_test",
        "x_groq": {"id": "req_test"},
    }


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document).encode()
