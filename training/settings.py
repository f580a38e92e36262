"""Every hyper-parameter of training, and what it reads from the environment.

Knows no framework: entry points build these and pass them down.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from retrieval.environment import EnvironmentSettings

__all__ = ["Environment", "TrainingSettings"]


class TrainingSettings(BaseModel):
    """Hyper-parameters, chosen on inner splits of the 2018 edition and then frozen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = Field(default=42, ge=0, le=2**31 - 1)
    """Seed of ALS, K-Means, permutations and tie-breaks."""

    rank: int = Field(default=50, ge=1)
    """Number of factors of every ALS model."""
    iterations: int = Field(default=15, ge=1)
    blocks: int = Field(default=2, ge=1)
    """ALS blocks and shuffle partitions; more only pays on a cluster."""
    checkpoint_interval: int = 5
    """ALS iterations between checkpoints; without them the lineage overflows the JVM's stack."""

    driver_memory: str = Field(default="3g", pattern=r"^[1-9][0-9]*[mg]$")
    """Largest heap of the driver's JVM, which in local mode does all the work."""
    executor_memory: str = Field(default="", pattern=r"^([1-9][0-9]*[mg])?$")
    """Heap of each executor of a cluster; what the cluster is configured for when empty."""

    residual_reg: float = Field(default=0.12, gt=0)
    """``regParam`` of the ALS on what the biases leave over."""
    user_damping: float = Field(default=5.0, ge=0)
    """Pseudo-ratings that pull a user's bias to zero."""
    item_damping: float = Field(default=3.0, ge=0)
    bias_rounds: int = Field(default=3, ge=1)
    """Alternations between user and item biases."""
    paper_reg: float = Field(default=0.1, gt=0)
    """``regParam`` of the explicit ALS, as published."""

    implicit_reg: float = Field(default=0.1, gt=0)
    implicit_alpha: float = Field(default=1.0, gt=0)
    """Confidence of an event of weight 1 in implicit ALS over viewers."""
    sitting_length: int = Field(default=20, ge=2)
    """Consecutive likes of one viewer that make a row of the implicit ALS over sittings."""
    sitting_reg: float = Field(default=0.2, gt=0)
    sitting_alpha: float = Field(default=0.5, gt=0)
    like_threshold: float = 3.5
    """Stars from which a rating is a like: an event of the implicit model."""
    content_reg: float = Field(default=10.0, gt=0)
    """Ridge strength of the map from content to item vectors."""

    n_themes: int = Field(default=40, ge=2)
    min_likes: int = Field(default=5, ge=1)
    """Likes from which a movie's vector is trusted to lend and borrow style tags."""
    theme_min_likes: int = Field(default=10, ge=1)
    """Likes a movie needs to take part in clustering; the others join the nearest centre."""
    theme_trait_weight: float = Field(default=0.4, ge=0)
    """Length of a movie's genres, and of its noted style tags, beside its item vector's 1."""
    consensus_runs: int = Field(default=100, ge=1)
    """K-Means fits that vote on the themes."""
    kmeans_inits: int = Field(default=10, ge=1)
    """Random starts of a K-Means fit without consensus."""
    silhouette_ks: tuple[int, ...] = (10, 20, 30, 40, 50)
    n_exemplars: int = 8
    """Most central movies a theme is shown by."""
    neighbours: int = 30
    """Neighbours that may lend a movie their style tags."""
    min_tag_confidence: float = 0.4
    """Share of the neighbours that must carry a tag for it to be lent."""

    evaluation_seeds: tuple[int, ...] = (0, 1, 2)
    test_share: float = Field(default=0.2, gt=0, lt=1)
    relevant_rating: float = 4.0
    """Stars from which a rating of the test part counts as a hit."""
    list_length: int = 10
    ease_reg: float = 100.0
    ease_recency_blend: float = Field(default=0.85, ge=0, le=1)
    """Share of the plain part where EASE gets the recency blend; chosen on inner splits."""
    knn_threshold: float = 4.0
    """Stars from which a rating is a like to item-kNN."""
    knn_k: int = Field(default=50, ge=1)
    viewer_folds: int = Field(default=5, ge=2)
    """Folds of viewers that are new to the models fitted on the other folds."""
    cold_start_events: tuple[int, ...] = (0, 1, 3, 5, 10, 20)
    """Known events of a new viewer at which lists are judged."""
    evaluation_viewers: int = Field(default=7000, ge=2)
    """At most this many viewers, drawn at random, take part in an evaluation."""
    concurrent_fits: int = Field(default=2, ge=1)
    """Models that Spark fits side by side during an evaluation."""
    bootstrap_samples: int = 1000

    keep_bundles: int = Field(default=3, ge=1)


class Environment(EnvironmentSettings):
    """What training takes from the process environment."""

    variables: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "java_home": ("JAVA_HOME",),
        "path": ("PATH",),
        "movielens_base_url": ("WHYLENS_MOVIELENS_URL",),
    }

    java_home: str = ""
    path: str = ""
    movielens_base_url: str = "https://files.grouplens.org/datasets/movielens/"
    """Where the MovieLens zips lie; a mirror may stand in, since every file is checked."""

    @property
    def java_home_path(self) -> Path | None:
        """``JAVA_HOME`` as a path, or None when unset."""
        return Path(self.java_home) if self.java_home else None
