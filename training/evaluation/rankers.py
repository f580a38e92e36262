"""The recommenders that are compared. Each is fitted on a training part alone.

All answer one question, scores of every movie for some histories, so that known viewers, new
viewers and viewers of whom little is known are judged by the same code. Ours answers it with the
serving domain's own functions.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from retrieval.domain.arrays import Matrix, Vector, unit_rows
from retrieval.domain.models import Interaction
from retrieval.domain.profile import (
    WHYLENS,
    EventCoefficients,
    Recipe,
    UserVector,
    build_user_vector,
    effects_of,
    event_coefficients,
    event_effect,
    replay,
)
from retrieval.domain.ranking import top_rows
from retrieval.domain.style_part import PATTERN_LENGTH, StylePart, StyleTable
from training.retrieval_model import RetrievalModel

__all__ = [
    "EaseRanker",
    "History",
    "ItemKnnRanker",
    "PopularityRanker",
    "Ranker",
    "RecentEaseRanker",
    "RetrievalRanker",
    "WithoutDislikes",
]

Rows = NDArray[np.int64]
_KNN_BLOCK = 512
_NO_VECTOR = np.empty(0)


class History(NamedTuple):
    """What a recommender is told of one viewer."""

    user_id: int
    events: list[Interaction]
    """Effective events in order (see `retrieval.domain.profile.effective_events`)."""
    rows: Rows
    """Catalogue row of each event's movie."""

    def first(self, n: int) -> "History":
        """The same viewer when only the ``n`` oldest events had happened."""
        return History(self.user_id, self.events[:n], self.rows[:n])

    def liked(self, threshold: float) -> "History":
        """The events that are ratings of ``threshold`` stars or more."""
        keep = [n for n, event in enumerate(self.events) if (event.rating or 0.0) >= threshold]
        return self._only(keep)

    def without_dislikes(self, recipe: Recipe) -> "History":
        """The events that do not count negatively."""
        effects = [event_effect(event, recipe) for event in self.events]
        return self._only([n for n, effect in enumerate(effects) if effect.weight >= 0.0])

    def _only(self, keep: Sequence[int]) -> "History":
        return History(self.user_id, [self.events[n] for n in keep], self.rows[keep])


class Ranker(Protocol):
    """Scores movies for viewers."""

    def scores(self, histories: Sequence[History]) -> Matrix:
        """Score every movie for every history.

        Returns:
            Higher is better; NaN where a movie cannot be recommended, and throughout where the
            history gives nothing to go on. Shape ``(len(histories), n_movies)``.
        """
        ...


class RetrievalRanker:
    """Replays the history and takes the dot product, as serving does."""

    def __init__(
        self, model: RetrievalModel, *, style: StyleTable | None = None, rated_only: bool = False
    ) -> None:
        """Rank with a model.

        Args:
            model: Vectors, start and recipe.
            style: Adds the style part to scores, as far as the recipe has one.
            rated_only: Leave out movies whose vector was read off their content: the published
                system has no vector for them.
        """
        self._model = model
        self._style = style
        self._known = np.ones(len(model.vectors), dtype=bool)
        if rated_only:
            self._known = np.array([source == "ratings" for source in model.sources], dtype=bool)

    def scores(self, histories: Sequence[History]) -> Matrix:
        """Scores with each user vector as of the last event."""
        users = np.array([self._user_vector(history) for history in histories])
        tastes = np.where(self._known, users @ self._model.vectors.T, np.nan)
        for history, scores in zip(histories, tastes, strict=True):
            part = self._style_part(history, scores)
            if part is not None:
                scores += part.scores
        return tastes

    def _style_part(self, history: History, tastes: Vector) -> StylePart | None:
        strength = self._model.recipe.style_strength
        if self._style is None or not strength or not history.events:
            return None
        allowed = self._known.copy()
        allowed[history.rows] = False
        best = top_rows(tastes, allowed, n=PATTERN_LENGTH)
        return self._style.part(best, strength=strength)

    def _user_vector(self, history: History) -> Vector:
        model, known = self._model, self._known[history.rows]
        events = [event for event, is_known in zip(history.events, known, strict=True) if is_known]
        items = model.vectors[history.rows[known]]
        effects = effects_of(events, recipe=model.recipe)
        state = replay(effects, items, model.average_user_vector, recipe=model.recipe)
        as_of_ms = state.last_event_ms or 0
        return build_user_vector(state, recipe=model.recipe, as_of_ms=as_of_ms).total


class WithoutDislikes:
    """A ranker that is not told what a viewer disliked: do dislikes improve a list?"""

    def __init__(self, ranker: Ranker, recipe: Recipe) -> None:
        """Keep from ``ranker`` what counts negatively in ``recipe``."""
        self._ranker = ranker
        self._recipe = recipe

    def scores(self, histories: Sequence[History]) -> Matrix:
        """Scores for the rest of each history."""
        return self._ranker.scores([h.without_dislikes(self._recipe) for h in histories])


class PopularityRanker:
    """The same list for everybody: movies by their number of likes."""

    def __init__(self, likes: sparse.csr_array) -> None:
        self._counts = np.asarray(likes.sum(axis=0), dtype=np.float64)

    def scores(self, histories: Sequence[History]) -> Matrix:
        """Likes of each movie, whoever asks."""
        return np.tile(self._counts, (len(histories), 1))


class ItemKnnRanker:
    """Adds up the cosine of a movie with those of its ``k`` nearest that the viewer liked."""

    def __init__(self, likes: sparse.csr_array, *, threshold: float, k: int) -> None:
        """Find every movie's neighbours.

        Args:
            likes: 0/1, shape ``(n_users, n_movies)``.
            threshold: Stars from which a rating of the history is a like.
            k: Neighbours of a movie.

        Source: Deshpande & Karypis, Item-Based Top-N Recommendation Algorithms, TOIS 2004.
        """
        self._threshold = threshold
        counts = np.asarray(likes.sum(axis=0), dtype=np.float64)
        scale = np.divide(1.0, np.sqrt(counts), out=np.zeros_like(counts), where=counts > 0.0)
        units = (likes @ sparse.diags_array(scale)).tocsc()
        blocks = [
            _nearest((units[:, start : start + _KNN_BLOCK].T @ units).toarray(), start, k)
            for start in range(0, units.shape[1], _KNN_BLOCK)
        ]
        self._neighbours = sparse.vstack(blocks, format="csr")

    def scores(self, histories: Sequence[History]) -> Matrix:
        """Summed cosines."""
        queries = _queries(histories, self._threshold, self._neighbours.shape[0])
        return _unless_empty(queries, (queries @ self._neighbours.T).toarray())


def _nearest(cosines: Matrix, start: int, k: int) -> sparse.csr_array:
    """Keep the ``k`` largest of each row, never the movie itself, which is ``start + row``."""
    own = np.arange(len(cosines))
    cosines[own, start + own] = 0.0
    if k < cosines.shape[1]:
        cut = np.partition(cosines, -k, axis=1)[:, [-k]]
        cosines[cosines < cut] = 0.0
    return sparse.csr_array(cosines)


class EaseRanker:
    """EASE, solved through the users (there are fewer of them than movies).

    With ``P = (X'X + reg I)^-1`` EASE scores ``x B``, ``B = I - P / diag(P)``, and by Woodbury
    ``P = (I - X' K X) / reg`` with ``K = (X X' + reg I)^-1``.
    """

    def __init__(self, likes: sparse.csr_array, *, threshold: float, reg: float) -> None:
        """Fit on the likes of the training part.

        Args:
            likes: ``X``, 0/1, shape ``(n_users, n_movies)``.
            threshold: Stars from which a rating of the history is a like.
            reg: Ridge strength, > 0.

        Source: Steck, Embarrassingly Shallow Autoencoders for Sparse Data, WWW 2019.
        """
        self.threshold = threshold
        self._reg = reg
        self._likes = likes
        gram = (likes @ likes.T).toarray()
        inverse = np.linalg.inv(gram + reg * np.eye(len(gram)))
        self._projected: Matrix = (likes.T @ inverse.T).T
        overlap = np.asarray(likes.multiply(self._projected).sum(axis=0), dtype=np.float64)
        self._diagonal = (1.0 - overlap) / reg

    def scores(self, histories: Sequence[History]) -> Matrix:
        """``x B`` for the viewers' likes ``x``, who need not be among the fitted ones."""
        return self.score_inputs(_queries(histories, self.threshold, self._likes.shape[1]))

    def score_inputs(self, queries: sparse.csr_array) -> Matrix:
        """``x B`` for any inputs, shape ``(n, n_movies)``; NaN where there is none."""
        projection = (queries @ self._likes.T).toarray() @ self._projected
        plain = queries.toarray()
        scores: Matrix = plain - (plain - projection) / self._reg / self._diagonal
        return _unless_empty(queries, scores)


class RecentEaseRanker:
    """EASE given the recency blend of recipe ``whylens``: is it the vectors or the blend?

    The viewer's input is read twice, with event weights and with the weights of the EMA, and the
    two scores are blended at unit length.
    """

    def __init__(self, ease: EaseRanker, *, blend: float, n_movies: int) -> None:
        self._ease = ease
        self._blend = blend
        self._n_movies = n_movies

    def scores(self, histories: Sequence[History]) -> Matrix:
        """``blend * A/|A| + (1 - blend) * R/|R|``."""
        base, recent = (
            self._ease.score_inputs(
                _queries(histories, self._ease.threshold, self._n_movies, weigh)
            )
            for weigh in (_base_weights, _recent_weights)
        )
        blended = self._blend * unit_rows(base) + (1.0 - self._blend) * unit_rows(recent)
        return np.where(np.isnan(base), np.nan, blended)


def _coefficients(likes: History) -> EventCoefficients:
    plain = UserVector(_NO_VECTOR, _NO_VECTOR, base_factor=1.0, recent_factor=1.0)
    effects = effects_of(likes.events, recipe=WHYLENS)
    return event_coefficients(effects, plain, recipe=WHYLENS)


def _base_weights(likes: History) -> Vector:
    return _coefficients(likes).base


def _recent_weights(likes: History) -> Vector:
    return _coefficients(likes).recent


def _equal_weights(likes: History) -> Vector:
    return np.ones(len(likes.events))


def _queries(
    histories: Sequence[History],
    threshold: float,
    n_movies: int,
    weigh: Callable[[History], Vector] = _equal_weights,
) -> sparse.csr_array:
    """Likes of each history with their weights, shape ``(len(histories), n_movies)``."""
    likes = [history.liked(threshold) for history in histories]
    columns = np.concatenate([like.rows for like in likes])
    values = np.concatenate([weigh(like) for like in likes])
    rows = np.repeat(np.arange(len(likes)), [len(like.rows) for like in likes])
    return sparse.csr_array((values, (rows, columns)), shape=(len(likes), n_movies))


def _unless_empty(queries: sparse.csr_array, scores: Matrix) -> Matrix:
    """NaN in the rows whose query is empty: they have nothing to go on."""
    scores[np.diff(queries.indptr) == 0] = np.nan
    return scores
