import numpy as np
import pytest

from training.item_vectors import (
    ItemVectors,
    average_user_vector,
    complete_with_content,
    merge_spaces,
    whiten,
)


@pytest.fixture
def factors() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(200, 6)) * np.array([9.0, 5, 3, 2, 1, 0.5])


def test_without_damping_whitened_factors_are_orthonormal(factors):
    z = whiten(factors, damping=0.0)
    np.testing.assert_allclose(z.T @ z, np.eye(6), atol=1e-10)


def test_damped_whitening_is_the_inverse_root(factors):
    gram = factors.T @ factors
    lam = np.median(np.linalg.eigvalsh(gram))
    z = whiten(factors)
    # Z'Z = A^-1/2 (Q'Q) A^-1/2 with A = Q'Q + lam I, all in one eigenbasis
    expected = np.linalg.eigvalsh(gram) / (np.linalg.eigvalsh(gram) + lam)
    np.testing.assert_allclose(np.linalg.eigvalsh(z.T @ z), expected, rtol=1e-9)


def test_whitening_turns_with_the_factors(factors):
    rotation = np.linalg.qr(np.random.default_rng(1).normal(size=(6, 6)))[0]
    np.testing.assert_allclose(whiten(factors @ rotation), whiten(factors) @ rotation, atol=1e-10)


def test_merging_averages_inner_products_whatever_the_axes(factors):
    z = whiten(factors)
    z *= np.sqrt(6 / (z**2).sum())
    rotation = np.linalg.qr(np.random.default_rng(1).normal(size=(6, 6)))[0]
    merged = merge_spaces([z, 3.0 * z @ rotation])
    assert merged.shape == z.shape
    np.testing.assert_allclose(merged @ merged.T, z @ z.T, atol=1e-10)


def test_merging_keeps_the_widest_axes_of_both():
    wide, other = np.zeros((4, 2)), np.zeros((4, 2))
    wide[:2, 0] = other[2:, 0] = 1.0
    wide[2, 1] = 0.01
    merged = merge_spaces([wide, other])
    np.testing.assert_allclose(
        np.abs(merged).round(2), [[0, 0.71], [0, 0.71], [0.71, 0], [0.71, 0]], atol=0.02
    )


def test_zero_factors_stay_zero_instead_of_nan():
    assert np.isfinite(whiten(np.zeros((3, 2)))).all()


def test_the_average_user_leans_to_what_is_liked_most():
    items = ItemVectors(np.array([1, 2]), np.eye(2), np.array([3.0, 1.0]))
    np.testing.assert_allclose(average_user_vector(items), [0.75, 0.25])


def test_unliked_movies_take_after_their_content_and_stay_short():
    content = np.zeros((9, 2))
    content[:4, 0] = content[4:8, 1] = 1.0
    content[8, 0] = 1.0
    vectors = np.array([[1.0, 0.0]] * 4 + [[0.0, 1.0]] * 4)
    items = ItemVectors(np.arange(1, 9), vectors, np.ones(8))
    full, sources = complete_with_content(items, list(range(1, 10)), content, reg=0.1)
    np.testing.assert_array_equal(full[:8], vectors)
    assert sources == ["ratings"] * 8 + ["content"]
    assert full[8, 0] > 0.8 > 0.2 > full[8, 1]
    assert np.linalg.norm(full[8]) <= 1.0 + 1e-12
