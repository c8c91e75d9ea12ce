"""Memory that the Triton kernel of softmax cross-entropy reads and writes: shared, strided, far apart."""

import pytest

torch = pytest.importorskip("torch")

from tests.gpu.test_softmax_rows import (  # noqa: E402 - after the question whether PyTorch is there
    PER_ROW,
    SIXTEEN,
    computed,
    some_rows,
)


@pytest.mark.parametrize("dtype", [torch.float32, *SIXTEEN], ids=str)
@pytest.mark.usefixtures("tiling")
def test_the_gradient_may_overwrite_the_logits(dtype):
    logits, labels = some_rows(5, 50, dtype)
    apart = computed(logits, (labels, True), "values")
    shared = logits.clone()
    found = computed(shared, (labels, True), "values", gradient=shared)
    assert torch.equal(found["gradient"], apart["gradient"])
    assert torch.equal(found["values"], apart["values"])


@pytest.mark.usefixtures("tiling")
def test_labels_of_32_bits_and_rows_of_any_strides_give_the_same_bits():
    logits, labels = some_rows(6, 40)
    plain = computed(logits, (labels, True))
    memory = torch.full((40, 13), torch.nan)
    spread = memory.t()[1::2]
    spread.copy_(logits)
    found = computed(spread, (labels.int(), True), gradient=torch.full((6, 80), torch.nan)[:, ::2])
    cube = logits.reshape(2, 3, 40).movedim(-1, 1)
    stacked = computed(cube, (labels, True))
    for name in (*PER_ROW, "tops"):
        assert torch.equal(found[name], plain[name])
        assert torch.equal(stacked[name], plain[name])
    assert torch.equal(found["gradient"], plain["gradient"])
    assert torch.equal(stacked["gradient"].movedim(1, -1).reshape(6, 40), plain["gradient"])


def test_offsets_beyond_32_bits_are_exact():
    # Pages that are not written take no memory.
    step = 2**31 + 7
    memory = torch.empty(step + 40, dtype=torch.float16)
    logits, labels = some_rows(2, 40, torch.float16)
    far = memory.as_strided((2, 40), (step, 1))
    far.copy_(logits)
    found = computed(far, (labels, True), "values", gradient=far)
    plain = computed(logits, (labels, True), "values")
    assert torch.equal(found["values"], plain["values"])
    assert torch.equal(found["gradient"], plain["gradient"])


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.usefixtures("tiling")
def test_factors_multiply_the_gradient_alone(smoothing):
    logits, labels = some_rows(5, 33)
    truth = labels, True, None, -100, smoothing
    plain = computed(logits, truth, "values")
    factors = torch.tensor([1.0, -2.0, 0.5, 4.0, 0.0])
    found = computed(logits, truth, "values", factor=factors)
    assert torch.equal(found["values"], plain["values"])
    assert torch.equal(found["gradient"], plain["gradient"] * factors[:, None])
    again = computed(logits, truth, "values", factor=torch.tensor(2.0), upstream=torch.tensor(-0.25))
    assert torch.equal(again["gradient"], plain["gradient"] * -0.5)


@pytest.mark.usefixtures("tiling")
def test_an_upstream_of_1_writes_nothing():
    logits, labels = some_rows(5, 33)
    found = computed(logits, (labels, True), "values", factor=torch.tensor(2.0), upstream=torch.tensor(1.0))
    assert found["gradient"].isnan().all()
    assert found["values"].isnan().all()
