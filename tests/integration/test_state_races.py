"""Writers that race and writers that are killed: nothing acknowledged is lost, nothing is torn."""

import random
import signal
import sys
import time

import pytest

from retrieval.build import build_retrieval
from retrieval.rebuild import check_profiles
from retrieval.settings import RetrievalSettings
from retrieval.stored_state import pack_state
from tests.support.writers import finish, recorded, start_writers


def assert_log_and_profile_agree(settings: RetrievalSettings) -> list[str]:
    """Event ids in the log of the demo viewer, after a bit-for-bit comparison."""
    room = build_retrieval(settings)
    viewer = room.store.load_viewer("demo")
    assert viewer.profile is not None
    replayed = room.profiles.replayed_profile(viewer)
    assert pack_state(viewer.profile.state) == pack_state(replayed.state)
    assert check_profiles(room.profiles, room.store).wrong == ()
    return [event.event_id for event in viewer.events]


@pytest.mark.parametrize(
    ("n_processes", "n_each"),
    [(3, 20), pytest.param(8, 200, marks=pytest.mark.stress)],
)
def test_processes_that_write_at_once_lose_no_event(racing_settings, n_processes, n_each):
    build_retrieval(racing_settings).profiles.history("demo")
    before = set(assert_log_and_profile_agree(racing_settings))
    started = time.perf_counter()
    writers = start_writers([f"w{i}" for i in range(n_processes)], count=n_each)
    lines = [line for writer in writers for line in finish(writer)]
    seconds = time.perf_counter() - started
    expected = {f"w{i}-{j}" for i in range(n_processes) for j in range(n_each)}
    assert [line for line in lines if line.startswith("stopped")] == []
    assert [writer.returncode for writer in writers] == [0] * n_processes
    assert recorded(lines) == expected
    after = assert_log_and_profile_agree(racing_settings)
    assert len(after) == len(set(after)) == len(before) + len(expected)
    assert set(after) - before == expected
    n_conflicts = lines.count("conflict\n")
    sys.stdout.write(
        f"{n_processes} processes x {n_each}: {len(expected)} events in {seconds:.1f} s,"
        f" {n_conflicts} reported conflicts\n"
    )


@pytest.mark.parametrize("n_kills", [3, pytest.param(20, marks=pytest.mark.stress)])
def test_a_killed_writer_leaves_no_torn_profile_and_loses_no_acknowledged_event(
    racing_settings, n_kills
):
    build_retrieval(racing_settings).profiles.history("demo")
    before = set(assert_log_and_profile_agree(racing_settings))
    moments = random.Random(5)
    acknowledged: set[str] = set()
    for kill in range(n_kills):
        (writer,) = start_writers([f"k{kill}"], count=100_000)
        lines = [writer.stdout.readline() for _ in range(moments.randint(1, 30))]
        time.sleep(moments.uniform(0.0, 0.02))
        writer.send_signal(signal.SIGKILL)
        acknowledged |= recorded(lines + finish(writer))
        assert writer.returncode == -signal.SIGKILL
        log = set(assert_log_and_profile_agree(racing_settings))
        assert acknowledged <= log
        # At most the one event of each kill that was written and not yet acknowledged.
        assert len(log - before - acknowledged) <= kill + 1
    sys.stdout.write(f"{n_kills} kills: {len(acknowledged)} acknowledged events, all there\n")
