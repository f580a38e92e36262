"""Grouping movies into themes with K-Means, and how much that is worth."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.domain.arrays import Matrix, unit_rows
from training.consensus import consensus_centres
from training.settings import TrainingSettings
from training.theme_space import indicators, join_space

if TYPE_CHECKING:
    from sklearn.cluster import KMeans

__all__ = [
    "SilhouettePoint",
    "Stability",
    "Themes",
    "clustered_movies",
    "eligible_movies",
    "fit_centres",
    "fit_paper_themes",
    "fit_themes",
    "project_to_map",
    "seed_stability",
    "silhouette",
    "silhouette_curve",
    "tag_coherence",
]

Labels = NDArray[np.int64]


class Themes(NamedTuple):
    """A theme for every movie."""

    theme_of: Labels
    """Theme of each movie, 0 to ``n_themes - 1``; 0 holds the most likes. Shape ``(n_movies,)``."""
    centrality: NDArray[np.float64]
    """Cosine of each movie's point with its theme's centre, in [-1, 1]; same shape."""
    clustered: NDArray[np.bool_]
    """Movies that took part in clustering; the others joined the nearest centre."""
    points: Matrix
    """What was clustered, shape ``(clustered.sum(), n_dimensions)``."""

    @property
    def n_themes(self) -> int:
        """Number of themes."""
        return int(self.theme_of.max()) + 1


class SilhouettePoint(NamedTuple):
    """Mean silhouette at one k, beside the same on data without structure."""

    k: int
    silhouette: float
    null: float
    """After each column was permuted on its own, which keeps the marginals and breaks the rest."""


def fit_themes(
    vectors: Matrix,
    genres: Sequence[Sequence[str]],
    tags: Sequence[Sequence[str]],
    likes: NDArray[np.int64],
    settings: TrainingSettings,
) -> Themes:
    """Cluster the movies with enough likes by consensus; the rest join the nearest centre.

    Args:
        vectors: Item vectors, shape ``(n_movies, n_factors)``.
        genres: Genres of each movie.
        tags: Style tags of each movie from the film notes; empty where there is no note.
        likes: Likes of each movie, shape ``(n_movies,)``.
        settings: k, likes needed, weight of the traits, runs of the consensus, seed.
    """
    clustered = clustered_movies(likes, settings)
    points = join_space(
        vectors,
        [indicators(genres), indicators(tags)],
        clustered=clustered,
        weight=settings.theme_trait_weight,
    )
    return _around(fit_centres(points[clustered], settings), points, clustered, likes)


def fit_paper_themes(
    vectors: Matrix, rated: NDArray[np.bool_], likes: NDArray[np.int64], settings: TrainingSettings
) -> Themes:
    """Cluster as published: StandardScaler and K-Means on the factors of every rated movie."""
    from sklearn.cluster import KMeans

    points = _standardise(vectors, rated)
    k = _possible_themes(points[rated], settings)
    model = KMeans(n_clusters=k, n_init=settings.kmeans_inits, random_state=settings.seed)
    return _around(model.fit(points[rated]), points, rated, likes)


def fit_centres(points: Matrix, settings: TrainingSettings) -> "KMeans":
    """K-Means on the points, started at the centres that many runs agree on."""
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    k = _possible_themes(points, settings)
    # On a few thousand points threads cost more than they save, eightfold on shared cores, and
    # their number would change the last digits and with them the themes.
    with threadpool_limits(1):
        start = consensus_centres(points, k=k, runs=settings.consensus_runs, seed=settings.seed)
        return KMeans(n_clusters=len(start), init=start, n_init=1).fit(points)


def clustered_movies(likes: NDArray[np.int64], settings: TrainingSettings) -> NDArray[np.bool_]:
    """Movies that shape the themes: those with many likes, all the liked ones if few have."""
    enough = likes >= settings.theme_min_likes
    if np.count_nonzero(enough) >= 2 * settings.n_themes:
        return enough
    return eligible_movies(likes, settings)


def eligible_movies(likes: NDArray[np.int64], settings: TrainingSettings) -> NDArray[np.bool_]:
    """Movies whose vector rests on enough likes; every liked one if those are few."""
    enough = likes >= settings.min_likes
    if np.count_nonzero(enough) >= 2 * settings.n_themes:
        return enough
    liked = likes > 0
    return liked if liked.any() else np.ones_like(liked)


def _possible_themes(points: Matrix, settings: TrainingSettings) -> int:
    return max(1, min(settings.n_themes, len(np.unique(points, axis=0))))


def _standardise(vectors: Matrix, rated: NDArray[np.bool_]) -> Matrix:
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(vectors[rated])
    scaled: Matrix = scaler.transform(vectors)
    return scaled


def _around(
    model: "KMeans", points: Matrix, clustered: NDArray[np.bool_], likes: NDArray[np.int64]
) -> Themes:
    """Give every movie a theme: clustered ones as fitted, others that of the nearest direction."""
    centres: Matrix = model.cluster_centers_
    cosines = unit_rows(points) @ unit_rows(centres).T
    theme_of = cosines.argmax(axis=1).astype(np.int64)
    theme_of[clustered] = model.labels_
    renumber = _by_popularity(theme_of, likes, len(centres))
    centrality = cosines[np.arange(len(points)), theme_of]
    return Themes(renumber[theme_of], centrality, clustered, points[clustered])


def _by_popularity(theme_of: Labels, likes: NDArray[np.int64], k: int) -> Labels:
    """New number of each theme: most likes first, ties by the first movie in it."""
    totals = np.bincount(theme_of, weights=likes, minlength=k)
    first = np.array([np.flatnonzero(theme_of == t)[:1].sum() for t in range(k)])
    order = np.lexsort((first, -totals))
    renumber = np.empty(k, dtype=np.int64)
    renumber[order] = np.arange(k)
    return renumber


def silhouette_curve(
    points: Matrix, settings: TrainingSettings, *, keep_lengths: bool
) -> list[SilhouettePoint]:
    """Mean silhouette over k, each with its permutation null.

    Args:
        points: What is clustered, shape ``(n, n_factors)``.
        settings: The ks (those below ``n``), seed.
        keep_lengths: Whether the null's rows get the lengths of the points' rows, as points of
            one length must have a null of that length.

    Returns:
        One point per k. The curve is flat on MovieLens: it reports structure, it does not choose
        k. Values of spaces with other dimensions do not compare.
    """
    rng = np.random.default_rng(settings.seed)
    shuffled = np.column_stack([rng.permutation(column) for column in points.T])
    if keep_lengths:
        shuffled = unit_rows(shuffled) * np.linalg.norm(points, axis=1, keepdims=True)
    return [
        SilhouettePoint(k, _silhouette(points, k, settings), _silhouette(shuffled, k, settings))
        for k in settings.silhouette_ks
        if k < len(points)
    ]


_SILHOUETTE_SAMPLE = 4000


def _silhouette(points: Matrix, k: int, settings: TrainingSettings) -> float:
    from sklearn.cluster import KMeans

    labels = KMeans(n_clusters=k, n_init=2, random_state=settings.seed).fit_predict(points)
    return silhouette(points, labels, settings) or 0.0


def silhouette(points: Matrix, theme_of: Labels, settings: TrainingSettings) -> float | None:
    """Mean silhouette of a grouping, of 4,000 points at most; None where it is not defined."""
    from sklearn.metrics import silhouette_score

    if not 1 < len(np.unique(theme_of)) < len(points):
        return None
    sample = _SILHOUETTE_SAMPLE if len(points) > _SILHOUETTE_SAMPLE else None
    return float(silhouette_score(points, theme_of, sample_size=sample, random_state=settings.seed))


class Stability(NamedTuple):
    """Adjusted Rand index of two independent fits of the same points: 1 the same, 0 chance."""

    themes: float
    """Of the way the themes were fitted."""
    single_kmeans: float
    """Of two K-Means fits without consensus, for comparison."""


def seed_stability(themes: Themes, settings: TrainingSettings, *, recipe: str) -> Stability:
    """How much of the grouping another seed would find again.

    Args:
        themes: As fitted with ``settings``.
        settings: As for the fit; the other fit has the next seed and shares no run with it.
        recipe: ``paper`` has no consensus.
    """
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score

    points, mine = themes.points, themes.theme_of[themes.clustered]
    other = settings.model_copy(update={"seed": settings.seed + 1})
    k = _possible_themes(points, settings)
    singles = [
        KMeans(n_clusters=k, n_init=s.kmeans_inits, random_state=s.seed).fit_predict(points)
        for s in (settings, other)
    ]
    single = float(adjusted_rand_score(*singles))
    if recipe == "paper":
        return Stability(single, single)
    found = float(adjusted_rand_score(mine, fit_centres(points, other).labels_))
    return Stability(found, single)


def tag_coherence(tags: Matrix, theme_of: Labels) -> float | None:
    """How much more alike in tags two movies of a theme are than any two movies.

    Args:
        tags: Tag weights, shape ``(n, n_tags)``; movies without tags are left out.
        theme_of: Theme of each row, shape ``(n,)``.

    Returns:
        Mean cosine of pairs within themes over that of all pairs; 1 is no coherence. None when
        there are too few tagged movies to say.
    """
    tagged = np.linalg.norm(tags, axis=1) > 0.0
    units, themes = unit_rows(tags[tagged]), theme_of[tagged]
    if len(units) < max(2, 2 * len(np.unique(themes))):
        return None
    groups = [units[themes == theme] for theme in np.unique(themes)]
    within_sum = sum(_pair_cosine_sum(group) for group in groups)
    within_pairs = sum(len(group) * (len(group) - 1) for group in groups)
    overall = _pair_cosine_sum(units) / (len(units) * (len(units) - 1))
    if not within_pairs or overall <= 0.0:
        return None
    return float(within_sum / within_pairs / overall)


def _pair_cosine_sum(units: Matrix) -> float:
    """Sum of the cosines of all ordered pairs of distinct rows: ``|sum|^2 - n``."""
    total = units.sum(axis=0)
    return float(total @ total) - len(units)


def project_to_map(vectors: Matrix) -> Matrix:
    """Two coordinates per movie for drawing: PCA of the unit-length vectors, in [-1, 1].

    Signs are fixed (the largest loading is positive), so that a rerun gives the same picture.
    """
    units = unit_rows(vectors)
    centred = units - units.mean(axis=0)
    eigenvalues, basis = np.linalg.eigh(centred.T @ centred)
    axes = basis[:, np.argsort(-eigenvalues)[:2]]
    axes = axes * np.sign(axes[np.argmax(np.abs(axes), axis=0), range(axes.shape[1])])
    flat = centred @ axes
    if flat.shape[1] < 2:
        flat = np.column_stack([flat[:, 0], np.zeros(len(flat))])
    scaled: Matrix = flat / max(float(np.abs(flat).max()), 1e-12)
    return scaled
