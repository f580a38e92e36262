"""Wires the retrieval room: which adapters serve is decided here and nowhere else."""

import logging
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.bundle import Bundle, current_bundle_dir, read_bundle, read_movie_vectors
from retrieval.catalogue import write_catalogue_index
from retrieval.domain.errors import BundleInvalid
from retrieval.numpy_index import NumpyMovieIndex
from retrieval.ports import DocumentStore, MovieIndex, StateStore
from retrieval.profiles import Profiles
from retrieval.recommender import Recommender
from retrieval.settings import RetrievalSettings
from retrieval.sqlite_documents import SqliteDocumentStore
from retrieval.sqlite_file import SqliteFile
from retrieval.sqlite_store import SqliteStateStore

if TYPE_CHECKING:
    from retrieval.evidence import EvidenceBuilder
    from retrieval.new_viewers import NewViewers

__all__ = ["Retrieval", "build_index", "build_retrieval", "build_stores", "index_bundle"]


logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Retrieval:
    """The retrieval room, wired."""

    bundle: Bundle
    recommender: Recommender
    profiles: Profiles
    store: StateStore
    documents: DocumentStore

    @cached_property
    def evidence(self) -> "EvidenceBuilder":
        """Measures evidence; its many schemas are imported by who asks for it."""
        from retrieval.evidence import EvidenceBuilder

        return EvidenceBuilder(self.recommender)

    @cached_property
    def new_viewers(self) -> "NewViewers":
        """Creates viewers from first picks."""
        from retrieval.new_viewers import NewViewers

        return NewViewers(self.bundle, self.store)


def build_retrieval(settings: RetrievalSettings) -> Retrieval:
    """Load the current bundle and open the state.

    Raises:
        BundleError: Nothing usable was trained in this home, or S3 does not give it.
        StateUnavailable: The state file, or DynamoDB, cannot be used.
    """
    bundle = read_bundle(_find_bundle(settings))
    store, documents = build_stores(settings)
    profiles = Profiles(
        bundle,
        store,
        write_attempts=settings.write_attempts,
        demo_writable=settings.demo_writable,
    )
    recommender = Recommender(bundle, build_index(bundle, settings), profiles)
    return Retrieval(bundle, recommender, profiles, store, documents)


def index_bundle(path: Path) -> None:
    """Write what makes a bundle directory quick to serve; training calls it before publishing."""
    write_catalogue_index(path)
    _index_vectors(path)


def _index_vectors(path: Path) -> None:
    from retrieval.chroma_index import build_chroma

    movies, item_vectors = read_movie_vectors(path)
    build_chroma(path / "chroma", movies, item_vectors)


def _find_bundle(settings: RetrievalSettings) -> Path:
    if settings.bundle.startswith("s3://"):
        # boto3 takes a quarter of a second to import, so only who serves from S3 pays.
        from retrieval.s3_bundles import fetch_bundle

        return fetch_bundle(settings.bundle, settings.cache_dir)
    if settings.bundle:
        return Path(settings.bundle)
    return current_bundle_dir(settings.bundles_dir)


def build_stores(settings: RetrievalSettings) -> tuple[StateStore, DocumentStore]:
    """Where viewers' state and documents are kept.

    Raises:
        StateUnavailable: The state file cannot be used, or boto3 cannot.
    """
    if settings.state_table:
        # As for S3: only who keeps state in DynamoDB pays for boto3.
        from retrieval.dynamodb_documents import DynamoDocumentStore
        from retrieval.dynamodb_store import DynamoStateStore
        from retrieval.dynamodb_table import DynamoTable

        table = DynamoTable(settings.state_table)
        return DynamoStateStore(table), DynamoDocumentStore(table)
    file = SqliteFile(settings.state_path, timeout_s=settings.sqlite_timeout_s)
    return SqliteStateStore(file), SqliteDocumentStore(file)


def build_index(bundle: Bundle, settings: RetrievalSettings) -> MovieIndex:
    """The index that the settings ask for, or the one that suits the catalogue's size.

    Raises:
        BundleInvalid: ``chroma`` was asked for and its collection is damaged.
    """
    if settings.index == "chroma":
        if not (bundle.path / "chroma").is_dir():  # a bundle from S3 comes without
            _index_vectors(bundle.path)
        return _open_chroma(bundle, settings)
    n_movies = len(bundle.movies)
    if settings.index == "auto" and n_movies > settings.exact_up_to:
        try:
            return _open_chroma(bundle, settings)
        except (ImportError, BundleInvalid) as error:
            logger.warning("Chroma cannot serve (%s): lists scan all %d movies", error, n_movies)
    return NumpyMovieIndex(bundle.item_vectors)


def _open_chroma(bundle: Bundle, settings: RetrievalSettings) -> MovieIndex:
    # Importing Chroma takes longer than all the rest together, so only who uses it pays.
    from retrieval.chroma_index import ChromaMovieIndex

    return ChromaMovieIndex(
        bundle.path / "chroma", bundle.movie_ids, oversampling=settings.chroma_oversampling
    )
