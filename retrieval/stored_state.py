"""How a viewer's state is written down, in whatever store.

Vectors are little-endian float64. In float32 they would take half of the space and be rounded, so
that a profile that grew event by event would drift from the one that is replayed from the log;
as they are, the two are the same bit for bit, and any difference is a fault.
"""

import hashlib
import struct
from typing import get_args

import numpy as np

from retrieval.domain.arrays import MS_PER_DAY
from retrieval.domain.models import Interaction, InteractionKind
from retrieval.domain.profile import Recipe, UserState, effective_events, effects_of, replay
from retrieval.ports import StoredProfile

__all__ = ["arithmetic_digest", "is_same_profile", "is_same_state", "pack_state", "unpack_state"]

_HEAD = struct.Struct("<qq")
_NO_EVENT = -1


def pack_state(state: UserState) -> bytes:
    """A state as bytes: time and number of events, then both vectors."""
    last_event_ms = _NO_EVENT if state.last_event_ms is None else state.last_event_ms
    vectors = np.concatenate([state.weighted_sum, state.ema]).astype("<f8")
    return _HEAD.pack(last_event_ms, state.n_events) + vectors.tobytes()


def unpack_state(packed: bytes) -> UserState | None:
    """The state that `pack_state` wrote; None when the bytes are no state, to be replayed."""
    if len(packed) < _HEAD.size or (len(packed) - _HEAD.size) % 16:
        return None
    last_event_ms, n_events = _HEAD.unpack_from(packed)
    numbers = np.frombuffer(packed, dtype="<f8", offset=_HEAD.size).astype(np.float64)
    weighted_sum, ema = numbers.reshape(2, -1)
    return UserState(
        weighted_sum=weighted_sum,
        ema=ema,
        last_event_ms=None if last_event_ms == _NO_EVENT else last_event_ms,
        n_events=n_events,
    )


def is_same_state(a: UserState, b: UserState) -> bool:
    """Whether two states are equal bit for bit."""
    return pack_state(a) == pack_state(b)


def is_same_profile(known: StoredProfile | None, stored: StoredProfile | None) -> bool:
    """Whether both are there and equal bit for bit, and so are the logs that they follow from.

    A version alone would not tell: a database restored from a backup counts again.
    """
    return (
        known is not None
        and stored is not None
        and (known.version, known.made_by) == (stored.version, stored.made_by)
        and is_same_state(known.state, stored.state)
    )


def arithmetic_digest(recipe: Recipe) -> str:
    """A short name of what `replay` computes, found by computing it.

    A cached state is worth something only as long as the arithmetic that made it is the one that
    runs: a release that changes a weight, a rate or a rule of the log, or a machine whose powers
    round otherwise, gives another name, and every profile is replayed at its next touch.
    """
    kinds: list[tuple[str, float | None]] = [("rating", stars / 2) for stars in range(1, 11)]
    kinds += [(kind, None) for kind in get_args(InteractionKind) if kind != "rating"]
    # Movies come back, so that the rules on repeated events take part.
    log = [
        Interaction.model_validate(
            {
                "event_id": f"e{i}",
                "movie_id": 1 + i % 6,
                "kind": kind,
                "rating": rating,
                "timestamp_ms": i * i * MS_PER_DAY // 7,
            }
        )
        for i, (kind, rating) in enumerate(2 * kinds)
    ]
    events = effective_events(log)
    items = np.array([[1.0 / (event.movie_id + 2), event.movie_id / 7.0] for event in events])
    effects = effects_of(events, recipe=recipe)
    state = replay(effects, items, np.array([0.1, 0.3]), recipe=recipe)
    return hashlib.sha256(pack_state(state)).hexdigest()[:12]
