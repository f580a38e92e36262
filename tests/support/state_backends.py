"""What viewers' state can be kept in, each a real server on loopback.

* ``sqlite``: the embedded default.
* ``moto``: knows time to live and the error codes; two conditional writes at once can both pass.
* ``dynalite``: conditional writes are atomic, so whatever races is shown on it; it needs Node.
"""

import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from moto.server import ThreadedMotoServer

from retrieval.dynamodb_table import DynamoTable

DYNALITE = Path(__file__).parent / "dynalite"
# dynalite throws when a client dies within a request, which would end it for all the others.
_SERVE = """
process.on('uncaughtException', (error) => {
  if (error.code === 'ECONNRESET') return
  console.error(error)
  process.exit(1)
})
const server = require('dynalite')({createTableMs: 0, deleteTableMs: 0, updateTableMs: 0})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
"""


def missing_dynalite() -> str | None:
    """Why dynalite cannot be started here, or None."""
    if shutil.which("node") is None:
        return "node is not installed"
    if not (DYNALITE / "node_modules" / "dynalite").is_dir():
        return "run 'make dynalite' first"
    return None


BACKENDS = ("sqlite", "moto") if missing_dynalite() else ("sqlite", "moto", "dynalite")
RACING_BACKENDS = tuple(name for name in BACKENDS if name != "moto")
"""Backends on which writers may race."""


@contextmanager
def moto_server() -> Iterator[str]:
    """The server's address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@contextmanager
def dynalite_server() -> Iterator[str]:
    """The server's address."""
    process = subprocess.Popen(
        ["node", "-e", _SERVE], cwd=DYNALITE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()


def aws_variables(endpoint: str) -> dict[str, str]:
    """The environment that points boto3 at a server."""
    return {
        "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def create_table() -> str:
    """Create a table of one's own; returns its name."""
    assert os.environ["AWS_ENDPOINT_URL_DYNAMODB"].startswith("http://127.0.0.1:")
    name = f"whylens-{uuid.uuid4().hex[:12]}"
    DynamoTable(name).create_table()
    return name
