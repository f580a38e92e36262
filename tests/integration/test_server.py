"""The real server in its own process: it says where it is, and ends without a traceback."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.support.groq_server import Reply, groq_server

RUN = "import sys; from api.server import run_server; from pathlib import Path; \
sys.exit(run_server(Path(sys.argv[1]), port=int(sys.argv[2])))"
ROOT = Path(__file__).parents[2]


@contextmanager
def _server(home: Path, port: int, **variables: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", RUN, str(home), str(port)],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_it_says_where_it_is_and_stops_cleanly(tiny_home: Path) -> None:
    with _server(tiny_home, 0) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        url = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert url, line
        with urllib.request.urlopen(f"{url[0]}/api/ready", timeout=10) as reply:
            assert reply.status == 200
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=15)
        assert (process.returncode, errors) == (0, "")


def test_a_reader_who_leaves_a_chat_ends_the_providers_work(tiny_home: Path) -> None:
    with groq_server(lambda request: Reply(delay_s=20.0)) as groq:
        variables = {"GROQ_API_KEY": "gsk-test-not-a-key", "GROQ_BASE_URL": groq.url}
        with _server(tiny_home, 0, **variables) as process:
            assert process.stdout is not None
            url = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
            assert url
            with httpx.stream(
                "POST",
                f"{url[0]}/api/chat",
                json={"viewer_id": "demo", "message": "why the first one?"},
                headers={"accept": "text/event-stream"},
                timeout=60.0,
            ) as reply:
                assert reply.status_code == 200
                _wait_until(lambda: len(groq.requests) == 1)
            _wait_until(lambda: groq.disconnects == 1)
            time.sleep(0.5)
        assert len(groq.requests) == 1


def _wait_until(is_so: Callable[[], bool]) -> None:
    ends_at = time.monotonic() + 10.0
    while not is_so():
        assert time.monotonic() < ends_at
        time.sleep(0.02)


def test_a_port_in_use_gets_one_clear_line(tiny_home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with _server(tiny_home, port) as process:
            output, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert output == ""
    assert len(errors.strip().splitlines()) == 1
    assert f"Port {port}" in errors
    assert "--port" in errors
