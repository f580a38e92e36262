"""What an honest model would answer, written from the evidence that it was sent."""

import json

from agents.evidence_block import read_block
from tests.support.groq_server import Reply, Request

__all__ = ["calling", "explanation_document", "honest"]


def film_readings(task):
    return {
        "films": [
            {
                "movie_id": film["movie_id"],
                "note": "Unhurried and watchful, with more said in looks than in words.",
                "visual_language": "wide and cool",
                "narrative_pacing": "patient",
                "thematic_depth": "quietly moral",
                "emotional_tone": "wistful",
                "emotional_arc": "hope to doubt",
                "character_complexity": "guarded people",
                "tags": ["slow-burn", "not-in-the-vocabulary"],
            }
            for film in task["films"]
        ]
    }


def list_reasons(payload):
    """True sentences, in words that the offline writer does not use."""
    task, records = payload["task"], {r["id"]: r for r in payload["evidence"]}
    wanted = {item["claim"] for item in task.get("rewrite", [])}

    def is_wanted(key):
        return not wanted or key in wanted

    reasons = []
    for movie_id in task["films"]:
        about = [
            r
            for r in records.values()
            if r["kind"] in {"contribution", "profile"} and r["movie_id"] == movie_id
        ]
        top = max(about, key=lambda r: r["share"]) if about else None
        if top is None or not is_wanted(f"reason:{movie_id}"):
            continue
        who = top.get("source_title", "What viewers like on average")
        text = f"Written by the server: {who} gives {round(top['share'] * 100)} % of it."
        reasons.append({"movie_id": movie_id, "text": text, "evidence_ids": [top["id"]]})
    themes = [
        {
            "theme_id": theme_id,
            "text": f"The server counts {records[f'theme:{theme_id}']['list_count']} here.",
            "evidence_ids": [f"theme:{theme_id}"],
        }
        for theme_id in task["themes"]
        if is_wanted(f"theme:{theme_id}")
    ]
    summary = []
    if is_wanted("summary:0"):
        n_events = records["viewer"]["n_events"]
        text = f"The server read {n_events} entries of yours."
        summary = [{"text": text, "evidence_ids": ["viewer"]}]
    return {"summary": summary, "themes": themes, "reasons": reasons}


def explanation_document(request: Request):
    """What an honest model answers in an explanation."""
    payload = read_block(request.prompt)
    task = payload["task"]
    if "vocabulary" in task:
        return film_readings(task)
    if "films" not in task:
        readings = [{"theme_id": t["theme_id"], "reading": "Kin."} for t in task["themes"]]
        return {"themes": readings}
    return list_reasons(payload)


def honest(request: Request) -> Reply:
    """Explains honestly, and asks the chat's tool why The Godfather is missing."""
    if request.tools or request.schema == "ChatClaims":
        return calling("why_not", {"titles": ["The Godfather"]})(request)
    return Reply(json.dumps(explanation_document(request)))


def calling(name, arguments, write=None):
    """Calls a chat tool, then writes: the draft it was given, or what ``write`` makes of it."""

    def answer(request: Request) -> Reply:
        if request.tools:
            return Reply(tool_call=(name, arguments))
        draft = read_block(request.prompt)["task"]["draft"]
        return Reply(content=json.dumps(write(draft) if write else draft))

    return answer
