"""Parameters named in a call: editors see them, and a misspelt one is refused with its near names."""

import inspect
from dataclasses import fields, replace

import numpy as np
import pytest

from xent.errors import ParameterError
from xent.losses import REGISTRY, Focal, LogitAdjusted, focal, info_nce, softmax_cross_entropy
from xent.losses.abstract_loss import AbstractLoss
from xent.losses.parameters import METHODS

LOGITS, LABELS = np.zeros((2, 3)), np.asarray([0, 2])


def keywords(method):
    parameters = inspect.signature(method).parameters.values()
    return {each.name: each.default for each in parameters if each.kind is each.KEYWORD_ONLY}


@pytest.mark.parametrize("name", REGISTRY)
@pytest.mark.parametrize("method", METHODS)
def test_the_signature_of_a_method_lists_every_parameter_of_its_loss(name, method):
    loss = REGISTRY[name]
    own = {"sample_weight", "validate"} | ({"denominator", "on_empty"} if method == "mean" else set())
    found = keywords(getattr(loss, method))
    assert set(found) == own | {each.name for each in fields(loss)}
    kinds = {each.kind for each in inspect.signature(getattr(loss, method)).parameters.values()}
    assert inspect.Parameter.VAR_KEYWORD not in kinds
    assert found == found | {p.name: p.default for p in inspect.signature(type(loss)).parameters.values()} | {
        name: ... for name, default in found.items() if default is ...
    }


def test_the_signature_of_a_loss_is_that_of_its_call():
    assert list(inspect.signature(focal).parameters)[:5] == [
        "logits",
        "truth",
        "sample_weight",
        "validate",
        "gamma",
    ]
    assert keywords(focal)["gamma"] == 2.0
    assert next(iter(inspect.signature(Focal).parameters)) == "gamma"


def test_a_parameter_without_a_default_need_not_be_named():
    assert keywords(LogitAdjusted.gradient)["class_counts"] is ...
    assert LogitAdjusted([1, 1, 1]).gradient(LOGITS, LABELS).shape == (2, 3)


def test_methods_keep_their_documentation():
    assert focal.gradient.__doc__ == AbstractLoss.gradient.__doc__ is not None
    assert focal.mean.__qualname__ == "Focal.mean"


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda: focal(LOGITS, LABELS, gama=3),
            "focal: `gama` must be a parameter of Focal; got gama=3. Did you mean 'gamma'?",
        ),
        (
            lambda: Focal(gama=3),
            "Focal: `gama` must be a parameter of Focal; got gama=3. Did you mean 'gamma'?",
        ),
        (
            lambda: replace(focal, sample_weight=LABELS),
            (
                "Focal: `sample_weight` must be a parameter of Focal; got a value of type ndarray. "
                "Did you mean 'class_weights'?"
            ),
        ),
        (
            lambda: focal.gradient(LOGITS, LABELS, class_weight=LABELS),
            (
                "focal.gradient: `class_weight` must be a parameter of Focal; got a value of type ndarray. "
                "Did you mean 'class_weights' or 'sample_weight'?"
            ),
        ),
        (
            lambda: softmax_cross_entropy(LOGITS, LABELS, sample_wieght=None),
            (
                "softmax_cross_entropy: `sample_wieght` must be a parameter of SoftmaxCrossEntropy; "
                "got sample_wieght=None. Did you mean 'sample_weight'?"
            ),
        ),
        (
            lambda: focal.mean(LOGITS, LABELS, denominators="rows"),
            (
                "focal.mean: `denominators` must be a parameter of Focal; got denominators='rows'. "
                "Did you mean 'denominator'?"
            ),
        ),
        (
            lambda: info_nce.total(LOGITS, LOGITS, reduction="mean"),
            (
                "info_nce.total: `reduction` must be a parameter of InfoNCE; got reduction='mean'. "
                "The parameters are 'temperature', 'normalize', 'negatives', 'sample_weight' and 'validate'."
            ),
        ),
    ],
    ids=["number", "class", "replaced", "array", "keyword", "mean", "far"],
)
def test_a_keyword_that_is_no_parameter_is_refused_with_its_near_names(call, text):
    with pytest.raises(ParameterError) as caught:
        call()
    assert str(caught.value) == text


def test_the_refusal_is_an_error_of_ours():
    try:
        Focal(gama=3)
    except TypeError as error:
        assert isinstance(error, ParameterError)  # noqa: PT017 - the class itself is a type error
    else:
        raise AssertionError


def test_the_refusal_is_a_type_error_as_python_raises_for_a_keyword():
    with pytest.raises(TypeError, match="gama"):
        focal.hessian(LOGITS, LABELS, gama=3)


def test_a_parameter_is_refused_by_its_own_rule_and_not_as_unknown():
    with pytest.raises(ValueError, match="`gamma` must be >= 0; got -1"):
        focal(LOGITS, LABELS, gamma=-1)
