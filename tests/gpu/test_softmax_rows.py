"""The Triton kernel of softmax cross-entropy, interpreted, against exact numbers and 64 bits."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from tests.formulas.batches import softmax_batches  # noqa: E402 - after the question whether PyTorch is there
from tests.kernels.softmax_cross_entropy.rows import hard_rows, truth_of_labels  # noqa: E402 - likewise
from tests.relative_error import Exact, assert_within  # noqa: E402 - likewise

SIXTEEN = {torch.bfloat16: 8, torch.float16: 11}
PER_ROW = ("values", "log_probs", "normalisers", "entropies")


def computed(logits, truth, *requested, gradient=None, **options):
    """Outputs by name, and the gradient in memory that was full of nan."""
    from xent.kernels.softmax_cross_entropy.triton.launch import Outputs, Truth, softmax_of_rows

    count = logits.numel() // logits.shape[1]
    found = {name: torch.full((count,), torch.nan) for name in requested or PER_ROW if name in PER_ROW}
    if not requested or "tops" in requested:
        found["tops"] = torch.full((count,), -7)
    gradient = torch.full_like(logits, torch.nan) if gradient is None else gradient
    softmax_of_rows(logits, Truth(*truth), Outputs(**found), gradient=gradient, **options)
    return {**found, "gradient": gradient}


def some_rows(N, K, dtype=torch.float32, seed=0):
    generator = torch.Generator().manual_seed(seed)
    logits = (4 * torch.randn(N, K, generator=generator) + 0.7).to(dtype)
    return logits, torch.randint(0, K, (N,), generator=generator)


# Against the truth ----------------------------------------------------------------------------------


@pytest.mark.parametrize("batch", range(5))
def test_labels_meet_the_oracle(batch):
    batch = softmax_batches(np.float32)[batch]
    found = computed(torch.tensor(batch.logits), (torch.tensor(batch.labels), True), "values")
    assert_within(4, found["values"].numpy(), batch.truth("of_label", "cross_entropy", "value"))
    assert_within(4, found["gradient"].numpy(), batch.truth("of_label", "cross_entropy", "gradient"))


@pytest.mark.parametrize("batch", range(4))
def test_probabilities_meet_the_oracle(batch):
    batch = softmax_batches(np.float32)[batch]
    found = computed(torch.tensor(batch.logits), (torch.tensor(batch.targets), False), "values")
    truth = batch.truth("of_targets", "cross_entropy", "value")
    assert_within(6, found["values"].numpy(), truth, scale=np.abs(truth.hi))


@pytest.mark.parametrize("K", [1, 2, 3, 17, 130])
@pytest.mark.usefixtures("tiling")
def test_hard_rows_are_within_four_units(K):
    logits, labels = hard_rows(np.float32, K)
    value, gradient = truth_of_labels(logits, labels)
    found = computed(torch.tensor(logits), (torch.tensor(labels), True), "values")
    assert_within(4, found["values"].numpy(), value)
    assert_within(5, found["gradient"].numpy(), gradient)
    at_label = np.arange(len(labels)), labels
    assert_within(4, found["gradient"].numpy()[at_label], gradient[at_label])


@pytest.mark.usefixtures("tiling")
def test_one_hot_probabilities_are_as_exact_as_labels():
    logits, labels = hard_rows(np.float32, 17)
    value, gradient = truth_of_labels(logits, labels)
    one_hot = torch.nn.functional.one_hot(torch.tensor(labels), 17).float()
    found = computed(torch.tensor(logits), (one_hot, False), "values")
    assert_within(5, found["values"].numpy(), value)
    assert_within(6, found["gradient"].numpy(), gradient)


@pytest.mark.parametrize("dtype", SIXTEEN, ids=str)
@pytest.mark.usefixtures("tiling")
def test_sixteen_bits_are_rounded_once(dtype):
    logits, labels = hard_rows(np.float32, 17)
    rounded = torch.tensor(logits).clamp(-6e4, 6e4).to(dtype)
    value, gradient = truth_of_labels(rounded.float().numpy(), labels)
    found = computed(rounded, (torch.tensor(labels), True), "values")
    assert_within(4, found["values"].numpy(), value)
    # Half a unit of 16 bits, and what four units of 32 bits are in it.
    least = torch.finfo(dtype).smallest_normal * torch.finfo(dtype).eps
    unit = np.maximum(2.0 ** (np.floor(np.log2(np.abs(gradient.hi) + 1e-300)) + 1 - SIXTEEN[dtype]), least)
    assert (np.abs(found["gradient"].double().numpy() - gradient.hi) <= 0.5001 * unit).all()


@pytest.mark.usefixtures("tiling")
def test_the_largest_of_many_targets_cancels_nothing():
    # The others sum to 2e-9, which the largest swallows in 32 bits.
    targets = torch.full((2, 40), 5e-11)
    targets[0, 3] = targets[1, 35] = 1.0
    logits = torch.zeros(2, 40)
    logits[0, 3] = logits[1, 35] = 21.0
    found = computed(logits, (targets, False), "values")["gradient"][[0, 1], [3, 35]]
    wide, others = np.exp(-21.0) * 39, 39 * float(np.float32(5e-11))
    truth = (others - wide) / (1 + wide)
    assert abs(found.double() / truth - 1).max() < 1e-5


@pytest.mark.parametrize("step", [1e-3, 0.7, 9.0, 40.0])
@pytest.mark.usefixtures("tiling")
def test_rows_that_rise_from_tile_to_tile_are_as_exact_as_any(step):
    logits = (torch.arange(96.0) * step / 16 + torch.tensor([-3.0, 0.0, 1e3])[:, None]).float()
    labels = torch.tensor([95, 0, 40])
    value, gradient = truth_of_labels(logits.numpy(), labels.numpy())
    for rows, truth in (
        (logits, gradient),
        (logits.flip(1), Exact(gradient.hi[:, ::-1], gradient.lo[:, ::-1])),
    ):
        given = labels if rows is logits else 95 - labels
        found = computed(rows.contiguous(), (given, True), "values")
        assert_within(4, found["values"].numpy(), value)
        assert_within(4, found["gradient"].numpy(), truth)


@pytest.mark.usefixtures("tiling")
def test_statistics_are_those_of_64_bits():
    logits, labels = some_rows(7, 50)
    logits[3] = -30.0
    logits[3, 20] = 0.0
    found = computed(logits, (labels, True))
    wide = logits.double()
    log_probs = wide.log_softmax(1)
    entropies = -(log_probs.exp() * log_probs).sum(1)
    # Softmax of 64 bits subtracts too: this row is computed from its 49 equal small probabilities.
    small = np.exp(-30.0)
    rest = 49 * small
    entropies[3] = np.log1p(rest) + rest * 30 / (1 + rest)
    assert_within(8, found["entropies"].numpy(), entropies.numpy())
    assert_within(
        4, found["normalisers"].numpy(), wide.logsumexp(1).numpy(), scale=wide.abs().amax(1).numpy()
    )
    picked = log_probs.gather(1, labels[:, None])[:, 0]
    torch.testing.assert_close(found["log_probs"].double(), picked, rtol=1e-6, atol=1e-12)
    assert found["tops"].tolist() == logits.argmax(1).tolist()


# Edge cases -----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("tiling")
def test_tiles_of_minus_infinity_change_nothing():
    logits, labels = some_rows(3, 40)
    plain = computed(logits, (labels, True))
    padded = torch.full((3, 100), -torch.inf)
    padded[0, :40], padded[1, 35:75], padded[2, 60:] = logits
    found = computed(padded, (labels + torch.tensor([0, 35, 60]), True))
    for name in PER_ROW:
        torch.testing.assert_close(found[name], plain[name], rtol=3e-7, atol=0)
    assert (found["gradient"] == 0).sum() == 180


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("bad", [torch.nan, torch.inf, -torch.inf])
@pytest.mark.usefixtures("tiling")
def test_a_row_without_a_softmax_is_nan(bad, smoothing):
    logits, labels = some_rows(3, 33)
    logits[1] = torch.where(torch.arange(33) == 20, bad, logits[1]) if bad != -torch.inf else bad
    found = computed(logits, (labels, True, None, -100, smoothing))
    for name in PER_ROW:
        assert found[name].isnan().tolist() == [False, True, False]
    assert found["gradient"].isnan().all(1).tolist() == [False, True, False]
    assert found["gradient"].isnan().any(1).tolist() == [False, True, False]
    assert found["tops"][1] == -1


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("label", [-1, 33, 2**40])
@pytest.mark.usefixtures("tiling")
def test_a_label_out_of_range_makes_its_row_nan(label, smoothing):
    logits, labels = some_rows(3, 33)
    labels[1] = label
    found = computed(logits, (labels, True, torch.ones(33), -100, smoothing), "values")
    assert found["values"].isnan().tolist() == [False, True, False]
    assert found["gradient"].isnan().all(1).tolist() == [False, True, False]


@pytest.mark.parametrize("ignored", [-100, 2, 10**12])
@pytest.mark.usefixtures("tiling")
def test_ignored_rows_cost_nothing_and_are_not_read(ignored):
    logits, labels = some_rows(4, 33)
    labels[2], logits[2] = ignored, torch.nan
    labels[labels == ignored] = ignored
    found = computed(logits, (labels, True, None, ignored), z_weight=0.1)
    out = labels == ignored
    assert (found["values"][out] == 0).all()
    assert (found["gradient"][out] == 0).all()
    assert found["gradient"].isfinite().all()
    assert found["tops"][2] == -1


@pytest.mark.usefixtures("tiling")
def test_a_class_of_probability_0_costs_nothing_unless_it_is_the_truth():
    logits, _ = some_rows(3, 20)
    logits[:, 5] = -torch.inf
    targets = torch.zeros(3, 20)
    targets[0, 7], targets[1, 5], targets[2, 19] = 1.0, 1.0, 0.5
    values = computed(logits, (targets, False), "values")["values"]
    assert values.isfinite().tolist() == [True, False, True]
    weights = torch.ones(20)
    weights[5] = 0
    free = computed(logits, (torch.tensor([5, 5, 7]), True, weights), "values")
    assert free["values"][:2].tolist() == [0, 0]
    assert (free["gradient"][:2] == 0).all()
