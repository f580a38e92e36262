"""The nodes of the conversation graph: recall, understand, act, write, check."""

from typing import Any

from langgraph.runtime import Runtime

from agents.asking import ask
from agents.chat.context import ChatContext
from agents.chat.drafts import ChatClaims, ToolChoice
from agents.chat.film_references import Memory
from agents.chat.schemas import ChatAnswer, Intent, Proposal, Turn
from agents.chat.state import MAX_TURNS, ChatState
from agents.chat.suggestions import suggest
from agents.chat.tool_binding import bind_tools
from agents.chat.tool_choice import draft_of, intent_of
from agents.chat.tools import ToolCall, run_tool
from agents.chat.understanding import understand
from agents.chat.writing import Sentence, write_answer
from agents.prompting import load_prompt
from agents.schemas import Claim, ProviderInfo, Usage, VerificationCounts
from agents.usage import add_up
from retrieval.domain.evidence import Evidence, EvidenceId
from retrieval.domain.models import MovieId
from retrieval.domain.recommendation import Filters, Ranking

__all__ = ["act", "check", "is_checked", "read_message", "recall", "write"]

MAX_REVISIONS = 1
_PASSING = frozenset({"confirm", "decline", "thanks", "help", "out_of_scope", "unknown_movie"})
"""Intents that a follow-up looks past."""


async def recall(state: ChatState, runtime: Runtime[ChatContext]) -> dict[str, Any]:
    """Rank for the viewer, before anybody is asked anything.

    Its event is the first of a stream: a reader who leaves from then on is noticed, however long
    a model takes, and what is wrong with the viewer was told before.
    """
    del state
    context = runtime.context
    ranking = context.retrieval.recommender.recommend(
        context.viewer_id, n=context.list_length, filters=context.filters
    )
    return {"ranking": ranking, "usage": [], "revisions": 0}


async def read_message(state: ChatState, runtime: Runtime[ChatContext]) -> dict[str, Any]:
    """Make out what the message asks for."""
    context = runtime.context
    memory = _memory(state, state["ranking"])
    bundle = context.retrieval.bundle
    intent = understand(state["message"], memory, bundle, context.titles)
    update: dict[str, Any] = {"intent": intent}
    if context.agent.provider == "offline":
        return update
    answer = await ask(
        context.agent,
        load_prompt("choose_tool"),
        ToolChoice,
        task={
            "message": state["message"],
            "list": [bundle.movie(m).name for m in memory.list_movie_ids],
            "focus": [bundle.movie(m).name for m in memory.focus],
            "pending": memory.proposal.action if memory.proposal else "",
            "known": {
                "genres": sorted({g for movie in bundle.movies for g in movie.genres}),
                "tags": list(context.agent.vocabulary),
            },
            "draft": draft_of(intent, bundle).model_dump(),
        },
        evidence=(),
        bind=bind_tools,
    )
    if answer.is_offline:
        return update | {"usage": [answer.usage]}
    chosen = intent_of(answer.draft, memory, bundle, context.titles, fallback=intent)
    return update | {"intent": chosen, "usage": [answer.usage]}


async def act(state: ChatState, runtime: Runtime[ChatContext]) -> dict[str, Any]:
    """Run the tool and remember what follow-ups will point to."""
    context = runtime.context
    memory = _memory(state, state["ranking"])
    result = run_tool(
        ToolCall(
            retrieval=context.retrieval,
            viewer_id=context.viewer_id,
            intent=state["intent"],
            ranking=state["ranking"],
            proposal=memory.proposal,
            list_filters=memory.list_filters,
            list_source=memory.list_source,
            list_movie_ids=memory.list_movie_ids,
            descriptions=context.descriptions,
        )
    )
    update: dict[str, Any] = {
        "result": result,
        "list_movie_ids": [int(m) for m in result.list_movie_ids or memory.list_movie_ids],
        "focus": [int(m) for m in _focus(result.focus, memory)],
        "proposal": result.proposal.model_dump() if result.proposal else None,
    }
    if state["intent"].kind not in _PASSING:
        update["last"] = state["intent"].model_dump(mode="json")
    if result.list_movie_ids is None:
        return update
    return update | {
        "filters": result.list_filters.model_dump(mode="json"),
        "list_source": result.list_source,
    }


def _focus(found: tuple[MovieId, ...], memory: Memory) -> tuple[MovieId, ...]:
    """Films talked about: those just found, or the one just found and the one before it."""
    before = [m for m in memory.focus[:1] if m not in found]
    return (*found, *before) if len(found) == 1 else found or memory.focus


def _memory(state: ChatState, ranking: Ranking) -> Memory:
    current = tuple(r.movie_id for r in ranking.recommendations)
    proposal, last, source = state.get("proposal"), state.get("last"), state.get("list_source")
    return Memory(
        list_movie_ids=_ids(state.get("list_movie_ids")) or current,
        focus=_ids(state.get("focus")),
        history=frozenset(event.movie_id for event in ranking.viewer.events),
        proposal=Proposal.model_validate(proposal) if proposal else None,
        current_movie_ids=current,
        list_filters=Filters.model_validate(state.get("filters", {})),
        list_source=None if source is None else MovieId(source),
        last=Intent.model_validate(last) if last else None,
    )


async def write(state: ChatState, runtime: Runtime[ChatContext]) -> dict[str, Any]:
    """Draft the answer; a second time only what the verifier found wrong is named."""
    context = runtime.context
    intent, result = state["intent"], state["result"]
    own = write_answer(intent, result)
    if context.agent.provider == "offline" or not result.evidence:
        return {
            "drafts": own,
            "fallbacks": own,
            "problems": [],
            "revisions": MAX_REVISIONS,
            "n_revised": 0,
        }
    task: dict[str, Any] = {
        "message": state["message"],
        "intent": intent.kind,
        "outcome": result.facts.get("outcome", "proposed" if result.proposal else "answered"),
        "draft": {"claims": [{"text": s.text, "evidence_ids": list(s.evidence_ids)} for s in own]},
    }
    is_second = bool(state.get("problems"))
    if is_second:
        task["rewrite"] = [
            {"text": draft.text, "problems": found}
            for draft, found in zip(state["drafts"], state["problems"], strict=True)
            if found
        ]
    answer = await ask(
        context.agent,
        load_prompt("write_answer"),
        ChatClaims,
        task=task,
        evidence=_cited(own, result.evidence),
    )
    drafts = [
        Sentence(claim.text.strip(), tuple(dict.fromkeys(claim.evidence_ids)))
        for claim in answer.draft.claims
        if claim.text.strip()
    ]
    return {
        "drafts": own if answer.is_offline else drafts or own,
        "fallbacks": own,
        "problems": [],
        "revisions": MAX_REVISIONS if answer.is_offline else int(is_second),
        "n_revised": len(task.get("rewrite", [])),
        "usage": [*state["usage"], answer.usage],
    }


async def check(state: ChatState, runtime: Runtime[ChatContext]) -> dict[str, Any]:
    """Verify every sentence; send it back once, then put the evidence's own words in."""
    context = runtime.context
    by_id = {piece.id: piece for piece in state["result"].evidence}
    drafts = state["drafts"]
    problems = [_problems(context, draft, state["fallbacks"], by_id) for draft in drafts]
    if any(problems) and state["revisions"] < MAX_REVISIONS and not state["problems"]:
        return {"problems": problems}
    claims = [
        claim
        for draft, found in zip(drafts, problems, strict=True)
        for claim in _claims(context, draft, state["fallbacks"], by_id, failed=bool(found))
    ]
    claims = list({claim.text: claim for claim in claims}.values())
    n_failed = sum(bool(found) for found in problems)
    counts = VerificationCounts(
        checked=len(drafts),
        supported=len(drafts) - n_failed,
        revised=state["n_revised"],
        replaced=n_failed,
    )
    return _finish(state, context, claims, counts)


def is_checked(state: ChatState) -> bool:
    """Whether the answer stands, or goes back to the writer once."""
    return not any(state.get("problems") or [])


def _finish(
    state: ChatState, context: ChatContext, claims: list[Claim], counts: VerificationCounts
) -> dict[str, Any]:
    intent, result = state["intent"], state["result"]
    n_turns = state.get("n_turns", 0) + 1
    answer = ChatAnswer(
        thread_id=context.thread_id,
        turn=n_turns,
        viewer_id=context.viewer_id,
        intent=intent.kind,
        text=" ".join(claim.text for claim in claims),
        claims=tuple(claims),
        evidence=result.evidence,
        movie_ids=result.focus,
        list_movie_ids=_ids(state.get("list_movie_ids")),
        proposal=result.proposal,
        suggestions=suggest(intent, result, asked=_asked(state)),
        verification=counts,
        provider=_provider(context),
        usage=_usage(state, context),
    )
    turn = Turn(question=state["message"], answer=answer.text, intent=intent.kind)
    turns = [*state.get("turns", []), turn.model_dump()][-MAX_TURNS:]
    return {"answer": answer, "turns": turns, "n_turns": n_turns, "problems": []}


def _asked(state: ChatState) -> list[str]:
    """What the viewer has just asked, and need not be told to ask."""
    return [turn["question"] for turn in state.get("turns", [])[-3:]] + [state["message"]]


def _problems(
    context: ChatContext,
    draft: Sentence,
    own: list[Sentence],
    by_id: dict[EvidenceId, Evidence],
) -> list[str]:
    # A courtesy that our own writer wrote needs no evidence; a model's sentence always does
    # unless it says exactly that.
    is_courtesy = any(s.text == draft.text and not s.needs_evidence for s in own)
    found = context.agent.verifier.verify(
        draft.text,
        draft.evidence_ids,
        by_id,
        needs_evidence=not is_courtesy and bool(by_id),
    )
    return [f"{problem.kind}: {problem.detail}" for problem in found]


def _claims(
    context: ChatContext,
    draft: Sentence,
    own: list[Sentence],
    by_id: dict[EvidenceId, Evidence],
    *,
    failed: bool,
) -> list[Claim]:
    known = [by_id[i] for i in draft.evidence_ids if i in by_id]
    if not failed:
        texts = [(draft.text, draft.evidence_ids)]
    elif known:
        texts = [(piece.text, (piece.id,)) for piece in known]
    else:
        # Nothing that it cites exists, so nothing can speak in its place but our own writer.
        texts = [(sentence.text, sentence.evidence_ids) for sentence in own]
    return [
        Claim(
            text=text,
            evidence_ids=ids,
            movie_ids=context.agent.verifier.mentioned_movies(text, ids, by_id),
            verdict="replaced" if failed else "supported",
        )
        for text, ids in texts
    ]


def _provider(context: ChatContext) -> ProviderInfo:
    failure = context.agent.watch.failure
    note = (
        f"{failure[0].upper()}{failure[1:]}; this answer was written offline" if failure else None
    )
    return ProviderInfo(
        name=context.agent.provider,
        model=context.agent.model_name,
        degraded=failure is not None,
        note=note,
    )


def _usage(state: ChatState, context: ChatContext) -> Usage:
    used = state.get("usage", [])
    return add_up(context.agent, used, latency_ms=sum(node.latency_ms for node in used))


def _cited(own: list[Sentence], evidence: tuple[Evidence, ...]) -> list[Evidence]:
    """What the offline answer cites: what a model needs, and no more tokens than that."""
    wanted = {evidence_id for sentence in own for evidence_id in sentence.evidence_ids}
    return [piece for piece in evidence if piece.id in wanted]


def _ids(values: list[int] | None) -> tuple[MovieId, ...]:
    return tuple(MovieId(value) for value in values or ())
