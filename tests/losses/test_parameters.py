"""Parameters named in a call: editors see them, and a misspelt one is refused with its near names."""

import inspect
import math
from dataclasses import fields, replace

import numpy as np
import pytest
from tests.fuzz.rooms import assert_message

from xent.errors import ParameterError, XentError
from xent.losses import (
    REGISTRY,
    ArcFace,
    Focal,
    ForwardCorrection,
    GaussianNLL,
    LogitAdjusted,
    SigmoidFocal,
    focal,
    info_nce,
    softmax_cross_entropy,
)
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


@pytest.mark.parametrize("odd", ["a", {}, None, 1j, object, np.ones(3), np.ones((2, 2))], ids=str)
@pytest.mark.parametrize("name", REGISTRY)
def test_a_parameter_of_another_kind_is_refused_in_one_line_or_taken(name, odd):
    loss = REGISTRY[name]
    for each in fields(loss):
        try:
            replace(loss, **{each.name: odd})
        except XentError as error:
            assert_message(error)


def test_a_parameter_of_another_kind_is_named_with_its_own():
    for call, message in (
        (lambda: Focal(gamma="2"), "Focal: `gamma` must be a number; got str."),
        (lambda: Focal(gamma=None), "Focal: `gamma` must be a number; got NoneType."),
        (lambda: Focal(gamma=np.ones(3)), "Focal: `gamma` must be a number; got ndarray of shape (3,)."),
        (
            lambda: focal(LOGITS, LABELS, ignored_label=np.ones(2)),
            "Focal: `ignored_label` must be a number; got ndarray of shape (2,).",
        ),
        (lambda: SigmoidFocal(gamma=np.float32(2), alpha=None), None),
        (lambda: Focal(gamma=np.asarray(2.0)), None),
        (lambda: Focal(gamma=math.inf), "Focal: `gamma` must be finite; got inf."),
        (lambda: ArcFace(sub_centres=1.5), "ArcFace: `sub_centres` must be a whole number >= 1; got 1.5."),
        (lambda: GaussianNLL(full="yes"), "GaussianNLL: `full` must be True or False; got str."),
        (
            lambda: ForwardCorrection(noise_matrix=1.0),
            "ForwardCorrection: `noise_matrix` must be an array or rows; got 'float' object is not iterable.",
        ),
        (
            lambda: LogitAdjusted(class_counts="ab"),
            "LogitAdjusted: `class_counts` must be a sequence of numbers; got str.",
        ),
        (
            lambda: focal(LOGITS, LABELS, ignored_label=2.5),
            "focal: `ignored_label` must be an integer; got 2.5.",
        ),
        (
            lambda: focal(LOGITS, LABELS, class_weights=[1j, 1, 1]),
            "focal: `class_weights` must hold real numbers; got complex128.",
        ),
    ):
        if message is None:
            call()
            continue
        with pytest.raises(XentError) as caught:
            call()
        assert str(caught.value) == message
