"""Whether every cached profile is what the viewer's log gives, and making it so."""

from typing import NamedTuple

from retrieval.domain.models import ViewerId
from retrieval.ports import StateStore
from retrieval.profiles import Profiles
from retrieval.stored_state import is_same_state

__all__ = ["CacheReport", "check_profiles", "rebuild_profiles"]


class CacheReport(NamedTuple):
    """What was found in a store."""

    viewers: int
    events: int
    same: int
    """Cached profiles that equal the replayed one bit for bit."""
    outdated: int
    """Made by another bundle or another arithmetic, or not cached: the next touch replays them."""
    wrong: tuple[ViewerId, ...]
    """Viewers whose cached profile is not what their log gives."""


def check_profiles(profiles: Profiles, store: StateStore) -> CacheReport:
    """Compare every cached profile with a replay of its log, bit for bit; nothing is written.

    Raises:
        StateUnavailable: The store cannot be read.
    """
    viewers = events = same = outdated = 0
    wrong = []
    for viewer_id in store.viewer_ids():
        viewer = store.load_viewer(viewer_id)
        viewers, events = viewers + 1, events + len(viewer.events)
        cached = profiles.cached_state(viewer)
        if cached is None:
            outdated += 1
        elif is_same_state(cached, profiles.replayed_profile(viewer).state):
            same += 1
        else:
            wrong.append(viewer_id)
    return CacheReport(viewers, events, same, outdated, tuple(wrong))


def rebuild_profiles(profiles: Profiles, store: StateStore) -> CacheReport:
    """Replay every log and cache what it gives; returns what `check_profiles` found before.

    Raises:
        StateUnavailable: The store cannot be read or written.
    """
    before = check_profiles(profiles, store)
    for viewer_id in store.viewer_ids():
        viewer = store.load_viewer(viewer_id)
        store.save_profile(viewer_id, profiles.replayed_profile(viewer))
    return before
