"""Starts `tests.support.writer` processes and reads what they say."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def start_writers(
    names: Sequence[str], *, count: int, room_bytes: int | None = None
) -> list[subprocess.Popen[str]]:
    """Processes that each record ``count`` events for the demo viewer, begun at one moment."""
    options = ["--count", str(count)]
    if room_bytes is not None:
        options += ["--room-bytes", str(room_bytes)]
    command = [sys.executable, "-m", "tests.support.writer", *options]
    processes = [
        subprocess.Popen(
            [*command, "--name", name],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in names
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return processes


def finish(process: subprocess.Popen[str]) -> list[str]:
    """The rest of what a writer says, once it has ended."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    # Not communicate(): it passes over lines that readline() fetched and has not given out yet.
    with process.stdout as said_on:
        said = said_on.read()
    process.wait(timeout=60)
    # A killed process may leave half of a line: that event was not acknowledged.
    return [line for line in said.splitlines(keepends=True) if line.endswith("\n")]


def recorded(lines: list[str]) -> set[str]:
    """Ids of the events that a writer was told are recorded."""
    return {line.split()[1] for line in lines if line.startswith("recorded ")}
