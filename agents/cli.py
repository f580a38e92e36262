"""How explanations and the first tour look in a terminal."""

from pathlib import Path

from rich.console import Console, Group
from rich.markup import escape
from rich.padding import Padding
from rich.text import Text

from agents.build import build_chat, build_explainer
from agents.chat.cli import run_chat
from agents.chat_models import build_chat_model
from agents.schemas import Detail, ExplainedRecommendation, Explanation
from agents.settings import AgentSettings
from agents.theme_labels import LabelRun, write_theme_labels
from retrieval.build import Retrieval
from retrieval.bundle import Bundle
from retrieval.domain.errors import BadInput
from retrieval.domain.models import MovieId, ViewerId
from retrieval.domain.recommendation import Filters
from retrieval.domain.scoring import Contribution
from retrieval.profiles import DEMO_VIEWER
from retrieval.wording import describe_moves

__all__ = ["ask_for_labels", "print_explanation", "run_explain", "show_tour", "start_chat"]

_BAR_WIDTH = 24
_NAMED_BARS = 3
_TOUR_LENGTH = 5
_TOUR_QUESTION = "Why did you recommend the first one?"


def run_explain(
    retrieval: Retrieval,
    *,
    viewer: str,
    n: int,
    movie_id: int | None,
    detail: Detail,
    synopses: Path | None = None,
    filters: Filters | None = None,
) -> Explanation:
    """Explain a viewer's list, or one film of the catalogue."""
    explainer = build_explainer(retrieval, AgentSettings.with_synopses(synopses))
    wanted = None if movie_id is None else MovieId(movie_id)
    return explainer.explain(ViewerId(viewer), n=n, movie_id=wanted, detail=detail, filters=filters)


def print_explanation(explanation: Explanation, console: Console) -> None:
    """Summary, then each film with its reason and the largest contributions as bars."""
    console.print(Padding(Text(explanation.summary), (0, 0, 1, 0)))
    labels = {theme.theme_id: theme.label for theme in explanation.themes}
    for recommendation in explanation.recommendations:
        console.print(_film(recommendation, labels[recommendation.theme_id]))
    counts, provider = explanation.verification, explanation.provider
    console.print(
        f"[dim]{counts.checked} claims checked: {counts.supported} supported, {counts.revised}"
        f" revised, {counts.replaced} replaced by the evidence's own words. Written by"
        f" {provider.name} ({escape(provider.model)}).[/]"
    )
    if provider.degraded:
        console.print(f"[yellow]{escape(provider.note or 'The provider failed.')}[/]")


def _film(recommendation: ExplainedRecommendation, theme: str) -> Group:
    year = f" ({recommendation.year})" if recommendation.year else ""
    heading = Text.assemble(
        (f"{recommendation.rank:>2}  ", "dim"),
        (f"{recommendation.title}{year}", "bold"),
        (f"   {theme}", "italic cyan"),
    )
    moved = describe_moves(recommendation.moves)
    reason = Padding(Text(_unbroken(recommendation.reason.text)), (0, 0, 0, 4))
    bars = [
        _bar(_source_name(contribution), contribution.share)
        for contribution in recommendation.contributions[:_NAMED_BARS]
    ]
    left = recommendation.contributions[_NAMED_BARS:]
    if left:
        bars.append(_bar("Everything else", sum(contribution.share for contribution in left)))
    notes = [Padding(Text(f"{moved}.", style="dim"), (0, 0, 0, 4))] if moved else []
    return Group(heading, *notes, reason, *bars, Text())


def _unbroken(text: str) -> str:
    """The text with its percentages kept on one line; Rich breaks at any kind of space."""
    return text.replace(" %", "%")


def _source_name(contribution: Contribution) -> str:
    if contribution.source == "style":
        return f"Shared style: {contribution.title.replace('-', ' ')}"
    return contribution.title


def _bar(title: str, share: float) -> Text:
    length = round(min(abs(share), 1.0) * _BAR_WIDTH)
    colour = "green" if share >= 0 else "red"
    bar = "█" * length + "·" * (_BAR_WIDTH - length)
    return Text.assemble(("    ", ""), (bar, colour), (f" {share:>5.0%}  ", "dim"), (title, "dim"))


def show_tour(retrieval: Retrieval, *, home: Path, console: Console) -> None:
    """Five recommendations with reasons and one exchange, as a newcomer's first sight."""
    explanation = run_explain(
        retrieval, viewer=DEMO_VIEWER, n=_TOUR_LENGTH, movie_id=None, detail="standard"
    )
    console.rule("[bold]Five films for the demo viewer, and why[/]")
    print_explanation(explanation, console)
    console.rule("[bold]One question[/]")
    chat = build_chat(retrieval, AgentSettings(), home=home)
    answer = chat.ask_once(DEMO_VIEWER, _TOUR_QUESTION)
    console.print(Text.assemble(("You      ", "bold"), _TOUR_QUESTION))
    console.print(Text.assemble(("Whylens  ", "bold cyan"), answer.text))
    console.print()


def start_chat(
    retrieval: Retrieval, *, viewer: str, thread_id: str | None, as_json: bool, home: Path
) -> int:
    """Run the conversation loop on this terminal or pipe; returns the exit code."""
    chat = build_chat(retrieval, AgentSettings(), home=home)
    return run_chat(chat, ViewerId(viewer), thread_id=thread_id, as_json=as_json)


def ask_for_labels(bundle: Bundle, *, home: Path, console: Console) -> tuple[str, LabelRun]:
    """Have the provider name the themes; returns its model and what it brought.

    Raises:
        BadInput: No provider is set up.
        ProviderFailed: It gave no usable answer; what came before is kept for the next run.
    """
    settings = AgentSettings()
    if settings.active_provider != "groq":
        raise BadInput("naming themes needs a language model: set GROQ_API_KEY")
    run = write_theme_labels(
        bundle,
        build_chat_model(settings),
        settings,
        cache=home / "cache" / "theme_labels.jsonl",
        note=lambda text: console.print(text, style="dim"),
    )
    console.print(
        f"{len(run.labels)} labels by {settings.groq_model}, {run.from_cache} of them from an"
        f" earlier run; {len(run.refused)} themes keep their offline label."
    )
    for theme_id, reason in run.refused.items():
        console.print(f"theme {theme_id}: {reason}", style="yellow", markup=False)
    return settings.groq_model, run
