"""Viewers' logs and profiles in DynamoDB.

A viewer is one *head* item and a few *segment* items under one partition::

    PK viewer#anna   SK head               version, state, made_by, recent events, segment names
    PK viewer#anna   SK log#0000000032-... 32 to 1,000 older events, compressed; never changed

The head is the whole truth about what the log is: its recent events and the segments that it
names. A segment that it does not name is no part of the log. So every write becomes visible by
**one conditional update of the head**, on its version, and there is never a moment at which log and
profile disagree:

* An event is appended to the head's recent ones, with the new vectors: one call, no read.
* When those are full, or an older event goes, new segments are written first, under names that
  nobody used before. Then the head is switched over to them. Then what it no longer names is
  deleted. A writer that dies or loses in between leaves a segment that nobody reads.
* Deleting is safe without a clock: the segments to delete were read at version ``v``, and the head
  has moved on to ``v + 1``, so a writer that prepared them can only lose.

That is why there is no ``TransactWriteItems`` here: it would cost twice the write units, would
bring its own conflicts, and would guard nothing that this order does not.
"""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from retrieval.domain.errors import StateConflict, StateUnavailable, UnknownViewer
from retrieval.domain.models import EventId, Interaction, ViewerId
from retrieval.dynamodb_table import (
    HEAD,
    DynamoTable,
    Item,
    binary,
    compress,
    decompress,
    number,
    text,
    texts,
)
from retrieval.ports import LogChange, StoredProfile, StoredViewer
from retrieval.stored_state import is_same_profile, pack_state, unpack_state

__all__ = ["DynamoStateStore"]

_PARTITION: Final = "viewer#"
_SEGMENT: Final = "log#"
_MAX_RECENT: Final = 32
"""Events in the head; more make every write dearer, fewer fill segments more often."""
_MAX_IN_SEGMENT: Final = 1_000
_READ_ATTEMPTS: Final = 5
_ASSIGN_PROFILE: Final = "profile_state = :state, made_by = :made_by"


@dataclass(frozen=True, slots=True)
class _Log:
    """A head with the events that it names, as JSON texts."""

    head: Item
    segments: dict[str, list[str]]
    unnamed: list[str]
    """Segments in the partition that the head does not name."""

    @property
    def version(self) -> int:
        return int(self.head["version"]["N"])

    @property
    def recent(self) -> list[str]:
        return _texts(self.head, "recent_events")

    @property
    def events(self) -> list[Interaction]:
        kept = [event for segment in self.segments.values() for event in segment]
        return [Interaction.model_validate_json(event) for event in [*kept, *self.recent]]


class DynamoStateStore:
    """Implements `retrieval.ports.StateStore`; safe between threads, processes and machines."""

    def __init__(self, table: DynamoTable) -> None:
        self._table = table

    def has_viewer(self, viewer_id: ViewerId) -> bool:
        """Whether the viewer was created."""
        return self._table.get(_partition(viewer_id)) is not None

    def create_viewer(
        self, viewer_id: ViewerId, events: list[Interaction], *, created_ms: int
    ) -> bool:
        """Create a viewer with a first log; False if they exist already."""
        partition = _partition(viewer_id)
        written = [_json(event) for event in events]
        older = written[: max(0, len(written) - _MAX_RECENT)]
        names = []
        for start in range(0, len(older), _MAX_IN_SEGMENT):
            names.append(self._put_segment(partition, 0, older[start : start + _MAX_IN_SEGMENT]))
        head = {
            "version": number(0),
            "created_ms": number(created_ms),
            "recent_events": texts(written[len(older) :]),
            "segment_names": texts(names),
        }
        return self._table.create(partition, head)

    def viewer_ids(self) -> Iterator[ViewerId]:
        """Every viewer; reads the whole table."""
        for partition in self._table.scan_partitions(_PARTITION):
            yield ViewerId(partition.removeprefix(_PARTITION))

    def load_viewer(
        self, viewer_id: ViewerId, *, known: StoredViewer | None = None
    ) -> StoredViewer:
        """Log, version and cached profile that belong together; raises `UnknownViewer`."""
        if known is not None and is_same_profile(known.profile, _profile(self._head(viewer_id))):
            return known
        log = self._read(viewer_id)
        created_ms = log.head.get("created_ms")
        return StoredViewer(
            events=log.events,
            version=log.version,
            profile=_profile(log.head),
            created_ms=int(created_ms["N"]) if created_ms else None,
        )

    def commit(self, viewer_id: ViewerId, change: LogChange, profile: StoredProfile) -> None:
        """Change the log with the profile that follows from it, by one update of the head."""
        if change.removed is None and change.added is not None:
            done = self._switch(
                viewer_id,
                profile,
                assign="recent_events = list_append(recent_events, :added)",
                condition="size(recent_events) < :most",
                values={":added": texts([_json(change.added)]), ":most": number(_MAX_RECENT)},
            )
            if done:
                return
        self._rearrange(viewer_id, change, profile)

    def save_profile(self, viewer_id: ViewerId, profile: StoredProfile) -> None:
        """Cache a replayed profile, unless the viewer has moved on."""
        self._table.update_head(
            _partition(viewer_id),
            assign=_ASSIGN_PROFILE,
            condition="version = :version",
            values=_state_values(profile) | {":version": number(profile.version)},
        )

    def _rearrange(self, viewer_id: ViewerId, change: LogChange, profile: StoredProfile) -> None:
        """Commit a change that does not fit the head: new segments first, then the head."""
        log = self._read(viewer_id)
        if log.version != profile.version - 1:
            raise _conflict(viewer_id, log.version, profile)
        partition = _partition(viewer_id)
        recent, segments, rewritten = _changed(log, change)
        names = list(segments)
        names += [self._put_segment(partition, profile.version, events) for events in rewritten]
        done = self._switch(
            viewer_id,
            profile,
            assign="recent_events = :recent, segment_names = :segments",
            values={":recent": texts(recent), ":segments": texts(names)},
        )
        if not done:
            raise _conflict(viewer_id, self._read(viewer_id).version, profile)
        self._table.clear(partition, [*(log.segments.keys() - segments.keys()), *log.unnamed])

    def _switch(
        self,
        viewer_id: ViewerId,
        profile: StoredProfile,
        *,
        assign: str,
        values: Item,
        condition: str = "",
    ) -> bool:
        """Move the head from one version to the next; False when its condition did not hold.

        Raises:
            StateConflict: Another writer moved it.
        """
        write_id = uuid.uuid4().hex
        partition = _partition(viewer_id)
        done = self._table.update_head(
            partition,
            assign=f"{assign}, {_ASSIGN_PROFILE}, version = :version, write_id = :write",
            condition=" AND ".join(filter(None, ("version = :expected", condition))),
            values={
                **values,
                **_state_values(profile),
                ":version": number(profile.version),
                ":expected": number(profile.version - 1),
                ":write": text(write_id),
            },
        )
        if done:
            return True
        head = self._head(viewer_id)
        # boto3 repeats a call whose answer was lost; then the first one did the work.
        if head.get("write_id") == text(write_id):
            return True
        version = int(head["version"]["N"])
        if version != profile.version - 1:
            raise _conflict(viewer_id, version, profile)
        return False

    def _put_segment(self, partition: str, version: int, events: list[str]) -> str:
        name = f"{_SEGMENT}{version:010d}-{uuid.uuid4().hex[:12]}"
        self._table.put(partition, name, {"events": binary(compress(json.dumps(events)))})
        return name

    def _head(self, viewer_id: ViewerId) -> Item:
        head = self._table.get(_partition(viewer_id))
        if head is None:
            raise UnknownViewer(f"there is no viewer '{viewer_id}'")
        return head

    def _read(self, viewer_id: ViewerId) -> _Log:
        for _ in range(_READ_ATTEMPTS):
            head, *items = self._table.query(_partition(viewer_id)) or [{}]
            if head.get("SK") != text(HEAD):
                raise UnknownViewer(f"there is no viewer '{viewer_id}'")
            found = {item["SK"]["S"]: item for item in items}
            names = _texts(head, "segment_names")
            if found.keys() >= set(names):
                segments = {name: _segment(found[name]) for name in names}
                return _Log(head, segments, [name for name in found if name not in segments])
            # The head was read before a writer switched it, the segments after: read again.
        raise StateUnavailable(
            f"the log of viewer '{viewer_id}' in DynamoDB lacks segments that its head names;"
            " restore the table from a backup"
        )


def _changed(
    log: _Log, change: LogChange
) -> tuple[list[str], dict[str, list[str]], list[list[str]]]:
    """Recent events, segments that stay, and contents of those that have to be written anew."""
    recent = [event for event in log.recent if _event_id(event) != change.removed]
    segments, rewritten = {}, []
    for name, events in log.segments.items():
        kept = [event for event in events if _event_id(event) != change.removed]
        if len(kept) == len(events):
            segments[name] = events
        elif kept:
            rewritten.append(kept)
    if change.added is not None:
        recent.append(_json(change.added))
    if len(recent) > _MAX_RECENT:
        room = [name for name, events in segments.items() if len(events) < _MAX_IN_SEGMENT]
        filled = segments.pop(room[0]) if room else []
        rewritten.append([*filled, *recent])
        recent = []
    return recent, segments, rewritten


def _partition(viewer_id: ViewerId) -> str:
    return f"{_PARTITION}{viewer_id}"


def _conflict(viewer_id: ViewerId, version: int, profile: StoredProfile) -> StateConflict:
    return StateConflict(
        f"viewer '{viewer_id}' is at version {version}, not {profile.version - 1}:"
        " somebody wrote first"
    )


def _state_values(profile: StoredProfile) -> Item:
    return {":state": binary(pack_state(profile.state)), ":made_by": text(profile.made_by)}


def _profile(head: Item) -> StoredProfile | None:
    if "profile_state" not in head:
        return None
    state, version = unpack_state(head["profile_state"]["B"]), int(head["version"]["N"])
    return None if state is None else StoredProfile(state, version, head["made_by"]["S"])


def _json(event: Interaction) -> str:
    return event.model_dump_json(exclude_none=True)


def _event_id(event: str) -> EventId:
    return EventId(json.loads(event)["event_id"])


def _segment(item: Item) -> list[str]:
    events: list[str] = json.loads(decompress(item["events"]["B"]))
    return events


def _texts(item: Item, name: str) -> list[str]:
    return [value["S"] for value in item[name]["L"]]
