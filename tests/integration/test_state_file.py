"""A state file that is damaged, full, locked, older or newer: one clear error, never made worse."""

import hashlib
import sqlite3
from pathlib import Path

import pytest

from retrieval.build import build_retrieval
from retrieval.domain.errors import StateUnavailable
from retrieval.domain.models import EventId
from retrieval.rebuild import check_profiles
from retrieval.settings import RetrievalSettings
from tests.support.writers import finish, recorded, start_writers

# As the first release wrote it.
SCHEMA_1 = """
CREATE TABLE viewers (viewer_id TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE events (
    viewer_id TEXT NOT NULL REFERENCES viewers, event_id TEXT NOT NULL, movie_id INTEGER NOT NULL,
    kind TEXT NOT NULL, rating REAL, timestamp_ms INTEGER NOT NULL,
    PRIMARY KEY (viewer_id, event_id)
) WITHOUT ROWID;
CREATE TABLE profiles (
    viewer_id TEXT PRIMARY KEY REFERENCES viewers, version INTEGER NOT NULL, bundle TEXT NOT NULL,
    weighted_sum BLOB NOT NULL, ema BLOB NOT NULL, last_event_ms INTEGER, n_events INTEGER NOT NULL
);
CREATE TABLE explanations (
    explanation_id TEXT PRIMARY KEY, viewer_id TEXT NOT NULL, created_ms INTEGER NOT NULL,
    document TEXT NOT NULL
);
INSERT INTO viewers VALUES ('anna', 3), ('demo', 1);
INSERT INTO events VALUES
    ('anna', 'a1', 6, 'rating', 4.5, 1700000000123),
    ('anna', 'a2', 541, 'watch', NULL, 1700000000456),
    ('demo', 'd1', 1, 'not_interested', NULL, 1700000000789);
INSERT INTO profiles VALUES ('anna', 3, 'tiny-1', x'0000', x'0000', 1700000000456, 2);
INSERT INTO explanations VALUES ('ex-1', 'anna', 1700000000999, '{"summary": "Amélie"}');
PRAGMA user_version = 1;
"""


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def state_path(home: Path) -> Path:
    return RetrievalSettings(home=home).state_path


@pytest.fixture
def used_file(tiny_home: Path) -> Path:
    """A state file with some hundred events, its log written back and closed."""
    room = build_retrieval(RetrievalSettings(home=tiny_home))
    for i in range(300):
        room.profiles.record("demo", movie_id=6, kind="click", event_id=EventId(f"e{i}"))
    path = state_path(tiny_home)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


def use(home: Path) -> None:
    """Read and write, as a request does."""
    room = build_retrieval(RetrievalSettings(home=home))
    room.profiles.history("demo")
    room.profiles.record("demo", movie_id=6, kind="watch")


def test_a_file_that_is_no_database_is_left_as_it_is(tiny_home):
    path = state_path(tiny_home)
    path.write_bytes(b"this is not a database, however long it is" * 100)
    before = digest(path)
    with pytest.raises(StateUnavailable, match="move it away"):
        use(tiny_home)
    assert digest(path) == before


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.95])
def test_a_truncated_file_is_left_as_it_is(tiny_home, used_file, kept):
    content = used_file.read_bytes()
    used_file.write_bytes(content[: int(len(content) * kept)])
    before = digest(used_file)
    for _ in range(2):
        with pytest.raises(StateUnavailable, match="move it away"):
            use(tiny_home)
    assert digest(used_file) == before


def test_a_file_with_garbage_in_its_pages_is_left_as_it_is(tiny_home, used_file):
    content = bytearray(used_file.read_bytes())
    for page in range(1, len(content) // 4096):  # all but the first, which holds the schema
        content[page * 4096 : page * 4096 + 64] = b"\xa5" * 64
    used_file.write_bytes(content)
    before = digest(used_file)
    for _ in range(2):
        with pytest.raises(StateUnavailable, match="move it away"):
            use(tiny_home)
    assert digest(used_file) == before


def test_a_file_of_a_newer_version_is_refused(tiny_home):
    path = state_path(tiny_home)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = digest(path)
    with pytest.raises(StateUnavailable, match="upgrade"):
        use(tiny_home)
    assert digest(path) == before


def test_a_locked_file_says_so_and_works_afterwards(tiny_home):
    room = build_retrieval(RetrievalSettings(home=tiny_home, sqlite_timeout_s=0.05))
    room.recommender.recommend("demo")
    other = sqlite3.connect(state_path(tiny_home), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StateUnavailable, match="try again"):
        room.profiles.record("demo", movie_id=6, kind="watch")
    assert room.recommender.recommend("demo").recommendations  # reading goes on
    other.execute("ROLLBACK")
    other.close()
    _, result = room.profiles.record("demo", movie_id=6, kind="watch")
    assert result.version == 1


def test_a_profile_that_cannot_be_cached_is_served_all_the_same(tiny_home):
    settings = RetrievalSettings(home=tiny_home, sqlite_timeout_s=0.05)
    build_retrieval(settings).store.create_viewer("anna", [], created_ms=0)
    room = build_retrieval(settings)
    other = sqlite3.connect(state_path(tiny_home), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert room.recommender.recommend("anna").recommendations
    other.close()


@pytest.mark.parametrize("room_bytes", [5_000, 60_000, 400_000])
def test_a_full_disk_says_so_and_loses_nothing(tiny_home, monkeypatch, room_bytes):
    monkeypatch.setenv("WHYLENS_HOME", str(tiny_home))
    (writer,) = start_writers(["full"], count=100_000, room_bytes=room_bytes)
    *lines, last = finish(writer)
    assert last.startswith("stopped cannot use")
    assert "space" in last
    room = build_retrieval(RetrievalSettings(home=tiny_home))
    log = {event.event_id for event in room.store.load_viewer("demo").events}
    assert recorded(lines) == {event_id for event_id in log if event_id.startswith("full-")}
    assert check_profiles(room.profiles, room.store).wrong == ()
    _, result = room.profiles.record("demo", movie_id=6, kind="watch")
    assert result.version == len(recorded(lines)) + 1
    with sqlite3.connect(state_path(tiny_home)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_file_of_the_first_release_is_migrated_with_all_it_holds(tiny_home):
    with sqlite3.connect(state_path(tiny_home)) as connection:
        connection.executescript(SCHEMA_1)
    for _ in range(2):  # the second opening finds nothing to do
        room = build_retrieval(RetrievalSettings(home=tiny_home))
        viewer = room.store.load_viewer("anna")
        assert [
            (e.event_id, e.movie_id, e.kind, e.rating, e.timestamp_ms) for e in viewer.events
        ] == [
            ("a1", 6, "rating", 4.5, 1_700_000_000_123),
            ("a2", 541, "watch", None, 1_700_000_000_456),
        ]
        assert (viewer.version, viewer.created_ms) == (3, None)
        assert room.documents.load_explanation("ex-1") == '{"summary": "Amélie"}'
    assert set(room.store.viewer_ids()) == {"anna", "demo"}
    assert [e.kind for e in room.profiles.history("demo").events] == ["not_interested"]
    assert room.profiles.history("anna").state.n_events == 2
    assert room.profiles.record("anna", movie_id=1, kind="click")[1].version == 4
    assert check_profiles(room.profiles, room.store).same == 2


def test_several_processes_may_migrate_at_once(tiny_home, monkeypatch):
    with sqlite3.connect(state_path(tiny_home)) as connection:
        connection.executescript(SCHEMA_1)
    monkeypatch.setenv("WHYLENS_HOME", str(tiny_home))
    for writer in start_writers(["m0", "m1", "m2"], count=1):
        assert len(recorded(finish(writer))) == 1
