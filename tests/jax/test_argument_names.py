"""Errors name the arguments of the function that was called, not those of a function behind it."""

import jax.numpy as jnp
import numpy as np
import pytest
from tests.argument_names import assert_errors_name_parameters, errors_of

import xent.jax
from xent.errors import DTypeError

RNG = np.random.default_rng(0)
LOGITS = RNG.normal(size=(4, 3)).astype(np.float32)
PROBS = np.full((4, 3), 1 / 3, np.float32)
LABELS = np.asarray([0, 1, 2, 0])
ENTRIES = np.ones((4, 3), bool)
OF_DIVERGENCE = {"log_predictions": np.log(PROBS), "targets": PROBS, "axis": -1, "where": ENTRIES}

VALID = {
    "softmax_cross_entropy": {"logits": LOGITS, "labels": PROBS, "axis": -1, "where": ENTRIES},
    "safe_softmax_cross_entropy": {"logits": LOGITS, "labels": PROBS},
    "softmax_cross_entropy_with_integer_labels": {
        "logits": LOGITS, "labels": LABELS, "axis": -1, "where": ENTRIES[:, 0],
    },
    "sigmoid_binary_cross_entropy": {"logits": LOGITS, "labels": PROBS},
    "sigmoid_focal_loss": {"logits": LOGITS, "labels": PROBS, "alpha": 0.5, "gamma": 2.0},
    "poly_loss_cross_entropy": {
        "logits": LOGITS, "labels": PROBS, "epsilon": 2.0, "axis": -1, "where": ENTRIES,
    },
    "kl_divergence": OF_DIVERGENCE,
    "kl_divergence_with_log_targets": {
        "log_predictions": np.log(PROBS), "log_targets": np.log(PROBS), "axis": -1,
    },
    "generalized_kl_divergence": OF_DIVERGENCE,
    "convex_kl_divergence": OF_DIVERGENCE,
    "smooth_labels": {"labels": PROBS, "alpha": 0.1, "axis": -1, "where": ENTRIES},
    "ntxent": {"embeddings": LOGITS, "labels": LABELS, "temperature": 0.07},
    "linear_softmax_cross_entropy": {
        "hidden": LOGITS, "weight": np.ones((5, 3), np.float32), "labels": LABELS,
        "bias": np.zeros(5, np.float32), "where": ENTRIES[:, 0], "class_weights": np.ones(5, np.float32),
        "class_mask": np.ones(5, bool), "label_smoothing": 0.1, "z_loss": 0.1, "softcap": 3.0,
        "logit_scale": 1.0, "ignored_label": -1, "denominator": 3.0, "top_k": 2, "chunk_bytes": 100,
    },
}  # fmt: skip


def test_every_function_is_listed():
    assert set(VALID) == {name for name in xent.jax.__all__ if name[0].islower()}


@pytest.mark.half_second
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", VALID)
def test_errors_name_parameters_of_the_function_that_was_called(name):
    assert_errors_name_parameters(getattr(xent.jax, name), VALID[name], caller=f"xent.jax.{name}")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "name", ["softmax_cross_entropy", "sigmoid_focal_loss", "linear_softmax_cross_entropy"]
)
def test_masked_and_textual_arguments_are_named_themselves(name):
    found = errors_of(getattr(xent.jax, name), VALID[name])
    of_type = {
        argument: error.argument for argument, error in found if error.rule.startswith(("hold", "have no"))
    }
    assert of_type
    assert {"logits", "labels"} <= set(of_type) or {"hidden", "labels", "weight"} <= set(of_type)
    assert all(argument == named for argument, named in of_type.items())


def test_a_factor_may_be_an_array_of_numpy():
    given = {"logits": LOGITS, "labels": PROBS}
    found = xent.jax.poly_loss_cross_entropy(**given, epsilon=np.asarray(0.5))
    np.testing.assert_array_equal(found, xent.jax.poly_loss_cross_entropy(**given, epsilon=0.5))


@pytest.mark.parametrize("option", ["top_k", "chunk_bytes", "ignored_label"])
@pytest.mark.parametrize("wrong", [2.5, True, "a"], ids=["fraction", "truth", "text"])
def test_integers_are_no_fractions(option, wrong):
    with pytest.raises(DTypeError, match=f"`{option}` must be an integer; got {wrong!r}"):
        xent.jax.linear_softmax_cross_entropy(jnp.eye(3), jnp.eye(3), jnp.arange(3), **{option: wrong})
