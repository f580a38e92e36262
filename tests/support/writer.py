"""A process that records interactions, for tests that race or kill it.

It prints the id of each event once it was acknowledged, and what stopped it.
"""

import argparse
import random
import resource
import sys
from pathlib import Path

from retrieval.build import build_retrieval
from retrieval.domain.errors import StateConflict, StateError
from retrieval.domain.models import EventId, ViewerId
from retrieval.settings import RetrievalSettings
from tests.support.tiny_bundle import MOVIES


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--viewer", default="demo")
    parser.add_argument("--name", required=True, help="Begins the event ids.")
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--room-bytes", type=int, help="How much the state's files may grow.")
    options = parser.parse_args()
    settings = RetrievalSettings()
    profiles = build_retrieval(settings).profiles
    profiles.history(ViewerId(options.viewer))
    if options.room_bytes:
        _limit_file_size(settings.state_path, options.room_bytes)
    say("ready")
    sys.stdin.readline()  # so that racing writers start together
    choice = random.Random(options.name)
    for i in range(options.count):
        event_id = EventId(f"{options.name}-{i}")
        movie_id, recorded = choice.choice(MOVIES)[0], False
        while not recorded:
            try:
                profiles.record(
                    ViewerId(options.viewer), movie_id=movie_id, kind="watch", event_id=event_id
                )
                recorded = True
            except StateConflict:
                say("conflict")  # as a client does with a 409: the same event once more
            except StateError as error:
                say(f"stopped {error}")
                return
        say(f"recorded {event_id}")


def _limit_file_size(path: Path, room: int) -> None:
    wal = path.with_name(f"{path.name}-wal")
    limit = max(path.stat().st_size, wal.stat().st_size) + room
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
