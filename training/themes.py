"""Grouping movies into themes: K-Means on retrieval vectors, and how much that is worth."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.domain.arrays import Matrix, unit_rows
from training.settings import TrainingSettings

__all__ = [
    "SilhouettePoint",
    "Themes",
    "eligible_movies",
    "fit_paper_themes",
    "fit_themes",
    "project_to_map",
    "silhouette_curve",
    "tag_coherence",
]

Labels = NDArray[np.int64]


class Themes(NamedTuple):
    """A theme for every movie."""

    theme_of: Labels
    """Theme of each movie, 0 to ``n_themes - 1``; 0 holds the most likes. Shape ``(n_movies,)``."""
    centrality: NDArray[np.float64]
    """Cosine of each movie's vector with its theme's centre, in [-1, 1]; same shape."""
    clustered: NDArray[np.bool_]
    """Movies that took part in clustering; the others joined the nearest centre."""
    points: Matrix
    """What was clustered, shape ``(clustered.sum(), n_factors)``."""

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


def fit_themes(vectors: Matrix, likes: NDArray[np.int64], settings: TrainingSettings) -> Themes:
    """Cluster the unit-length vectors of movies with enough likes; the rest join the nearest.

    Args:
        vectors: Item vectors, shape ``(n_movies, n_factors)``.
        likes: Likes of each movie, shape ``(n_movies,)``.
        settings: k, minimum likes, restarts, seed.
    """
    units = unit_rows(vectors)
    clustered = eligible_movies(likes, settings)
    return _cluster(units, clustered, likes, settings)


def fit_paper_themes(
    vectors: Matrix, rated: NDArray[np.bool_], likes: NDArray[np.int64], settings: TrainingSettings
) -> Themes:
    """Cluster as published: StandardScaler and K-Means on the factors of every rated movie."""
    return _cluster(_standardise(vectors, rated), rated, likes, settings)


def eligible_movies(likes: NDArray[np.int64], settings: TrainingSettings) -> NDArray[np.bool_]:
    """Movies with enough likes to take part in clustering; every liked one if those are few."""
    enough = likes >= settings.min_likes
    if np.count_nonzero(enough) >= 2 * settings.n_themes:
        return enough
    liked = likes > 0
    return liked if liked.any() else np.ones_like(liked)


def _standardise(vectors: Matrix, rated: NDArray[np.bool_]) -> Matrix:
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(vectors[rated])
    scaled: Matrix = scaler.transform(vectors)
    return scaled


def _cluster(
    points: Matrix,
    clustered: NDArray[np.bool_],
    likes: NDArray[np.int64],
    settings: TrainingSettings,
) -> Themes:
    from sklearn.cluster import KMeans

    distinct = len(np.unique(points[clustered], axis=0))
    k = max(1, min(settings.n_themes, distinct))
    model = KMeans(n_clusters=k, n_init=settings.kmeans_inits, random_state=settings.seed)
    model.fit(points[clustered])
    theme_of = model.predict(points).astype(np.int64)
    renumber = _by_popularity(theme_of, likes, k)
    theme_of = renumber[theme_of]
    centres = np.empty_like(model.cluster_centers_)
    centres[renumber] = model.cluster_centers_
    cosine = np.einsum("mf,mf->m", unit_rows(points), unit_rows(centres)[theme_of])
    return Themes(theme_of, cosine, clustered, points[clustered])


def _by_popularity(theme_of: Labels, likes: NDArray[np.int64], k: int) -> Labels:
    """New number of each theme: most likes first, ties by the first movie in it."""
    totals = np.bincount(theme_of, weights=likes, minlength=k)
    first = np.array([np.flatnonzero(theme_of == t)[:1].sum() for t in range(k)])
    order = np.lexsort((first, -totals))
    renumber = np.empty(k, dtype=np.int64)
    renumber[order] = np.arange(k)
    return renumber


def silhouette_curve(
    points: Matrix, settings: TrainingSettings, *, unit_length: bool
) -> list[SilhouettePoint]:
    """Mean silhouette over k, each with its permutation null.

    Args:
        points: What is clustered, shape ``(n, n_factors)``.
        settings: The ks (those below ``n``), seed.
        unit_length: Whether the points lie on the unit sphere, so that the null must too.

    Returns:
        One point per k. The curve is flat on MovieLens: it reports structure, it does not choose
        k. Values of spaces with other dimensions do not compare.
    """
    rng = np.random.default_rng(settings.seed)
    shuffled = np.column_stack([rng.permutation(column) for column in points.T])
    if unit_length:
        shuffled = unit_rows(shuffled)
    return [
        SilhouettePoint(k, _silhouette(points, k, settings), _silhouette(shuffled, k, settings))
        for k in settings.silhouette_ks
        if k < len(points)
    ]


_SILHOUETTE_SAMPLE = 4000


def _silhouette(points: Matrix, k: int, settings: TrainingSettings) -> float:
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    labels = KMeans(n_clusters=k, n_init=2, random_state=settings.seed).fit_predict(points)
    sample = _SILHOUETTE_SAMPLE if len(points) > _SILHOUETTE_SAMPLE else None
    return float(silhouette_score(points, labels, sample_size=sample, random_state=settings.seed))


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
