"""Explanations and cached texts in the DynamoDB table.

A document is compressed. What then fits one item is one item; a longer one is cut into parts that
are written first, and counts once its head item, which names their hash, is there.
"""

import hashlib
import time
from collections.abc import Callable
from typing import Final

from retrieval.domain.errors import StateUnavailable
from retrieval.dynamodb_table import (
    HEAD,
    TTL_ATTRIBUTE,
    DynamoTable,
    Item,
    binary,
    compress,
    decompress,
    number,
    text,
)

__all__ = ["DynamoDocumentStore"]

_MAX_PART_BYTES: Final = 380_000
"""An item may have 400 KB, names and keys included."""


class DynamoDocumentStore:
    """Implements `retrieval.ports.DocumentStore`."""

    def __init__(self, table: DynamoTable, *, now_s: Callable[[], float] = time.time) -> None:
        """Keep documents in a table.

        Args:
            table: The table.
            now_s: The clock that cached texts expire by, seconds since 1970.
        """
        self._table = table
        self._now_s = now_s

    def save_explanation(self, explanation_id: str, viewer_id: str, document: str) -> None:
        """Keep an explanation; the same id again replaces it."""
        created = number(int(self._now_s() * 1000))
        attributes = {"viewer_id": text(viewer_id), "created_ms": created}
        self._put(f"explanation#{explanation_id}", document, attributes)

    def load_explanation(self, explanation_id: str) -> str | None:
        """The JSON of an explanation, or None."""
        partition = f"explanation#{explanation_id}"
        head = self._table.get(partition)
        return None if head is None else self._whole(partition, head)

    def cache_text(self, key: str, text: str, *, ttl_s: float) -> None:
        """Keep a text for a while; DynamoDB clears it away some time after."""
        self._put(f"cache#{key}", text, {TTL_ATTRIBUTE: number(int(self._now_s() + ttl_s))})

    def cached_text(self, key: str) -> str | None:
        """The text under a key, unless its time is over."""
        head = self._table.get(f"cache#{key}")
        # DynamoDB may take days to delete what has expired.
        if head is None or int(head[TTL_ATTRIBUTE]["N"]) <= self._now_s():
            return None
        return self._whole(f"cache#{key}", head)

    def _put(self, partition: str, document: str, attributes: Item) -> None:
        packed = compress(document)
        digest = hashlib.sha256(packed).hexdigest()
        head = attributes | {"digest": text(digest)}
        if len(packed) <= _MAX_PART_BYTES:
            head["document"] = binary(packed)
        else:
            expiry = {k: v for k, v in attributes.items() if k == TTL_ATTRIBUTE}
            for number_of_part, start in enumerate(range(0, len(packed), _MAX_PART_BYTES)):
                part = binary(packed[start : start + _MAX_PART_BYTES])
                name = f"{_part_prefix(digest)}{number_of_part:04d}"
                self._table.put(partition, name, expiry | {"document": part})
        replaced = self._table.put(partition, HEAD, head)
        if replaced and "document" not in replaced and replaced["digest"] != text(digest):
            old = self._table.query(partition, prefix=_part_prefix(replaced["digest"]["S"]))
            self._table.clear(partition, [item["SK"]["S"] for item in old])

    def _whole(self, partition: str, head: Item) -> str:
        digest = head["digest"]["S"]
        parts = [head] if "document" in head else self._parts(partition, digest)
        packed = b"".join(bytes(part["document"]["B"]) for part in parts)
        if hashlib.sha256(packed).hexdigest() != digest:
            raise StateUnavailable(
                f"'{partition}' in DynamoDB is damaged: its parts are not what was written"
            )
        return decompress(packed)

    def _parts(self, partition: str, digest: str) -> list[Item]:
        return self._table.query(partition, prefix=_part_prefix(digest))


def _part_prefix(digest: str) -> str:
    return f"part#{digest[:16]}#"
