import numpy as np

from xent.scoring import checked_predictions
from xent.scoring.column_order import suspected_order


def predictions(order, n=600):
    rng = np.random.default_rng(0)
    codes = rng.integers(3, size=n)
    logits = 3.0 * np.eye(3)[codes] + rng.normal(size=(n, 3))
    log_probs = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    return checked_predictions(log_probs[:, order], codes, classes="abc", caller="f")


def test_columns_in_another_order_are_suspected_and_the_order_is_named():
    assert suspected_order(predictions([1, 2, 0])) == (1, 2, 0)


def test_columns_in_order_a_useless_model_and_few_rows_are_not_suspected():
    assert suspected_order(predictions([0, 1, 2])) is None
    assert suspected_order(predictions([1, 2, 0], n=20)) is None
    flat = checked_predictions(
        np.log(np.full((300, 3), 1 / 3)), np.arange(300) % 3, classes="abc", caller="f"
    )
    assert suspected_order(flat) is None
