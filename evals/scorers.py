"""Deterministic scorers of one explanation.

Each judges against its own computation, never against what the explanation says of itself: the
evidence is read, contributions are recomputed from the bundle's vectors, and titles are looked up
in the catalogue by a scan that shares no code with the verifier.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final, Protocol

from agents.schemas import Claim, Explanation
from agents.verifier import ClaimVerifier
from evals.scores import Score
from retrieval.bundle import Bundle
from retrieval.domain.evidence import ContributionEvidence
from retrieval.domain.models import ViewerId
from retrieval.recommender import Recommender

__all__ = ["ClaimPrecision", "ContributorAgreement", "NoHallucinatedTitles", "Scorer", "all_claims"]

_SHORTEST_TITLE: Final = 3
_LEADING_ARTICLE: Final = re.compile(r"^(The|A|An|Le|La|Les|L'|El|Il|Das|Der|Die) ?", re.IGNORECASE)
_DATED_NAME: Final = re.compile(r"[^\s(“\"]\S* \((?:18|19|20)\d\d\)")
"""The last word of a title with its year: enough to be found in the evidence or not.

A bracket or quotation mark before that word belongs to the sentence."""


class Scorer(Protocol):
    """Judges one explanation."""

    name: str
    threshold: float
    """The mean that a release must reach."""

    def score(self, explanation: Explanation) -> Score:
        """A score in [0, 1], or why there is none."""
        ...


def all_claims(explanation: Explanation) -> list[Claim]:
    """Every claim of an explanation, in reading order."""
    return [
        *explanation.summary_claims,
        *(claim for theme in explanation.themes for claim in theme.claims),
        *(recommendation.reason for recommendation in explanation.recommendations),
    ]


class ClaimPrecision:
    """Share of claims that their own evidence supports."""

    name = "claim_precision"
    threshold = 0.99

    def __init__(self, verifier: ClaimVerifier) -> None:
        """Judge with the verifier that the graph uses too."""
        self._verifier = verifier

    def score(self, explanation: Explanation) -> Score:
        """Supported claims / all claims."""
        claims = all_claims(explanation)
        if not claims:
            return Score.unscored("the explanation makes no claim")
        evidence = {piece.id: piece for piece in explanation.evidence}
        problems = {
            claim.text: found
            for claim in claims
            if (found := self._verifier.verify(claim.text, claim.evidence_ids, evidence))
        }
        notes = [
            f"{text!r}: {'; '.join(problem.detail for problem in found)}"
            for text, found in problems.items()
        ]
        wrong = sum(claim.text in problems for claim in claims)
        return Score(1.0 - wrong / len(claims), " | ".join(notes))


class ContributorAgreement:
    """Share of named causes that are among the true largest contributors.

    For a reason that names ``k`` past events, the truth is the ``k`` largest contributions to
    that film's score, recomputed from the bundle.
    """

    name = "contributor_agreement"
    threshold = 0.95

    def __init__(self, recommender: Recommender) -> None:
        """Recompute with the ranking's own vectors."""
        self._recommender = recommender

    def score(self, explanation: Explanation) -> Score:
        """Mean overlap over the reasons that name a cause."""
        snapshot = self._recommender.snapshot(
            ViewerId(explanation.viewer_id), as_of_ms=_as_of_ms(explanation)
        )
        evidence = {piece.id: piece for piece in explanation.evidence}
        overlaps: list[float] = []
        notes: list[str] = []
        for recommendation in explanation.recommendations:
            cited = [evidence.get(i) for i in recommendation.reason.evidence_ids]
            named = {
                piece.data.event_id
                for piece in cited
                if isinstance(piece, ContributionEvidence)
                and piece.data.value > 0
                and piece.data.movie_id == recommendation.movie_id
            }
            if not named:
                continue
            split = self._recommender.split(snapshot, recommendation.movie_id)
            ordered = [c.event_id for c in split.contributions if c.source == "interaction"]
            overlap = len(named & set(ordered[: len(named)])) / len(named)
            overlaps.append(overlap)
            if overlap < 1.0:
                notes.append(f"rank {recommendation.rank} names {sorted(named)}")
        if not overlaps:
            return Score.unscored("no reason names a past event as its cause")
        return Score(sum(overlaps) / len(overlaps), " | ".join(notes))


class NoHallucinatedTitles:
    """Share of film mentions that are films of the cited evidence.

    A mention is a name with a year behind it, or a catalogue title of three words or more.
    """

    name = "no_hallucinated_titles"
    threshold = 0.99

    def __init__(self, bundle: Bundle) -> None:
        """Learn the catalogue's titles."""
        self._titles = _multi_word_titles(movie.title for movie in bundle.movies)

    def score(self, explanation: Explanation) -> Score:
        """Supported mentions / all mentions; 1 when films are only named by evidence."""
        evidence = {piece.id: piece.model_dump_json() for piece in explanation.evidence}
        mentions, invented = 0, []
        for claim in all_claims(explanation):
            known = " ".join(evidence.get(i, "") for i in claim.evidence_ids)
            known = known.replace('\\"', '"')
            for title in self._mentions(claim.text):
                mentions += 1
                if title not in known:
                    invented.append(title)
        if not mentions:
            return Score.unscored("no film is named")
        return Score(1.0 - len(invented) / mentions, ", ".join(invented))

    def _mentions(self, text: str) -> set[str]:
        found = {title for title in self._titles if title in text}
        longest = {t for t in found if not any(t != other and t in other for other in found)}
        return longest | set(_DATED_NAME.findall(text))


def _as_of_ms(explanation: Explanation) -> int:
    """The moment that the explained list was ranked for."""
    moment = datetime.fromisoformat(explanation.versions.as_of)
    return round(moment.timestamp() * 1000)


def _multi_word_titles(titles: Iterable[str]) -> frozenset[str]:
    return frozenset(
        title
        for title in titles
        if len(title.split()) >= _SHORTEST_TITLE and _LEADING_ARTICLE.sub("", title)[:1].isupper()
    )
