"""Values that eager calls refuse, in calls that cannot read them: nan, with gradients of nan."""

import warnings

import numpy as np
import pytest
from tests.losses.every_loss import every_loss

from xent import losses
from xent.errors import DomainError

# Options of every loss that has them, each with its valid value for K classes and invalid ones.
OPTIONS = {
    "class_weights": (np.ones, (-1.0, np.nan, np.inf)),
    "task_weights": (np.ones, (-1.0, np.inf)),
    "class_mask": (lambda k: np.ones(k, dtype=bool), ()),
    "offset": (np.zeros, (np.nan, np.inf)),
    "positive_weight": (lambda _: np.asarray(1.0), (0.0, np.inf)),
    "temperature": (lambda _: np.asarray(1.0), (0.0, -1.0, np.nan, np.inf)),
    "softcap": (lambda _: np.asarray(50.0), (0.0, -1.0, np.nan, np.inf)),
    "label_smoothing": (lambda _: np.asarray(0.125), (-0.5, 1.5, np.nan)),
    "norms": (np.ones, (0.0, -1.0, np.nan, np.inf)),
}


def arguments_of(case):
    """Valid arguments of a case, and copies of them, each with something in its first row that is not."""
    names = type(case.loss).__dataclass_fields__
    k = case.logits.shape[-1] + (case.loss.facts.domain in _OF_THRESHOLDS)
    valid = {
        "logits": case.logits,
        "truth": case.truth,
        "sample_weight": np.ones(case.values_shape),
        **{name: option(k) for name, (option, _) in OPTIONS.items() if name in names},
    }
    if "task_weights" in valid:
        valid["task_weights"] = np.ones(case.logits.shape[-1])
    if "noise_matrix" in names:
        valid["noise_matrix"] = np.asarray(case.loss.example["noise_matrix"])
    wrong = [{"truth": changed} for changed in _wrong_truths(case)]
    wrong += [{"sample_weight": _with(valid["sample_weight"], w)} for w in (-1.0, np.nan, np.inf)]
    wrong += [{"logits": _with(case.logits, z)} for z in (2e6, np.nan, np.inf)]
    wrong += [{"logits": np.where([[True], [False]], -np.inf, case.logits)}]
    for name in OPTIONS.keys() & valid.keys():
        wrong += [{name: np.full_like(valid[name], bad)} for bad in OPTIONS[name][1]]
    if "class_mask" in valid:
        wrong += [{"class_mask": np.arange(k) < n} for n in (0, 1)]
    if "noise_matrix" in valid:
        wrong += [{"noise_matrix": m} for m in (np.ones((3, 3)), np.ones((3, 3)) / 3, np.eye(3) + _TURN)]
    return valid, [{**valid, **changed} for changed in wrong]


# So many thresholds lie between one class more.
_OF_THRESHOLDS = ("cumulative logits", "conditional logits")
_TURN = np.asarray([[0.5, -0.5, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])


def _with(array, value):
    """Copy of an array whose first entry is `value`."""
    changed = np.array(array)
    changed[(0,) * changed.ndim] = value
    return changed


def _wrong_truths(case):
    if case.truth.dtype.kind == "i":
        beyond = case.logits.shape[-1] + (case.loss.facts.domain in _OF_THRESHOLDS)
        return [_with(case.truth, label) for label in (-1, beyond, -100)]
    found = [_with(case.truth, value) for value in (-0.25, 1.5, np.nan, np.inf)]
    if case.truth.shape == case.logits.shape:
        found.append(np.where([[True], [False]], [0.5, 1.0, -0.5], case.truth))
    return found


def is_refused(loss, arguments):
    """True if NumPy's call, which reads its values, refuses the arguments."""
    logits, truth, options = _split(arguments)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            loss(logits, truth, **options)
        except DomainError:
            return True
    return False


def _split(arguments):
    options = dict(arguments)
    return options.pop("logits"), options.pop("truth"), options


@pytest.mark.slow
@every_loss
def test_values_that_an_eager_call_refuses_are_nan_in_a_traced_one(case):
    jax = pytest.importorskip("jax")
    valid, wrong = arguments_of(case)
    refused = [arguments for arguments in wrong if is_refused(case.loss, arguments)]
    assert len(refused) >= (3 if case.argument == "teacher_logits" else 5)

    def value_and_gradients(arguments):
        logits, truth, options = _split(arguments)
        value, pull = jax.vjp(lambda logits: case.loss(logits, truth, **options), logits)
        closed = case.loss.value_and_gradient(logits, truth, **options)
        return value, pull(jax.numpy.ones_like(value))[0], *closed

    with jax.enable_x64(True):
        stacked = {name: np.stack([call[name] for call in (valid, *refused)]) for name in valid}
        # Compiled once for all calls; a map over them would take as long to trace as the losses do.
        compiled = jax.jit(value_and_gradients)
        calls = [
            compiled({name: array[i] for name, array in stacked.items()}) for i in range(1 + len(refused))
        ]
    found = [np.stack(quantity) for quantity in zip(*calls, strict=True)]
    assert np.isfinite(found[0][0]).all()
    for i, arguments in enumerate(refused, start=1):
        changed = {name: arguments[name] for name in valid if arguments[name] is not valid[name]}
        for quantity in found:
            assert np.isnan(quantity[i][0]).any(), changed
            if case.truth.dtype.kind == "i" and "truth" in changed:  # the other row keeps its label
                assert np.isnan(quantity[i][0]).all(), changed
                assert np.isfinite(quantity[i][1]).all(), changed


def test_the_gradient_in_an_invalid_target_is_nan_too():
    jax = pytest.importorskip("jax")
    logits, targets = jax.numpy.zeros((2, 2)), np.asarray([[0.0, -1.0], [0.0, 1.0]])
    slope = jax.jit(jax.grad(lambda t: losses.sigmoid_cross_entropy(logits, t).sum()))(targets)
    np.testing.assert_array_equal(np.isnan(slope), targets < 0)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning")
@pytest.mark.parametrize("compiled", [True, False], ids=["torch.compile", "torch.func.vmap"])
def test_values_that_pytorch_cannot_read_are_nan_where_they_would_be_refused(compiled):
    torch = pytest.importorskip("torch")

    def program(logits, events, targets):
        return losses.sigmoid_cross_entropy(logits, events), losses.kl_divergence_of_targets(logits, targets)

    program = torch.compile(program, backend="eager") if compiled else torch.func.vmap(program)
    logits = torch.zeros((2, 2), requires_grad=True)
    found = program(logits, torch.tensor([[0.0, 1.5], [0.0, 1.0]]), torch.tensor([[0.5, 1.0], [0.5, 0.5]]))
    assert found[0].isnan().tolist() == [[False, True], [False, False]]
    assert found[1].isnan().tolist() == [True, False]
    (slope,) = torch.autograd.grad(sum(value.sum() for value in found), logits)
    assert slope.isnan().tolist() == [[True, True], [False, False]]


def test_a_partner_that_is_refused_costs_nan_where_it_cannot_be_read():
    jax = pytest.importorskip("jax")
    rows = np.asarray([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]])
    loss = jax.vmap(lambda partners: losses.nt_xent(jax.numpy.asarray(rows), partners))
    found = np.isnan(loss(np.asarray([[1, 0, 0], [0, 0, 0], [7, 0, 0], [-1, 0, 0]])))
    np.testing.assert_array_equal(found[:, 0], [False, True, True, True])
    assert not found[:, 1:].any()


def test_a_denominator_below_0_that_cannot_be_read_gives_nan():
    jax = pytest.importorskip("jax")
    mean = jax.vmap(lambda n: losses.softmax_cross_entropy.mean(jax.numpy.zeros((1, 2)), [0], denominator=n))
    assert np.isnan(mean(jax.numpy.asarray([1.0, -1.0]))).tolist() == [False, True]
