"""Statistics of a linear cross-entropy: values and gradients on each way, chunks, options, summaries."""

import pytest

torch = pytest.importorskip("torch")

import xent.torch as front  # noqa: E402 - after the question whether PyTorch is there
from xent.errors import DomainError  # noqa: E402 - likewise
from xent.torch.cross_entropy import row_numbers  # noqa: E402 - likewise
from xent.torch.cross_entropy.request import SoftmaxOptions  # noqa: E402 - likewise
from xent.torch.cross_entropy.statistics import SoftmaxStatistics, loss_of_statistics  # noqa: E402 - likewise
from xent.torch.linear_cross_entropy import (  # noqa: E402 - likewise
    chunks,
    device_pass,
    differentiable,
    second_derivatives,
    statistics_pass,
    triton,
)
from xent.torch.linear_cross_entropy.statistics import linear_statistics  # noqa: E402 - likewise
from xent.torch.reduction import Reduction  # noqa: E402 - likewise

needs_kernels = pytest.mark.skipif(not row_numbers.KERNELS_RUN, reason="kernels do not run here")

N, D, C = 150, 5, 203
ERRORS = {torch.float64: 1e-13, torch.float32: 4e-6, torch.bfloat16: 1.2e-2, torch.float16: 4e-3}
MASK = torch.arange(C) % 3 > 0
# Logits of all rows in one graph, which no option chooses: the truth of chunks.
WHOLE = torch.ones(N, C, dtype=torch.bool)
OPTIONS = {
    "plain": {},
    "weights": {"weight": True, "z_loss": 1e-2},
    "capped": {"softcap": 200.0, "logit_scale": 0.5, "class_mask": MASK, "reduction": "sum"},
    "rows": {"reduction": "none", "chunk_bytes": 9 * C * 4},
    "smoothed": {"label_smoothing": 0.3, "z_loss": 1e-2, "weight": True, "softcap": 200.0},
    "smoothed rows": {"label_smoothing": 0.3, "reduction": "none", "chunk_bytes": 9 * C * 4},
    "probabilities": {"target": "probabilities", "logit_scale": 0.5},
    "smoothed probabilities": {
        "target": "probabilities", "weight": True, "label_smoothing": 0.2, "reduction": "none"
    },
    "sparse": {"target": "sparse", "denominator": 7.0, "chunk_bytes": 9 * C * 4},
}  # fmt: skip


def operands(dtype=torch.float32):
    """Hidden states with a row that is sure of its label, a weight, a bias, and labels with ignored ones."""
    generator = torch.Generator().manual_seed(5)
    hidden = 2 * torch.randn(N, D, generator=generator)
    weight, bias = torch.randn(C, D, generator=generator), torch.randn(C, generator=generator)
    labels = torch.randint(C, (N,), generator=generator)
    # Labels are not masked.
    labels = torch.where(MASK[labels], labels, labels - labels % 3 + 1).clamp(max=C - 1)
    labels[0] = 1
    hidden[0] = 30 * weight[1]
    labels[3::7] = -100
    return [one.to(dtype).requires_grad_() for one in (hidden, weight, bias)], labels


def given(options, dtype):
    """Options with class weights in place of True."""
    weights = torch.rand(C, generator=torch.Generator().manual_seed(9)).to(dtype) + 0.25
    return {**options, "weight": weights} if "weight" in options else options


def target_of(kind, labels):
    """Labels, probabilities of which that of a sure row is of one class, or a few of each row."""
    if kind == "labels":
        return labels
    probs = torch.rand(N, C, generator=torch.Generator().manual_seed(3)) ** 8
    probs[0] = torch.nn.functional.one_hot(labels[0], C)
    if kind == "probabilities":
        return probs.float()
    return front.SparseTargets(*reversed(probs.float().topk(4, 1)))


def results(way, dtype, options, *, function=None, leaves=None, is_whole=False):
    """Loss, statistics, and gradients of a sum of all of them, in `leaves` if they are given."""
    drawn, labels = operands(dtype)
    leaves = leaves or drawn
    options = dict(options)
    target = target_of(options.pop("target", "labels"), labels)
    if is_whole:
        mask = options.get("class_mask")
        options["class_mask"] = WHOLE if mask is None else WHOLE & mask
    call = function or front.linear_cross_entropy
    loss, found = call(
        leaves[0], leaves[1], target, linear_bias=leaves[2], return_stats=True, top_k=3, way=way,
        **given(options, dtype),
    )  # fmt: skip
    upstream = torch.randn(N, 3, generator=torch.Generator().manual_seed(2))
    total = loss.sum() + found.z_loss.sum() + (upstream * found.top_log_probs).sum()
    parts = found.log_prob, found.log_normaliser, found.entropy
    total = total + sum((part * pull).sum() for part, pull in zip(parts, upstream.T, strict=True))
    return loss.detach(), found, torch.autograd.grad(total, leaves)


@needs_kernels
@pytest.mark.parametrize(
    ("way", "dtype"), [*(("eager", dtype) for dtype in ERRORS), ("composed", torch.float32)]
)
@pytest.mark.parametrize("options", OPTIONS)
def test_statistics_and_gradients_are_those_of_all_logits(way, options, dtype, monkeypatch):
    monkeypatch.setattr(second_derivatives, "_LEAST", 40 * C)
    loss, found, gradients = results(way, dtype, OPTIONS[options])
    # The same rounded operands, in 64 bits.
    wide = [one.detach().double().requires_grad_() for one in operands(dtype)[0]]
    truth_loss, truth, true_gradients = results(
        "composed", torch.float64, OPTIONS[options], leaves=wide, is_whole=True
    )
    torch.testing.assert_close(loss.double(), truth_loss, rtol=ERRORS[dtype], atol=1e-6)
    assert torch.equal(found.argmax, truth.argmax)
    assert torch.equal(found.top_classes, truth.top_classes)
    for name in ("log_prob", "log_normaliser", "entropy", "top_log_probs"):
        part = getattr(found, name).detach().double()
        # Operands of 16 bits are multiplied in 32.
        torch.testing.assert_close(part, getattr(truth, name).detach(), rtol=3e-6, atol=3e-6)
    for one, true in zip(gradients, true_gradients, strict=True):
        assert float((one.double() - true).abs().max() / true.abs().max()) < ERRORS[dtype]


@needs_kernels
def test_operations_of_pytorch_give_the_numbers_of_the_kernels(monkeypatch):
    expected = results("eager", torch.float32, {})
    monkeypatch.setattr(row_numbers, "suits_kernels", lambda _: False)
    loss, found, gradients = results("eager", torch.float32, {})
    torch.testing.assert_close(loss, expected[0])
    for one, other in zip((*found, *gradients), (*expected[1], *expected[2]), strict=True):
        torch.testing.assert_close(one, other, rtol=2e-5, atol=2e-6)


@needs_kernels
@pytest.mark.slow
def test_compiled_code_gives_the_statistics_of_eager_code():
    function = torch.compile(front.linear_cross_entropy, fullgraph=True, backend="aot_eager")
    # The rule "raise" reads no value in compiled code: it is "propagate" there.
    options = {"z_loss": 1e-2, "nonfinite": "raise"}
    loss, found, gradients = results(None, torch.float32, options, function=function)
    expected = results("eager", torch.float32, options)
    torch.testing.assert_close(loss, expected[0])
    for one, other in zip((*found, *gradients), (*expected[1], *expected[2]), strict=True):
        torch.testing.assert_close(one, other)


@needs_kernels
def test_a_sure_row_keeps_the_digits_of_its_gradient():
    hidden = torch.zeros(1, 1).requires_grad_()
    weight, bias = torch.zeros(2, 1), torch.tensor([20.0, 0.0], requires_grad=True)
    _, found = front.linear_cross_entropy(
        hidden, weight, torch.tensor([0]), linear_bias=bias, return_stats=True, top_k=1
    )
    for part in (found.log_prob, found.top_log_probs):
        (gradient,) = torch.autograd.grad(part.sum(), bias, retain_graph=True)
        assert gradient[0] == pytest.approx(2.061153618190204e-9, rel=1e-6)


@needs_kernels
def test_a_second_backward_and_second_derivatives_are_those_of_the_first():
    leaves, labels = operands(torch.float64)
    found = front.linear_cross_entropy(leaves[0], leaves[1], labels, return_stats=True)[1]
    total = found.entropy.sum() + found.log_prob.sum()
    first = torch.autograd.grad(total, leaves[:2], retain_graph=True)
    second = torch.autograd.grad(total, leaves[:2], retain_graph=True)
    third = torch.autograd.grad(total, leaves[:2], create_graph=True)
    for one, other, last in zip(first, second, third, strict=True):
        torch.testing.assert_close(one, other)
        torch.testing.assert_close(one, last)
        assert last.requires_grad


@needs_kernels
def test_chunks_take_two_ninths_of_all_logits():
    rows = 9000
    request = _request(torch.zeros(rows, D), torch.zeros(1000, D), torch.zeros(rows, dtype=torch.int64))
    whole = statistics_pass.StatisticsPass(request, keeps=True, on_device=False)
    assert whole.places * whole.rows <= rows * 2 / 9 + 2
    assert len(whole.slices) == 9
    half = request._replace(input=request.input.half(), linear_weight=request.linear_weight.half())
    narrow = statistics_pass.StatisticsPass(half, keeps=True, on_device=False)
    assert narrow.places * narrow.rows * 4 <= 0.25 * rows * 2


@needs_kernels
@pytest.mark.parametrize("least", [1, 40])
def test_chunks_that_are_kept_are_read_once(monkeypatch, least):
    expected = results("composed", torch.float64, {})
    monkeypatch.setattr(chunks, "_LEAST_ROWS", least)
    monkeypatch.setattr(chunks, "_LEAST_BYTES", 1)
    found = results("eager", torch.float64, {})
    for one, other in zip((*found[1], *found[2]), (*expected[1], *expected[2]), strict=True):
        torch.testing.assert_close(one, other)


def test_chunks_of_devices_are_all_in_the_gradient_of_the_weight(monkeypatch):
    # The last chunk is kept, and backward reads it first.
    for name, size in (("_MOST_AT_ONCE", 1), ("_CHUNK", 40 * C * 4), ("_LEAST_ROWS", 1)):
        monkeypatch.setattr(device_pass, name, size)
    leaves, labels = operands(torch.float32)
    found = {}
    for kernels in ("device", "none"):
        loss, statistics = linear_statistics(_request(*leaves[:2], labels), kernels=kernels)
        found[kernels] = torch.autograd.grad(loss + statistics.entropy.mean(), leaves[:2])
    for one, other in zip(found["device"], found["none"], strict=True):
        torch.testing.assert_close(one, other)


def _request(hidden, weight, labels):
    from xent.torch.cross_entropy.request import SoftmaxOptions
    from xent.torch.linear_cross_entropy.request import LinearOptions, LinearRequest
    from xent.torch.reduction import Reduction

    softmax = SoftmaxOptions(Reduction("linear_cross_entropy", "mean"), hidden.dtype, True, -100)
    return LinearRequest(hidden, weight, None, labels, None, None, LinearOptions(softmax))


def test_a_wrong_number_of_rows_is_no_row_without_a_softmax(monkeypatch):
    leaves, labels = operands()
    request = _request(*leaves[:2], labels)
    request = request._replace(options=request.options._replace(count_read=N, nonfinite="raise"))
    # The losses of the pass on a GPU, which reads no labels.
    found = torch.full((N,), torch.nan), (None,) * 3
    monkeypatch.setattr(triton, "losses_and_gradients", lambda *_: found)
    count = int((labels != -100).sum())
    with pytest.raises(DomainError, match=f"`count_read` must be {count}, the number .*; got {N}"):
        triton.triton_linear(request)


def test_the_largest_of_many_classes_are_those_of_topk():
    logits = torch.randn(9, 5003, generator=torch.Generator().manual_seed(1))
    logits[2, 4990:] += 9
    found, classes = row_numbers.largest_logits(logits, 4)
    expected = logits.topk(4, 1)
    assert torch.equal(found, expected.values)
    assert torch.equal(classes, expected.indices)


def test_a_summary_of_the_call_comes_with_the_statistics():
    leaves, labels = operands()
    loss, found = front.linear_cross_entropy(leaves[0], leaves[1], labels, return_stats=True, z_loss=0.25)
    read = labels != -100
    plain = front.linear_cross_entropy(leaves[0], leaves[1], labels)
    torch.testing.assert_close(found.z_loss, loss - plain, rtol=1e-4, atol=1e-5)
    assert float(found.share_read) == pytest.approx(float(read.double().mean()))
    hits = (found.argmax == labels)[read].double().mean()
    assert float(found.accuracy) == pytest.approx(float(hits))
    assert 0 < hits < 1


def test_z_loss_with_weights_is_divided_by_their_sum():
    logits, labels = torch.randn(6, 5), torch.tensor([0, 1, 2, 3, 4, 0])
    weights = torch.tensor([0.1, 2.0, 0.5, 1.0, 3.0])
    found = front.cross_entropy(logits, labels, weights, z_loss=0.1, return_stats=True)[1]
    expected = 0.1 * (logits.logsumexp(1) ** 2).sum() / weights[labels].sum()
    torch.testing.assert_close(found.z_loss, expected)


def test_a_label_out_of_range_is_nan_beside_a_class_of_weight_0():
    rows = torch.zeros(3)
    log_probs = torch.tensor([torch.nan, -torch.inf, -2.0])
    statistics = SoftmaxStatistics(log_probs, rows, rows, rows.long(), None, None)
    options = SoftmaxOptions(Reduction("cross_entropy", "none"), torch.float32, True, -100)
    weights, labels = torch.tensor([1.0, 3.0, 0.0]), torch.tensor([7, 2, 1])
    found = loss_of_statistics(statistics, labels, weights, options)
    torch.testing.assert_close(found, torch.tensor([torch.nan, 0.0, 6.0]), equal_nan=True)


@pytest.mark.parametrize("reduction", ["mean", "none"])
def test_batches_of_sequences_predict_the_next_label(reduction):
    hidden, weight = torch.randn(2, 6, D), torch.randn(C, D)
    labels = torch.randint(C, (2, 6))
    loss, found = front.linear_cross_entropy(
        hidden, weight, labels, shift=1, reduction=reduction, return_stats=True, top_k=2
    )
    logits = (hidden @ weight.T)[:, :-1].reshape(-1, C)
    truth = torch.nn.functional.cross_entropy(logits, labels[:, 1:].reshape(-1), reduction=reduction)
    if reduction == "none":
        assert loss.shape == (2, 6)
        assert (loss[:, -1] == 0).all()
        loss = loss[:, :-1].reshape(-1)
    torch.testing.assert_close(loss, truth)
    assert found.entropy.shape == (2, 6)
    assert found.top_classes.shape == (2, 6, 2)
    assert float(found.share_read) == pytest.approx(5 / 6)


def test_a_shift_of_probabilities_is_refused_with_the_cure():
    hidden, weight = torch.randn(2, 6, D), torch.randn(C, D)
    with pytest.raises(DomainError, match=r"`shift` must be 0 unless the target holds labels .* Shift prob"):
        front.linear_cross_entropy(hidden, weight, torch.rand(2, 6, C), shift=1)
    with pytest.raises(DomainError, match=r"`shift` must be an integer >= 0; got -1"):
        front.linear_cross_entropy(hidden, weight, torch.zeros(2, 6, dtype=torch.int64), shift=-1)


@needs_kernels
@pytest.mark.parametrize("way", [None, "composed"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"z_loss": 0.5},
        {"label_smoothing": 0.1, "top_k": 2},
        {"class_mask": torch.ones(N, C, dtype=torch.bool)},
    ],
    ids=["plain", "z_loss", "smoothed", "masked by row"],
)
def test_an_ignored_row_of_nan_has_no_gradient(options, way):
    leaves, labels = operands()
    with torch.no_grad():
        leaves[0][3] = torch.nan
    loss, found = front.linear_cross_entropy(
        leaves[0], leaves[1], labels, return_stats=True, way=way, **options
    )
    (loss + found.z_loss).backward()
    assert found.log_prob[3] == 0
    assert found.log_normaliser[3].isnan()
    assert (leaves[0].grad[3] == 0).all()
    assert leaves[1].grad.isfinite().all()


REDUCED = [name for name in OPTIONS if OPTIONS[name].get("reduction") != "none"]


@needs_kernels
@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16], ids=str)
@pytest.mark.parametrize("option", REDUCED)
def test_detached_statistics_come_with_the_same_loss_and_gradients(option, dtype):
    options = given(dict(OPTIONS[option]), dtype)
    found = []
    for kind in ("detached", True):
        leaves, labels = operands(dtype)
        target = target_of(OPTIONS[option].get("target", "labels"), labels)
        arguments = {**options, "target": target, "linear_bias": leaves[2], "return_stats": kind, "top_k": 2}
        loss, statistics = front.linear_cross_entropy(leaves[0], leaves[1], **arguments)
        first = torch.autograd.grad(2 * loss, leaves, retain_graph=True)
        second = torch.autograd.grad(2 * loss, leaves, retain_graph=True)
        third = torch.autograd.grad(2 * loss, leaves, create_graph=True)
        found.append((loss.detach(), statistics, first, second, third))
    ours, theirs = found
    for one, other in zip(ours[1], theirs[1], strict=True):
        assert (one is None) == (other is None)
        if one is not None:
            assert not one.requires_grad
            torch.testing.assert_close(one, other)
    torch.testing.assert_close(ours[0], theirs[0])
    for place in (2, 3, 4):
        for one, other in zip(ours[place], theirs[place], strict=True):
            error = (one.detach().double() - other.detach().double()).norm()
            assert error <= ERRORS[dtype] * other.detach().double().norm()


@needs_kernels
def test_detached_statistics_take_no_product_more_than_the_loss(monkeypatch):
    counted, plain = [], statistics_pass.WideLogits.of
    monkeypatch.setattr(
        statistics_pass.WideLogits, "of", lambda *given: counted.append(len(given[1])) or plain(*given)
    )
    for kind, rows in (("detached", N), (True, N + 150)):
        leaves, labels = operands()
        options = {"return_stats": kind, "chunk_bytes": 9 * C * 4}
        front.linear_cross_entropy(leaves[0], leaves[1], labels, **options)[0].backward()
        assert sum(counted) == rows
        counted.clear()


def test_statistics_are_asked_for_by_three_words():
    leaves, labels = operands()
    with pytest.raises(DomainError, match="`return_stats` must be True, False or \"detached\"; got 'all'"):
        front.linear_cross_entropy(leaves[0], leaves[1], labels, return_stats="all")
    with pytest.raises(DomainError, match="`count_read` must be an integer >= 0; got -1"):
        front.linear_cross_entropy(leaves[0], leaves[1], labels, count_read=-1)
    found = front.linear_cross_entropy(leaves[0], leaves[1], labels, return_stats="detached", way="composed")
    assert not found[1].entropy.requires_grad
    assert found[0].requires_grad


def test_smoothing_over_a_mask_is_that_of_all_logits(monkeypatch):
    monkeypatch.setattr(second_derivatives, "_LEAST", 40 * C)
    options = {"label_smoothing": 0.3, "class_mask": MASK, "z_loss": 0.1}
    found, truth = (results("composed", torch.float64, options, is_whole=whole) for whole in (False, True))
    torch.testing.assert_close(found[0], truth[0])
    torch.testing.assert_close(found[2], truth[2])


@needs_kernels
@pytest.mark.parametrize("option", ["plain", "smoothed", "probabilities", "smoothed probabilities"])
def test_second_derivatives_of_statistics_by_chunks_are_those_of_all_logits(option, monkeypatch):
    monkeypatch.setattr(second_derivatives, "_LEAST", 40 * C)
    found = []
    for is_whole in (False, True):
        leaves, labels = operands(torch.float64)
        options = dict(OPTIONS[option])
        target = target_of(options.pop("target", "labels"), labels)
        if is_whole:
            options["class_mask"] = WHOLE
        loss, statistics = front.linear_cross_entropy(
            leaves[0], leaves[1], target, linear_bias=leaves[2], return_stats=True, top_k=2,
            way="composed" if is_whole else "eager", **given(options, torch.float64),
        )  # fmt: skip
        total = loss.sum() + (statistics.entropy**2).mean() + statistics.top_log_probs[:, 1].mean()
        first = torch.autograd.grad(total, leaves, create_graph=True)
        found.append(torch.autograd.grad(sum((one**2).sum() for one in first), leaves))
    torch.testing.assert_close(*found)


@needs_kernels
@pytest.mark.parametrize("way", ["eager", "composed"])
@pytest.mark.parametrize("option", ["smoothed", "probabilities"])
def test_no_more_than_a_chunk_of_logits_is_materialised(option, way):
    from torch.utils._python_dispatch import TorchDispatchMode

    largest = 0

    class Sizes(TorchDispatchMode):
        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            nonlocal largest
            result = function(*args, **(kwargs or {}))
            for one in result if isinstance(result, (tuple, list)) else (result,):
                if isinstance(one, torch.Tensor) and one.untyped_storage().data_ptr() not in known:
                    largest = max(largest, one.untyped_storage().nbytes() // one.itemsize)
            return result

    rows, classes = 4096, 512
    hidden, weight = torch.randn(rows, 4), torch.randn(classes, 4)
    leaves = [one.requires_grad_() for one in (hidden, weight)]
    options = {"label_smoothing": 0.1} if option == "smoothed" else {}
    target = torch.randint(classes, (rows,)) if options else torch.rand(rows, classes)
    known = {target.untyped_storage().data_ptr()}
    request = _request(*leaves, target)
    softmax = request.options.softmax._replace(has_labels=bool(options), **options)
    request = request._replace(options=request.options._replace(softmax=softmax, return_stats=True))
    # Under a dispatch mode the front door takes another way.
    with torch.no_grad(), Sizes():
        if way == "eager":
            whole = statistics_pass.StatisticsPass(request, keeps=False, on_device=False)
            whole.numbers()
        else:
            for part in second_derivatives.slices_of(request):
                differentiable.differentiable_statistics(second_derivatives.part_of(request, part))
    assert largest <= rows * classes // 4


CCE_DTYPES = {torch.float32: 1e-5, torch.float16: 1e-3, torch.bfloat16: 1e-2}


@needs_kernels
@pytest.mark.parametrize("dtype", CCE_DTYPES, ids=str)
@pytest.mark.parametrize("softcap", [None, 20.0])
@pytest.mark.parametrize("has_bias", [True, False])
@pytest.mark.parametrize("shift", [0, 2])
@pytest.mark.parametrize("shape", [(256, 512, 128), (252, 507, 128), (252, 507, 123)])
def test_losses_and_log_normalisers_err_no_more_than_those_of_16_bits(shape, shift, has_bias, softcap, dtype):
    """The shapes, data and tolerances by which CCE tests its loss and its log-normaliser, of each row."""
    rows, classes, features = shape
    generator = torch.Generator().manual_seed(0)
    hidden = torch.randn(rows, features, generator=generator).to(dtype) / features**0.5
    weight = torch.randn(classes, features, generator=generator).to(dtype)
    weight[: rows // 2] = hidden[: rows // 2]
    bias = (torch.randn(classes, generator=generator) * 0.02).to(dtype) if has_bias else None
    labels = torch.randint(classes, (rows,), generator=generator)
    labels[torch.randperm(rows, generator=generator)[: rows // 5]] = -100
    hidden, labels = hidden.view(4, -1, features), labels.view(4, -1)

    def plain(hidden, weight, bias):
        logits = torch.nn.functional.linear(hidden, weight, bias)
        logits = (logits if softcap is None else softcap * torch.tanh(logits / softcap)).float()
        moved = torch.nn.functional.pad(labels[:, shift:], (0, shift), value=-100)
        losses = torch.nn.functional.cross_entropy(logits.movedim(-1, 1), moved, reduction="none")
        return losses, logits.logsumexp(-1)

    truth = plain(hidden.float(), weight.float(), None if bias is None else bias.float())
    loss, found = front.linear_cross_entropy(
        hidden, weight, labels, linear_bias=bias, softcap=softcap, shift=shift, reduction="none",
        return_stats=True, out_dtype=torch.float32,
    )  # fmt: skip
    for ours, theirs, true in zip(
        (loss, found.log_normaliser), plain(hidden, weight, bias), truth, strict=True
    ):
        assert ((ours - true).abs() <= (theirs - true).abs() + CCE_DTYPES[dtype]).all()
