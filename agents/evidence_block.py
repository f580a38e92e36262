"""The block of evidence that a prompt carries, and reading it back.

A model of either provider sees the same block: JSON between ``<evidence>`` tags. Angle brackets
inside it are escaped, so no title or synopsis can close the block and speak as the prompt.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from retrieval.domain.evidence import Evidence

__all__ = ["BLOCK", "evidence_record", "read_block", "render_block"]

BLOCK: Final = re.compile(r"<evidence>\s*(\{.*?\})\s*</evidence>", re.DOTALL)

# Numbers in units of the score and ids of log events mean nothing to a writer, and cost tokens.
_DROPPED: Final[dict[str, frozenset[str]]] = {
    "contribution": frozenset({"value", "event_id", "source_movie_id"}),
    "rest": frozenset({"value"}),
    "profile": frozenset({"value"}),
    "style": frozenset({"value"}),
    "theme": frozenset({"movie_ids"}),
    "history": frozenset({"event_id"}),
    "tag": frozenset({"liked_movie_ids"}),
    "counterfactual": frozenset({"event_ids", "source_movie_ids", "score_before", "score_after"}),
    "why_not": frozenset({"score", "cut_score", "gap"}),
    "what_if": frozenset({"movie_ids", "entered_movie_ids", "left_movie_ids"}),
    "note": frozenset(),
    "list": frozenset(),
}


def evidence_record(evidence: Evidence) -> dict[str, Any]:
    """One piece of evidence as a writer needs it: id, kind and the facts worth saying."""
    dropped = _DROPPED.get(evidence.kind, frozenset())
    data = evidence.data.model_dump(mode="json", exclude=set(dropped))
    if "kind" in data:
        data["event_kind"] = data.pop("kind")
    return {"id": evidence.id, "kind": evidence.kind, **_tidy(data)}


def render_block(task: Mapping[str, Any], evidence: Iterable[Evidence]) -> str:
    """The block for a prompt.

    Args:
        task: What is asked for: ids, level of detail, problems of an earlier draft.
        evidence: What may be cited.
    """
    payload = {"task": dict(task), "evidence": [evidence_record(item) for item in evidence]}
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    # The two characters stay readable to any JSON parser, and can no longer end the block.
    text = text.replace("<", "\\u003c").replace(">", "\\u003e")
    return f"<evidence>\n{text}\n</evidence>"


def read_block(prompt: str) -> dict[str, Any] | None:
    """The payload of the last block in a prompt, or None when there is none that is JSON."""
    found = BLOCK.findall(prompt)
    if not found:
        return None
    try:
        payload = json.loads(found[-1])
    except ValueError:
        return None
    return payload if isinstance(payload, dict) else None


def _tidy(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 5)
    if isinstance(value, dict):
        return {key: _tidy(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_tidy(item) for item in value]
    return value
