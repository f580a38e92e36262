"""Recommenders to beat. Each sees the training part alone and scores every movie for every user."""

import numpy as np

from retrieval.domain.arrays import Matrix

__all__ = ["ease_scores", "popularity_scores"]


def popularity_scores(likes: Matrix) -> Matrix:
    """The same list for everybody: movies by their number of likes.

    Args:
        likes: 0/1 matrix, shape ``(n_users, n_movies)``.
    """
    scores: Matrix = np.broadcast_to(likes.sum(axis=0), likes.shape).astype(np.float64)
    return scores


def ease_scores(likes: Matrix, *, reg: float) -> Matrix:
    """Scores of EASE, solved through the users (there are fewer of them than movies).

    With ``P = (X'X + reg I)^-1`` EASE scores ``X B``, ``B = I - P / diag(P)``, and by Woodbury
    ``P = (I - X' K X) / reg`` with ``K = (X X' + reg I)^-1``.

    Args:
        likes: ``X``, 0/1, shape ``(n_users, n_movies)``.
        reg: Ridge strength, > 0.

    Source: Steck, Embarrassingly Shallow Autoencoders for Sparse Data, WWW 2019.
    """
    inverse = np.linalg.inv(likes @ likes.T + reg * np.eye(len(likes)))
    projected = inverse @ likes
    diagonal = (1.0 - np.einsum("ui,ui->i", likes, projected)) / reg
    scores: Matrix = likes - (likes - (likes @ likes.T) @ projected) / reg / diagonal
    return scores
