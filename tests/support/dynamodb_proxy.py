"""A server between boto3 and DynamoDB that loses answers or refuses calls."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Proxy(ThreadingHTTPServer):
    """Passes calls on, until it is told otherwise."""

    daemon_threads = True
    upstream: str
    calls: list[str]
    """Names of the calls that arrived."""
    lose_answer_to: str = ""
    """The next call of this name is carried out, and its answer lost."""
    refuse_with: str = ""
    """Error code that every call is answered with."""


class _Handler(BaseHTTPRequestHandler):
    server: Proxy

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        call = self.headers["X-Amz-Target"].partition(".")[2]
        self.server.calls.append(call)
        if self.server.refuse_with:
            error = {"__type": f"com.amazonaws.dynamodb.v20120810#{self.server.refuse_with}"}
            self._answer(400, json.dumps(error | {"message": "as the test wants"}).encode())
            return
        status, answer = self._pass_on(body)
        if call == self.server.lose_answer_to:
            self.server.lose_answer_to = ""
            self.close_connection = True
            return
        self._answer(status, answer)

    def _pass_on(self, body: bytes) -> tuple[int, bytes]:
        headers = {k: v for k, v in self.headers.items() if k not in ("Host", "Connection")}
        request = urllib.request.Request(self.server.upstream, body, headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def dynamodb_proxy(upstream: str) -> Iterator[Proxy]:
    proxy = Proxy(("127.0.0.1", 0), _Handler)
    proxy.upstream, proxy.calls = upstream, []
    thread = threading.Thread(target=proxy.serve_forever)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.shutdown()
        proxy.server_close()
        thread.join()
