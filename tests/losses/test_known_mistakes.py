"""
Mistakes that users make: each is refused with its cure, or comes out right.

Letters that are left out here are in `test_known_defects.py`: what libraries have made wrong.
"""

import functools
import warnings

import numpy as np
import pytest
from tests.array_libraries import array_library, jit
from tests.losses.every_loss import cases, parametrize

from xent import measures
from xent.errors import DomainError, DTypeError, ShapeError
from xent.losses import sigmoid_cross_entropy, softmax_cross_entropy, softmax_cross_entropy_of_targets
from xent.scoring import judge

# Of PyTorch's own making, on the first use of a transform.
pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")

LOGITS = np.asarray([[0.3, -1.2, 2.0], [1.5, 0.25, -0.5]])
LABELS = np.asarray([2, 0])
OF_LABELS = parametrize(
    tuple(case for case in cases if case.loss.facts.domain == "logits" and case.loss.facts.truth == "labels")
)


def assert_refused(kind, text, function, *args, **keywords):
    with pytest.raises(kind) as caught:
        function(*args, **keywords)
    assert str(caught.value) == text


# A. Probabilities for logits, and logits for probabilities --------------------------------------------------


def test_logits_that_look_like_probabilities_draw_a_warning_where_it_is_asked_for():
    probs = np.asarray([[0.2, 0.3, 0.5], [0.9, 0.1, 0.0]])
    text = r"softmax_cross_entropy: `logits` look like probabilities \(each row sums to 1\): softmax applied"
    for ask in (softmax_cross_entropy, functools.partial(softmax_cross_entropy, temperature=1)):
        with pytest.warns(UserWarning, match=text) as caught:
            ask(probs, LABELS, validate="strict")
        assert [warning.filename for warning in caught] == [__file__]
    with warnings.catch_warnings(record=True) as caught:
        softmax_cross_entropy(probs, LABELS)
        softmax_cross_entropy(np.stack([probs[0], [0.5, 1.0, 2.0]]), LABELS, validate="strict")
        softmax_cross_entropy(np.asarray([[1.5, -0.5], [0.5, 0.5]]), LABELS % 2, validate="strict")
    assert not caught


def test_a_warning_of_probabilities_is_left_out_where_nothing_can_be_seen():
    jax = pytest.importorskip("jax")
    strict = jax.jit(functools.partial(softmax_cross_entropy, validate="strict"))
    np.testing.assert_allclose(strict(np.asarray([[0.5, 0.5]]), np.asarray([0])), np.log(2), rtol=1e-6)


def test_logits_given_as_probabilities_are_refused():
    text = (
        "cross_entropy: `q` must be >= 0; got -1, first at index (1,). "
        "Pass logits as `logits=`, logarithms as `log_probs=`."
    )
    assert_refused(DomainError, text, measures.cross_entropy, [1, 0, 0], [2.0, -1.0, 5.0])
    with pytest.raises(DomainError, match=r"^cross_entropy: `q` must sum to 1 along the last axis; got 6"):
        measures.cross_entropy([1, 0, 0], [5.0, 0.0, 1.0])


# D. A logit of -inf -----------------------------------------------------------------------------------------


def test_a_masked_class_without_target_contributes_0_to_value_gradient_and_hessian(xp):
    logits, targets = np.asarray([[0.5, -np.inf, -0.5]]), np.asarray([[0.25, 0.0, 0.75]])
    value, gradient = xp.call_public(softmax_cross_entropy_of_targets.value_and_gradient, logits, targets)
    short = softmax_cross_entropy_of_targets.value_and_gradient(logits[:, [0, 2]], targets[:, [0, 2]])
    np.testing.assert_allclose(value, short[0], rtol=1e-15)
    np.testing.assert_allclose(gradient[:, [0, 2]], short[1], rtol=1e-14)
    assert gradient[0, 1] == 0
    hessian = xp.call_public(softmax_cross_entropy_of_targets.hessian, logits, targets)
    assert np.isfinite(hessian).all()
    np.testing.assert_array_equal(hessian[0, 1], 0)
    np.testing.assert_array_equal(hessian[0, :, 1], 0)


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_a_masked_class_is_no_nan_in_a_derivative_of_logits_or_targets(library):
    logits, targets = np.asarray([0.5, -np.inf, -0.5]), np.asarray([0.25, 0.0, 0.75])
    truth = softmax_cross_entropy_of_targets.gradient(logits, targets)
    loss = functools.partial(softmax_cross_entropy_of_targets, normalized_targets=False)
    if library == "torch":
        torch = pytest.importorskip("torch")
        args = torch.tensor(logits), torch.tensor(targets)
        of_logits, of_targets = torch.func.grad(loss, argnums=(0, 1))(*args)
        hessian = torch.func.hessian(loss)(*args).numpy()
    else:
        jax = pytest.importorskip("jax")
        args = tuple(map(array_library("jax").from_numpy, (logits, targets)))
        of_logits, of_targets = jax.jit(jax.grad(loss, argnums=(0, 1)))(*args)
        hessian = np.asarray(jax.hessian(loss)(*args))
    np.testing.assert_allclose(of_logits, truth, rtol=1e-14)
    assert np.isfinite(np.asarray(of_targets)[[0, 2]]).all()
    assert not np.isnan(np.asarray(of_targets)).any()
    assert np.isfinite(hessian).all()


def test_a_label_that_is_masked_costs_infinity_with_the_gradient_of_its_limit(xp):
    logits = np.asarray([[-np.inf, 0.0, 0.0]])
    for temperature in (1.0, 0.5):
        loss = functools.partial(softmax_cross_entropy.value_and_gradient, temperature=temperature)
        value, gradient = xp.call_public(loss, logits, np.asarray([0]))
        np.testing.assert_array_equal(value, [np.inf])
        np.testing.assert_allclose(gradient, np.asarray([[-1, 0.5, 0.5]]) / temperature)


def test_infinite_log_odds_on_the_side_of_the_truth_cost_0(xp):
    logits, events = np.asarray([np.inf, -np.inf]), np.asarray([1, 0])
    for found in xp.call_public(sigmoid_cross_entropy.value_and_gradient, logits, events):
        np.testing.assert_array_equal(found, [0, 0])


@OF_LABELS
def test_a_row_of_which_every_class_is_masked_is_refused(case):
    logits = np.where(np.asarray([[False], [True]]), -np.inf, LOGITS)
    assert_refused(
        DomainError,
        f"{case.name}: `logits` must leave at least one class of each row unmasked; "
        "got -inf, first at index (1,). Every class of this row is masked (-inf). "
        "To leave a row out, give it weight 0.",
        case.loss,
        logits,
        LABELS,
    )
    weight = np.asarray([1.0, 0.0])
    value, gradient = case.loss.value_and_gradient(logits, LABELS, sample_weight=weight)
    assert value[1] == 0
    np.testing.assert_array_equal(gradient[1], 0)


@OF_LABELS
def test_a_logit_of_plus_infinity_is_refused(case):
    logits = LOGITS.copy()
    logits[1, 2] = np.inf
    text = f"{case.name}: `logits` must be below +inf; got inf, first at index (1,)."
    assert_refused(DomainError, text, case.loss, logits, LABELS)


def test_an_ignored_row_that_is_all_masked_has_a_gradient_of_0():
    torch = pytest.importorskip("torch")
    logits = torch.tensor([[-np.inf, -np.inf], [1.0, 2.0]], requires_grad=True)
    softmax_cross_entropy(logits, torch.tensor([-100, 1]), ignored_label=-100).sum().backward()
    np.testing.assert_array_equal(logits.grad[0], [0, 0])
    assert torch.isfinite(logits.grad).all()


# E. Smoothing and masks -------------------------------------------------------------------------------------


def test_smoothing_over_a_class_of_logit_minus_infinity_is_refused():
    logits = LOGITS.copy()
    logits[1, 1] = -np.inf
    text = (
        "softmax_cross_entropy: `logits` must be above -inf where `label_smoothing=0.1` puts a target; "
        "got -inf, first at index (1, 1). Name the classes that take part in `class_mask`."
    )
    assert_refused(DomainError, text, softmax_cross_entropy, logits, LABELS, label_smoothing=0.1)
    mask = np.isfinite(logits)
    found = softmax_cross_entropy(logits, LABELS, label_smoothing=0.1, class_mask=mask)
    assert np.isfinite(found).all()


def test_masked_classes_get_no_share():
    mask = np.asarray([True, True, False])
    found = softmax_cross_entropy.gradient(
        np.zeros((1, 3)), np.asarray([0]), label_smoothing=0.1, class_mask=mask
    )
    # Half less the target: 0.95 and 0.05.
    np.testing.assert_allclose(found, [[-0.45, 0.45, 0.0]], rtol=1e-15)


@pytest.mark.parametrize("share", [-0.1, 1.5, np.nan])
def test_a_share_of_smoothing_beyond_0_and_1_is_refused(share):
    text = f"SoftmaxCrossEntropy: `label_smoothing` must lie in [0, 1]; got {share}."
    assert_refused(DomainError, text, softmax_cross_entropy, LOGITS, LABELS, label_smoothing=share)


# F. A mean over nothing -------------------------------------------------------------------------------------


@OF_LABELS
def test_a_mean_over_nothing_is_refused_with_its_cure(case):
    text = (
        f"{case.name}.mean: `denominator` must be positive: a mean over nothing is undefined; got 0. "
        'Every row is ignored, or there is none. Pass `on_empty="zero"` or "nan", or use `total`.'
    )
    assert_refused(DomainError, text, case.loss.mean, LOGITS[:0], LABELS[:0])
    assert_refused(DomainError, text, case.loss.mean, LOGITS, LABELS, sample_weight=np.zeros(2))
    assert case.loss.mean(LOGITS, LABELS, sample_weight=np.zeros(2), on_empty="zero") == 0


# I. Labels out of range -------------------------------------------------------------------------------------


@OF_LABELS
@pytest.mark.parametrize("wrong", [-1, -100, 3, 7, 2**40])
def test_a_label_that_is_no_class_is_refused_with_its_place_and_extent(case, wrong):
    labels = np.asarray([0, 1, 2, 0, 1, wrong, 2, 0])
    low, high = min(0, wrong), max(2, wrong)
    text = (
        f"{case.name}: `labels` must lie in 0..2; got {wrong:.9g}, first at index (5,). "
        f"1 of 8 labels does not; they reach from {low} to {high}. "
        "To leave rows out, name their label in `ignored_label`, or give them weight 0."
    )
    assert_refused(DomainError, text, case.loss, np.zeros((8, 3)), labels)


def test_labels_that_are_counted_from_1_are_told_so():
    text = (
        "softmax_cross_entropy: `labels` must lie in 0..2; got 3, first at index (1,). "
        "1 of 3 labels does not; they reach from 1 to 3. If they are counted from 1, subtract 1. "
        "To leave rows out, name their label in `ignored_label`, or give them weight 0."
    )
    assert_refused(DomainError, text, softmax_cross_entropy, np.zeros((3, 3)), np.asarray([1, 3, 2]))


@pytest.mark.parametrize("wrong", [-1, 3, 7])
def test_a_label_that_nobody_looked_at_is_nan_in_value_gradient_and_autodiff(wrong):
    jax = pytest.importorskip("jax")
    logits, labels = map(array_library("jax").from_numpy, (LOGITS, np.asarray([wrong, 0])))
    value, gradient = jit(softmax_cross_entropy.value_and_gradient)(logits, labels)
    slope = jit(jax.grad(lambda z: softmax_cross_entropy(z, labels).sum()))(logits)
    for found in (np.asarray(value), np.asarray(gradient), np.asarray(slope)):
        assert np.isnan(found[0]).all()
        assert np.isfinite(found[1]).all()


# J. The dtype of labels -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("dtype", "label", "n_classes"), [("bfloat16", 301, 400), ("float16", 2049, 3000)])
def test_a_label_is_not_rounded_to_the_precision_of_the_logits(dtype, label, n_classes):
    torch = pytest.importorskip("torch")
    logits = torch.zeros((1, n_classes), dtype=getattr(torch, dtype))
    logits[0, label] = 30
    assert softmax_cross_entropy(logits, torch.tensor([label])) <= 1e-3
    assert softmax_cross_entropy(logits, torch.tensor([label - 1])) == 30


@OF_LABELS
def test_labels_that_are_fractions_are_refused(case):
    with pytest.raises(DTypeError, match=r"`labels` must be integral; got float64\. Did you mean targets"):
        case.loss(LOGITS, np.asarray([0.7, 0.0]))


def test_labels_before_logits_are_told_so():
    text = "softmax_cross_entropy: `logits` must be real floating; got int64. The logits come first."
    assert_refused(DTypeError, text, softmax_cross_entropy, LABELS, LOGITS)


# K. The class axis ------------------------------------------------------------------------------------------


def test_classes_on_axis_1_are_told_to_move():
    text = (
        "softmax_cross_entropy: `labels` must have shape (2, 5), that of `logits` without its last axis; "
        "got (2, 7). Classes lie on the last axis: move them there from axis 1, where PyTorch has them."
    )
    assert_refused(ShapeError, text, softmax_cross_entropy, np.zeros((2, 5, 7)), np.zeros((2, 7), dtype=int))


def test_logits_that_have_two_readings_draw_a_warning_where_it_is_asked_for():
    logits, labels = np.zeros((2, 5, 5)), np.zeros((2, 5), dtype=int)
    text = r"`logits` of shape \(2, 5, 5\) have as many entries on axis 1; classes lie on the last\."
    with pytest.warns(UserWarning, match=text) as caught:
        softmax_cross_entropy(logits, labels, validate="strict")
    assert caught[0].filename == __file__
    with warnings.catch_warnings(record=True) as caught:
        softmax_cross_entropy(logits, labels)
        softmax_cross_entropy(np.zeros((5, 5)), labels[0], validate="strict")
        softmax_cross_entropy(np.zeros((2, 5, 7)), labels, validate="strict")
    assert not caught


def test_uniform_rows_cost_the_logarithm_of_the_last_axis(xp):
    found = xp.call_public(softmax_cross_entropy_of_targets, np.zeros((2, 5, 7)), np.full((2, 5, 7), 1 / 7))
    np.testing.assert_allclose(found, np.full((2, 5), np.log(7)), rtol=1e-14)


# L. Shapes --------------------------------------------------------------------------------------------------


def test_nothing_is_broadcast_and_the_axis_to_drop_is_named():
    text = (
        "sigmoid_cross_entropy: `targets` must have shape (2,), that of `logits`; got (2, 1). "
        "Drop the extra axis with `targets[..., 0]`."
    )
    assert_refused(ShapeError, text, sigmoid_cross_entropy, np.zeros(2), np.zeros((2, 1)))
    text = (
        "sigmoid_cross_entropy: `targets` must have shape (2, 1), that of `logits`; got (2,). "
        "Add the missing axis with `targets[..., None]`."
    )
    assert_refused(ShapeError, text, sigmoid_cross_entropy, np.zeros((2, 1)), np.zeros(2))
    with pytest.raises(ShapeError, match=r"`targets` must have shape \(3, 3\), that of `logits`; got \(3,\)"):
        softmax_cross_entropy_of_targets(np.zeros((3, 3)), np.asarray([0.0, 1.0, 2.0]))


@OF_LABELS
def test_one_hot_rows_for_labels_are_sent_to_where_they_belong(case):
    text = (
        f"{case.name}: `labels` must have shape (2,), that of `logits` without its last axis; got (2, 3). "
        "Targets of the shape of the logits go to a loss whose name ends in `_of_targets`."
    )
    assert_refused(ShapeError, text, case.loss, LOGITS, np.eye(3, dtype=int)[LABELS])


# M. Soft targets --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("targets", "text"),
    [
        ([[1.0, 1.0, 0.0], [1.0, 0.0, 0.0]], r"`targets` must sum to 1 over the last axis; got 2, first at"),
        ([[1.0, 0.5, -0.5], [1.0, 0.0, 0.0]], r"`targets` must be >= 0; got -0\.5, first at index \(0, 2\)"),
    ],
)
def test_targets_that_are_no_distributions_are_refused(targets, text):
    with pytest.raises(DomainError, match=text):
        softmax_cross_entropy_of_targets(LOGITS, np.asarray(targets))


def test_a_binary_target_beyond_1_is_refused():
    with pytest.raises(DomainError, match=r"`targets` must lie in \[0, 1\]; got 2, first at index \(1,\)"):
        sigmoid_cross_entropy(np.zeros(2), np.asarray([0.0, 2.0]))


def test_the_gradient_of_masses_is_that_of_their_value_also_for_one_class(xp):
    loss = functools.partial(softmax_cross_entropy_of_targets.gradient, normalized_targets=False)
    masses = np.asarray([[0.0], [1.0], [2.0], [0.5]])
    np.testing.assert_array_equal(xp.call_public(loss, np.ones((4, 1)), masses), np.zeros((4, 1)))
    found = xp.call_public(loss, np.zeros((1, 2)), np.asarray([[3.0, 1.0]]))
    np.testing.assert_array_equal(found, [[-1, 1]])


# N. One class -----------------------------------------------------------------------------------------------


def test_a_softmax_over_one_class_is_refused_where_it_is_asked_for():
    text = (
        "softmax_cross_entropy: `logits` must have more than one class on its last axis; got shape (2, 1). "
        "A softmax over 1 class is constant; use `sigmoid_cross_entropy` for one logit per row."
    )
    args = np.ones((2, 1)), np.zeros(2, dtype=int)
    assert_refused(ShapeError, text, softmax_cross_entropy, *args, validate="strict")
    np.testing.assert_array_equal(softmax_cross_entropy(*args), [0, 0])


def test_ignored_entries_are_not_in_the_denominator():
    events = np.asarray([[1.0, 0.0, -1.0], [0.0, -1.0, 1.0]])
    values = sigmoid_cross_entropy(LOGITS, events, ignored_label=-1)
    mean = sigmoid_cross_entropy.mean(LOGITS, events, ignored_label=-1)
    np.testing.assert_allclose(mean, values.sum() / 4, rtol=1e-15)


# Q. Classes without rows, and the order of columns ----------------------------------------------------------


def test_columns_of_predictions_are_the_classes_in_the_order_given():
    log_probs = np.asarray([[0.0, -np.inf], [-np.inf, 0.0]])
    for codes, cost in (([0, 1], 0.0), ([1, 0], np.inf)):
        judgement = judge(log_probs, np.asarray(codes), classes=("yes", "no"))
        assert judgement.cross_entropy.value == cost
        assert [share.label for share in judgement.classes] == ["yes", "no"]


def test_a_class_that_no_row_has_keeps_its_column():
    log_probs = np.log([[0.5, 0.25, 0.25], [0.25, 0.25, 0.5]])
    judgement = judge(log_probs, np.asarray([0, 2]), classes="abc")
    np.testing.assert_allclose(judgement.cross_entropy.value, np.log(2), rtol=1e-15)
    assert [share.rows for share in judgement.classes] == [1, 0, 1]


def test_classes_that_do_not_name_the_columns_are_refused():
    log_probs, codes = np.log([[0.5, 0.5], [0.5, 0.5]]), np.asarray([0, 1])
    text = "judge: `classes` must name each of the 2 columns of `log_probs`, in their order; got 3 names."
    assert_refused(ShapeError, text, judge, log_probs, codes, classes="abc")
    text = "judge: `codes` must have shape (2,), one for each row; got (1,)."
    assert_refused(ShapeError, text, judge, log_probs, codes[:1], classes="ab")
    for wrong in (-1, 2):
        text = f"judge: `codes` must lie in 0..1; got {wrong}, first at index (1,)."
        assert_refused(DomainError, text, judge, log_probs, np.asarray([0, wrong]), classes="ab")
