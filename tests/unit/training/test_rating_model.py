import numpy as np
import pytest

from training.als import AlsFit, Factors
from training.rating_model import Biases, RatingModel, bias_only, paper_model


@pytest.fixture
def model() -> RatingModel:
    biases = Biases(
        3.0, np.array([1, 5]), np.array([0.5, -0.25]), np.array([10, 20]), np.array([0.25, -1.0])
    )
    users = np.array([[1.0, 0.0], [0.0, 2.0]], dtype=np.float32)
    items = np.array([[0.5, 0.5], [1.0, 0.25]], dtype=np.float32)
    return RatingModel(biases, users, items)


def predict(model: RatingModel, user: int, movie: int) -> float:
    return float(model.predict(np.array([user]), np.array([movie]))[0])


def test_a_prediction_is_mean_plus_biases_plus_taste(model):
    assert predict(model, 1, 10) == pytest.approx(3.0 + 0.5 + 0.25 + 0.5)
    assert predict(model, 5, 20) == pytest.approx(3.0 - 0.25 - 1.0 + 0.5)


def test_unknown_users_and_movies_fall_back_to_what_is_known(model):
    assert predict(model, 2, 10) == pytest.approx(3.25)
    assert predict(model, 1, 99) == pytest.approx(3.5)
    assert predict(model, 99, 99) == pytest.approx(3.0)


def test_predictions_stay_on_the_scale(model):
    loud = model._replace(item_factors=model.item_factors * 100)
    assert predict(loud, 1, 10) == 5.0
    assert predict(model._replace(item_factors=model.item_factors * -100), 1, 10) == 0.5


def test_biases_alone_ignore_taste(model):
    assert predict(bias_only(model), 1, 10) == pytest.approx(3.75)


def test_the_published_recipe_is_its_dot_product_and_the_mean_when_cold():
    users = Factors(np.array([1]), np.array([[2.0, 1.0]], dtype=np.float32))
    items = Factors(np.array([7]), np.array([[1.0, 0.5]], dtype=np.float32))
    model = paper_model(AlsFit(users, items), global_mean=3.5)
    assert predict(model, 1, 7) == pytest.approx(2.5)
    assert predict(model, 1, 8) == predict(model, 2, 7) == pytest.approx(3.5)
