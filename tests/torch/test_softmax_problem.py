import numpy as np
import pytest

torch = pytest.importorskip("torch")

import xent.torch as xt  # noqa: E402 - what it imports may be missing
from xent.errors import DomainError, DTypeError  # noqa: E402 - likewise
from xent.torch.linear_cross_entropy.request import SparseTargets  # noqa: E402 - likewise

rng = np.random.default_rng(20261129)
# In 8 bits class 156 looks like -100, and class 255 like -1.
CLASSES = 300
HIDDEN, WEIGHT = (torch.as_tensor(rng.standard_normal((size, 8)) + 0.3) for size in (4, CLASSES))
LOGITS = HIDDEN @ WEIGHT.T
CLASS_WEIGHTS = torch.as_tensor(rng.uniform(0.5, 2, size=CLASSES))
DTYPES = (torch.uint8, torch.int8, torch.int16, torch.uint16, torch.int32, torch.uint32)

ways = pytest.mark.parametrize(
    "loss",
    [
        pytest.param(lambda y, **k: xt.cross_entropy(LOGITS, y, **k), id="cross_entropy"),
        pytest.param(lambda y, **k: xt.cross_entropy(LOGITS, y, CLASS_WEIGHTS, **k), id="weighted"),
        pytest.param(lambda y, **k: xt.cross_entropy(LOGITS, y, label_smoothing=0.1, **k), id="smoothed"),
        pytest.param(lambda y, **k: xt.cross_entropy(LOGITS, y, nonfinite="raise", **k), id="checked"),
        pytest.param(
            lambda y, **k: xt.cross_entropy(LOGITS, y, return_stats=True, **k)[1].log_prob.mean(), id="stats"
        ),
        pytest.param(lambda y, **k: xt.nll_loss(LOGITS.log_softmax(1), y, **k), id="nll_loss"),
        pytest.param(lambda y, **k: xt.linear_cross_entropy(HIDDEN, WEIGHT, y, **k), id="linear"),
        pytest.param(
            lambda y, **k: xt.linear_cross_entropy(HIDDEN, WEIGHT, y, weight=CLASS_WEIGHTS, **k),
            id="linear-weighted",
        ),
        pytest.param(
            lambda y, **k: torch.func.vmap(lambda z: xt.cross_entropy(z, y, **k))(LOGITS[None])[0],
            id="composed",
        ),
    ],
)


@ways
@pytest.mark.parametrize("ignored", [-100, -1, 2])
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_labels_of_every_width_give_what_labels_of_64_bits_give(loss, ignored, dtype):
    largest = min(torch.iinfo(dtype).max, CLASSES - 1)
    labels = torch.tensor([min(156, largest), min(255, largest), 2, largest]).to(dtype)
    assert loss(labels, ignore_index=ignored).item() == loss(labels.long(), ignore_index=ignored).item()


# PyTorch makes a context for what wants no gradient, and warns of having made it.
@pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning")
def test_compiled_code_reads_labels_of_8_bits_as_they_are():
    labels = torch.tensor([156, 255, 2, 7], dtype=torch.uint8)
    for loss in (
        lambda y: xt.cross_entropy(LOGITS, y),
        lambda y: xt.linear_cross_entropy(HIDDEN, WEIGHT, y),
    ):
        compiled = torch.compile(loss, backend="eager", fullgraph=True)
        assert compiled(labels).item() == pytest.approx(loss(labels.long()).item(), rel=1e-14)


@pytest.mark.parametrize("dtype", [torch.uint64, torch.bool, torch.float32], ids=str)
@pytest.mark.parametrize("loss", [xt.cross_entropy, xt.nll_loss])
def test_labels_that_int64_cannot_hold_and_what_is_no_integer_are_refused(loss, dtype):
    with pytest.raises(DTypeError, match="`target` must be integers"):
        loss(LOGITS, torch.ones(4).to(dtype))


@pytest.mark.parametrize("ignored", [2**64 + 2, 2**63, 2.0])
def test_an_ignored_label_that_int64_cannot_hold_is_refused(ignored):
    labels = torch.tensor([2, 1, 2, 0])
    for loss in (
        lambda: xt.cross_entropy(LOGITS, labels, ignore_index=ignored),
        lambda: xt.linear_cross_entropy(HIDDEN, WEIGHT, labels, ignore_index=ignored),
    ):
        with pytest.raises(DomainError, match="`ignore_index` must be an integer of 64 bits"):
            loss()


@pytest.mark.parametrize("dtype", [torch.uint64, torch.complex64], ids=str)
def test_sparse_targets_take_int64_and_nothing_else_of_64_bits(dtype):
    indices, probs = torch.ones((4, 1)).to(dtype), torch.ones((4, 1), dtype=torch.float64)
    with pytest.raises(DTypeError, match=r"`target.indices` must be int64"):
        xt.linear_cross_entropy(HIDDEN, WEIGHT, SparseTargets(indices, probs))
