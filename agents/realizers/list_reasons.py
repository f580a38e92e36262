"""Writes a whole page: summary, themes, and one reason for each film."""

from typing import Any

from agents.drafts import ListReasons, ReasonDraft, SummaryDraft, ThemeTextDraft
from agents.realizers.dossiers import read_dossiers
from agents.realizers.page import Page
from agents.realizers.reasons import write_reason
from agents.realizers.summaries import write_summary, write_theme

__all__ = ["realize_list_reasons"]


def realize_list_reasons(payload: dict[str, Any]) -> ListReasons:
    """The texts of one list, or of the claims that have to be rewritten."""
    task = payload["task"]
    records = {record["id"]: record for record in payload["evidence"]}
    page = Page()
    wanted = {item["claim"] for item in task.get("rewrite", [])}
    detail = task.get("detail", "standard")
    summary, themes, reasons = [], [], []
    if not wanted or any(key.startswith("summary") for key in wanted):
        summary = [
            SummaryDraft(text=text.text, evidence_ids=text.ids)
            for text in write_summary(records, page, one_film=bool(task.get("one_film")))
        ]
    for theme_id in task.get("themes", []):
        if f"theme:{theme_id}" in records and (not wanted or f"theme:{theme_id}" in wanted):
            text = write_theme(records[f"theme:{theme_id}"], page)
            themes.append(ThemeTextDraft(theme_id=theme_id, text=text.text, evidence_ids=text.ids))
    for dossier in read_dossiers(task.get("films", []), records):
        if not wanted or f"reason:{dossier.movie_id}" in wanted:
            text = write_reason(dossier, page, detail=detail)
            reasons.append(
                ReasonDraft(movie_id=dossier.movie_id, text=text.text, evidence_ids=text.ids)
            )
    return ListReasons(summary=summary, themes=themes, reasons=reasons)
