"""Linear cross-entropy for PyTorch: values, gradients, rows left out, memory."""

import functools
import itertools
import math

import pytest

torch = pytest.importorskip("torch")

from tests.relative_error import assert_within  # noqa: E402 - likewise
from torch.nn import functional  # noqa: E402 - after the question whether PyTorch is there

from xent.torch.linear_cross_entropy import (  # noqa: E402 - likewise
    chunked_pass,
    chunks,
    differentiable,
    second_derivatives,
)
from xent.torch.linear_cross_entropy.call import linear_cross_entropy  # noqa: E402 - likewise
from xent.torch.linear_cross_entropy.chunks import rows_at_once, sums_are_wide  # noqa: E402 - likewise
from xent.torch.linear_cross_entropy.eager import FusedLinear  # noqa: E402 - likewise
from xent.torch.linear_cross_entropy.request import SparseTargets  # noqa: E402 - likewise

N, D, C = 37, 5, 40
ERRORS = {torch.float64: 1e-13, torch.float32: 2e-6, torch.bfloat16: 1.2e-2, torch.float16: 1.5e-3}
REDUCTIONS = ("mean", "sum", "none")


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(3)


def leaves(dtype=torch.float64, *, bias=True):
    given = torch.randn(N, D), torch.randn(C, D), torch.randn(C)
    return [tensor.to(dtype).requires_grad_() for tensor in given[: 2 + bias]]


def labels(*, ignored=True):
    drawn = torch.randint(C, (N,))
    if ignored:
        drawn[::3] = -100
    return drawn


def loss_of(function, given, target, **options):
    return function(given[0], given[1], target, linear_bias=given[2] if len(given) > 2 else None, **options)


def assert_near(found, truth, dtype):
    """Relative error in norm: products round each entry by what is large in its row."""
    assert torch.isfinite(truth).all()
    assert truth.norm() > 0
    assert (found.double() - truth).norm() <= ERRORS[dtype] * truth.norm()


def assert_as_torch(given, target, dtype, **options):
    """Value, gradients, and gradients once more, for upstreams that differ by row."""
    wide = [tensor.detach().double().requires_grad_() for tensor in given]
    chunked = loss_of(linear_cross_entropy, given, target, chunk_bytes=7 * C * 8, **options)
    truth_options = {k: v.double() if k == "weight" and v is not None else v for k, v in options.items()}
    wide_target = target.double() if target.is_floating_point() else target
    truth = loss_of(functional.linear_cross_entropy, wide, wide_target, **truth_options)
    assert chunked.dtype is dtype
    assert chunked.shape == truth.shape
    assert_near(chunked.detach(), truth.detach(), dtype)
    upstream = (torch.rand(truth.shape, dtype=torch.float64) + 0.5).to(dtype)
    exact = torch.autograd.grad(truth, wide, upstream.double())
    for keep in (True, False):
        found = torch.autograd.grad(chunked, given, upstream, retain_graph=keep)
        for ours, theirs in zip(found, exact, strict=True):
            assert ours.dtype is dtype
            assert_near(ours, theirs, dtype)


@pytest.mark.parametrize("dtype", ERRORS, ids=str)
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_value_and_gradients_of_labels_are_those_of_torch(dtype, reduction):
    for bias, weighted, smoothing in itertools.product((False, True), (False, True), (0.0, 0.1)):
        weight = (torch.rand(C) + 0.5).to(dtype) if weighted else None
        assert_as_torch(
            leaves(dtype, bias=bias), labels(), dtype,
            reduction=reduction, weight=weight, label_smoothing=smoothing,
        )  # fmt: skip


@pytest.mark.parametrize("dtype", ERRORS, ids=str)
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_value_and_gradients_of_probabilities_are_those_of_torch(dtype, reduction):
    target = torch.randn(N, C).softmax(1).to(dtype)
    for weighted, smoothing in itertools.product((False, True), (0.0, 0.1)):
        weight = (torch.rand(C) + 0.5).to(dtype) if weighted else None
        assert_as_torch(
            leaves(dtype), target, dtype, reduction=reduction, weight=weight, label_smoothing=smoothing
        )


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_sparse_targets_are_the_probabilities_they_stand_for(reduction, smoothing):
    sparse = SparseTargets(torch.randint(C, (N, 3)), torch.rand(N, 3, dtype=torch.float64))
    sparse.indices[:, 1] = sparse.indices[:, 0]
    found, truth = leaves(), None
    truth = [leaf.detach().clone().requires_grad_() for leaf in found]
    options = {"reduction": reduction, "label_smoothing": smoothing}
    ours = loss_of(linear_cross_entropy, found, sparse, chunk_bytes=3000, **options)
    theirs = loss_of(functional.linear_cross_entropy, truth, sparse.dense(C), **options)
    torch.testing.assert_close(ours, theirs)
    upstream = torch.rand_like(ours)
    for pair in zip(
        torch.autograd.grad(ours, found, upstream), torch.autograd.grad(theirs, truth, upstream), strict=True
    ):
        torch.testing.assert_close(*pair)


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_extras_are_those_of_the_loss_on_logits(reduction):
    from xent.torch.cross_entropy.call import cross_entropy

    mask = torch.arange(C) % 5 != 2
    target = labels()
    target[(target >= 0) & (target % 5 == 2)] += 1
    options = {
        "reduction": reduction, "z_loss": 0.1, "softcap": 2.0, "logit_scale": 0.7, "class_mask": mask,
        "denominator": 11.0 if reduction == "mean" else None,
    }  # fmt: skip
    for dtype in (torch.float64, torch.float32, torch.bfloat16):
        ours = leaves(dtype)
        theirs = [leaf.detach().double().requires_grad_() for leaf in ours]
        found = loss_of(linear_cross_entropy, ours, target, chunk_bytes=3000, **options)
        truth = cross_entropy(functional.linear(*theirs), target, **options)
        assert_near(found.detach(), truth.detach(), dtype)
        upstream = torch.rand(truth.shape, dtype=torch.float64).to(dtype)
        exact = torch.autograd.grad(truth, theirs, upstream.double())
        for pair in zip(torch.autograd.grad(found, ours, upstream), exact, strict=True):
            assert_near(*pair, dtype)


@pytest.mark.parametrize("way", ["eager", "composed"])
def test_rows_left_out_are_not_read(way):
    given, target = leaves(), labels()
    with torch.no_grad():
        given[0][::3] = torch.nan
    loss = loss_of(linear_cross_entropy, given, target, way=way)
    loss.backward()
    assert torch.isfinite(loss)
    assert (given[0].grad[::3] == 0).all()
    assert all(torch.isfinite(leaf.grad).all() for leaf in given)


def test_the_mean_over_nothing_is_nan_with_gradient_0_or_what_is_asked():
    given, target = leaves(), torch.full((N,), -100)
    loss = loss_of(linear_cross_entropy, given, target)
    loss.backward()
    assert loss.isnan()
    assert all((leaf.grad == 0).all() for leaf in given)
    assert loss_of(linear_cross_entropy, given, target, on_empty="zero") == 0
    assert loss_of(linear_cross_entropy, given, target, reduction="sum") == 0


def test_frozen_tensors_take_no_product(monkeypatch):
    products = []
    for name in ("mm", "addmm"):
        original = getattr(torch, name)

        def counted(*args, original=original, **kwargs):
            products.append(original)
            return original(*args, **kwargs)

        monkeypatch.setattr(chunked_pass.torch, name, counted)
    counts = {}
    for wanted in itertools.product((False, True), repeat=3):
        given = [leaf.detach().requires_grad_(flag) for leaf, flag in zip(leaves(), wanted, strict=True)]
        products.clear()
        loss = loss_of(linear_cross_entropy, given, labels())
        if any(wanted):
            loss.backward()
        assert [leaf.grad is not None for leaf in given] == list(wanted)
        counts[wanted] = len(products)
    assert counts == {wanted: 1 + wanted[0] + wanted[1] for wanted in counts}


has_onednn = pytest.mark.skipif(
    not torch.backends.mkldnn.is_available(), reason="PyTorch was built without oneDNN"
)


@has_onednn
@pytest.mark.filterwarnings("ignore:TF32 acceleration")  # PyTorch's own, of the switch
@pytest.mark.parametrize("biased", [False, True])
@pytest.mark.parametrize("rows", [3, N])
def test_both_libraries_of_products_agree(monkeypatch, rows, biased):
    monkeypatch.setattr(chunks, "_LEAST_FEATURES", D)
    # A block of four classes, so that there are several and the last is shorter.
    monkeypatch.setattr(chunks, "_BLOCK_BYTES", 4 * 4 * rows)
    calls, original = [], torch.ops.mkldnn._linear_pointwise  # noqa: SLF001 - it has no public name

    def counted(*args):
        calls.append(args)
        return original(*args)

    monkeypatch.setattr(chunks, "_ONEDNN", counted)
    hidden, weight, bias = (leaf.detach().float() for leaf in leaves())
    target, found = labels(ignored=False), []
    for enabled in (True, False):
        given = [hidden.clone().requires_grad_(), weight.clone().requires_grad_()]
        with torch.backends.mkldnn.flags(enabled=enabled):
            loss = linear_cross_entropy(
                *given, target, linear_bias=bias if biased else None, chunk_bytes=rows * C * 4
            )
            loss.backward()
        found.append([loss.detach(), given[0].grad, given[1].grad])
        if enabled:
            assert len(calls) == -(-N // rows) * -(-C // 4)
            calls.clear()
    assert not calls
    torch.testing.assert_close(*found, rtol=3e-6, atol=3e-7)


@has_onednn
@pytest.mark.parametrize("strided", ["input", "bias", "one number"])
def test_strides_are_heeded_beside_a_weight_that_suits_onednn(monkeypatch, strided):
    monkeypatch.setattr(chunks, "_LEAST_FEATURES", 1)
    hidden, weight, bias = (leaf.detach().float() for leaf in leaves())
    if strided == "input":
        hidden = hidden.repeat_interleave(2, 1)[:, ::2]
    else:
        bias = bias[:1].expand(C) if strided == "one number" else bias.repeat_interleave(2)[::2]
    target = labels()
    ours = linear_cross_entropy(hidden, weight, target, linear_bias=bias)
    torch.testing.assert_close(ours, functional.cross_entropy(hidden @ weight.T + bias, target))


@pytest.mark.parametrize("layout", ["transposed", "strided"])
def test_weights_of_any_layout_have_their_products(monkeypatch, layout):
    monkeypatch.setattr(chunks, "_LEAST_FEATURES", 1)

    def refused(*_):
        raise AssertionError("oneDNN takes a thousand times as long with these")

    monkeypatch.setattr(chunks, "_ONEDNN", refused)
    hidden, weight, _ = (leaf.detach().float() for leaf in leaves())
    given = weight.T.contiguous().T if layout == "transposed" else weight.repeat(2, 1)[::2]
    target, results = labels(), []
    for function in (linear_cross_entropy, lambda x, w, y: functional.cross_entropy(x @ w.T, y)):
        leaf = hidden.clone().requires_grad_()
        loss = function(leaf, given, target)
        results.append((loss.detach(), *torch.autograd.grad(loss, leaf)))
    torch.testing.assert_close(*results)


def test_no_gradient_mode_makes_none(monkeypatch):
    monkeypatch.setattr(chunked_pass, "Sums", None)
    with torch.no_grad():
        assert loss_of(linear_cross_entropy, leaves(), labels()) > 0


def test_gradients_that_were_handed_out_are_not_written_again():
    given = leaves()
    loss = loss_of(linear_cross_entropy, given, labels())
    first = torch.autograd.grad(loss, given, torch.tensor(2.0, dtype=torch.float64), retain_graph=True)
    copies = [gradient.clone() for gradient in first]
    second = torch.autograd.grad(loss, given, torch.tensor(3.0, dtype=torch.float64))
    for kept, copy, other in zip(first, copies, second, strict=True):
        assert torch.equal(kept, copy)
        torch.testing.assert_close(other, 1.5 * copy)


def test_a_sure_row_keeps_the_digits_of_its_loss():
    hidden = torch.tensor([[20.0]])
    loss = linear_cross_entropy(hidden, torch.tensor([[1.0], [0.0]]), torch.tensor([0]))
    assert_within(4, loss.numpy(), 2.0611536181902037e-09)


def test_the_loss_of_many_rows_in_half_precision_is_summed_in_64_bits():
    # Products of these have few enough digits not to be rounded.
    hidden, weight = torch.randint(-2, 3, (4096, 8)).bfloat16(), torch.randint(-2, 3, (64, 8)).bfloat16()
    target = torch.randint(64, (4096,))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = linear_cross_entropy(hidden.float(), weight.float(), target)
    truth = functional.cross_entropy((hidden @ weight.T).double(), target)
    assert found.dtype is torch.float32
    assert_within(4, found.numpy(), truth.numpy())


@pytest.mark.parametrize("lead", [0, 6])
@pytest.mark.parametrize("count", [1, 8, 64, 256])
def test_the_loss_of_bfloat16_is_within_1e5_of_that_in_64_bits_in_any_number_of_chunks(count, lead):
    target = torch.randint(1000, (2048,))
    weight = torch.randn(1000, 64) / 8
    hidden = (torch.randn(2048, 64) + lead * weight[target]).bfloat16()
    weight = weight.bfloat16().requires_grad_()
    truth = functional.cross_entropy(hidden.double() @ weight.detach().double().T, target)
    chunk_bytes = 2048 // count * 1000 * 2
    found = linear_cross_entropy(hidden, weight, target, out_dtype=torch.float32, chunk_bytes=chunk_bytes)
    assert found.dtype is torch.float32
    assert abs(found.item() / truth.item() - 1) < 1e-5
    # As PyTorch returns it, it is rounded to 8 bits; and rounded logits alone would not do.
    plain = linear_cross_entropy(hidden, weight, target, chunk_bytes=chunk_bytes)
    assert plain == found.bfloat16()
    if lead:
        rounded = functional.cross_entropy((hidden @ weight.T).double(), target)
        assert abs(rounded.item() / truth.item() - 1) > 2e-5


def test_the_unrounded_logit_of_a_label_leaves_what_is_infinite_or_large_as_it_is():
    hidden, weight = torch.tensor([[1.0]]).bfloat16(), torch.tensor([[-80.0], [0.0], [0.0]]).bfloat16()
    bias = torch.tensor([0.0, 0.0, -torch.inf]).bfloat16()
    losses = [
        linear_cross_entropy(
            hidden, weight, torch.tensor([k]), linear_bias=bias, reduction="none", out_dtype=torch.float64
        ).item()
        for k in range(3)
    ]
    assert losses == pytest.approx([80.0, math.exp(-80), float("inf")], rel=1e-6)


@pytest.mark.parametrize("rows", [64, 400, 3000])
def test_the_weights_gradient_in_half_precision_is_within_2_eps_in_norm(rows):
    hidden, weight = torch.randn(rows, 16).bfloat16(), torch.randn(900, 16).bfloat16().requires_grad_()
    assert error_of_weights_gradient(hidden, weight) < 2 * torch.finfo(torch.bfloat16).eps


@pytest.mark.parametrize("chunk", [1, 3, 4000])
def test_summed_in_32_bits_it_is_within_an_eps_in_any_number_of_chunks(chunk):
    hidden, weight = torch.randn(400, 16).bfloat16(), torch.randn(900, 16).bfloat16().requires_grad_()
    choose = functools.partial(
        torch.nn.LinearCrossEntropyOptions, batch_chunk_size=chunk, chunking_method=None
    )
    errors = [
        error_of_weights_gradient(hidden, weight, options=choose(acc_dtype=dtype))
        for dtype in (torch.float32, torch.bfloat16)
    ]
    assert errors[0] < torch.finfo(torch.bfloat16).eps
    assert (errors[1] > 1.3 * errors[0]) == (chunk < 400)


def error_of_weights_gradient(hidden, weight, **options):
    """In norm, relative."""
    torch.manual_seed(5)
    target = torch.randint(900, hidden.shape[:1])
    loss = linear_cross_entropy(hidden, weight, target, reduction="sum", **options)
    (found,) = torch.autograd.grad(loss, weight)
    wide = weight.detach().double().requires_grad_()
    functional.cross_entropy(hidden.double() @ wide.T, target, reduction="sum").backward()
    return float((found.double() - wide.grad).norm() / wide.grad.norm())


def test_a_small_gradient_of_float16_does_not_vanish_before_its_factor_comes():
    hidden, weight = (torch.randn(400, 2) / 8).half().requires_grad_(), torch.randn(900, 2).half()
    target = torch.randint(900, (400,))
    scaled = linear_cross_entropy(hidden, weight, target) * 2.0**14
    scaled.backward()
    wide = hidden.detach().double().requires_grad_()
    (functional.cross_entropy(wide @ weight.double().T, target) * 2.0**14).backward()
    assert (hidden.grad.double() - wide.grad).norm() < 2e-3 * wide.grad.norm()


def test_losses_of_rows_do_not_depend_on_the_chunks_where_products_do_not():
    hidden, weight = torch.randint(-3, 4, (N, D)).float(), torch.randint(-3, 4, (C, D)).float()
    whole = linear_cross_entropy(hidden, weight, labels(), reduction="none", chunk_bytes=1 << 30)
    torch.manual_seed(3)
    torch.randint(-3, 4, (N, D)), torch.randint(-3, 4, (C, D))
    parts = linear_cross_entropy(hidden, weight, labels(), reduction="none", chunk_bytes=1)
    assert torch.equal(whole, parts)


@pytest.mark.parametrize("shape", [(2048, 512, 32_000), (1024, 768, 50_304), (8192, 64, 1000)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
def test_chunks_and_sums_take_no_more_than_an_eighth_of_the_logits(shape, dtype):
    rows, features, classes = shape
    row_bytes = classes * dtype.itemsize
    chunk = rows_at_once(rows, features, dtype, row_bytes) * row_bytes
    wide = sums_are_wide(rows, features, dtype)
    assert chunk + wide * 6 * classes * features <= rows * row_bytes / 8
    assert chunk > rows * row_bytes / 24


def test_chunks_keep_to_a_limit_and_have_a_row_at_least():
    assert rows_at_once(1000, 8, torch.float32, 400, chunk_bytes=4000) == 10
    assert rows_at_once(1000, 8, torch.float32, 400, chunk_bytes=1) == 1
    assert rows_at_once(10, 8, torch.float32, 400) == 10
    assert rows_at_once(10**6, 4096, torch.float32, 1 << 20) == 128
    assert rows_at_once(10**6, 4096, torch.float32, 1 << 22) == 64
    assert rows_at_once(10**4, 4096, torch.bfloat16, 1 << 20) == 1112


def test_options_of_torch_set_the_rows_of_a_chunk(monkeypatch):
    seen = []
    original = chunked_pass.rows_at_once

    def spied(*args, **limits):
        seen.append(original(*args, **limits))
        return seen[-1]

    monkeypatch.setattr(chunked_pass, "rows_at_once", spied)
    options = torch.nn.LinearCrossEntropyOptions(batch_chunk_size=3, chunking_method=None)
    loss_of(linear_cross_entropy, leaves(), labels(), options=options)
    assert seen == [3]


def test_all_paths_are_taken_in_memory(monkeypatch):
    called = []
    monkeypatch.setattr(FusedLinear, "apply", lambda *args: called.append(args) or torch.zeros(N))
    loss_of(linear_cross_entropy, leaves(), labels(), reduction="none")
    assert len(called) == 1


def test_autocast_multiplies_in_its_dtype_and_hands_gradients_to_the_leaves():
    given = leaves(torch.float32)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = loss_of(linear_cross_entropy, given, labels())
        logits = functional.linear(*given)
    assert loss.dtype is torch.float32
    assert logits.dtype is torch.bfloat16
    loss.backward()
    assert all(leaf.grad.dtype is torch.float32 for leaf in given)


@pytest.mark.parametrize("stats", [False, True])
def test_a_class_of_bias_minus_infinity_keeps_its_probability_of_0_under_a_softcap(stats):
    hidden, weight, bias = (leaf.detach() for leaf in leaves())
    bias[1], target = -torch.inf, labels(ignored=False)
    target[target == 1] = 0
    found = [
        linear_cross_entropy(
            hidden, weight, target, linear_bias=bias, softcap=2.0, way=way, return_stats=stats
        )
        for way in ("eager", "composed")
    ]
    kept = torch.arange(C) != 1
    ours = 2 * torch.tanh((hidden @ weight[kept].T + bias[kept]) / 2)
    expected = functional.cross_entropy(ours, target - (target > 1).long())
    for one in found:
        torch.testing.assert_close(one[0] if stats else one, expected)


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_second_and_third_derivatives_by_chunks_are_those_of_all_logits(monkeypatch, reduction):
    found = {}
    for way in ("eager", "composed"):
        for bound in ("_LEAST", "_MOST"):
            monkeypatch.setattr(second_derivatives, bound, 7 * C)
        given, generator = leaves(), torch.Generator().manual_seed(8)
        loss = linear_cross_entropy(
            *given[:2], labels(), linear_bias=given[2], reduction=reduction, softcap=9.0, z_loss=0.1, way=way
        )
        upstream = torch.rand(loss.shape, generator=generator, dtype=loss.dtype).requires_grad_()
        first = torch.autograd.grad(loss, given, upstream, create_graph=True)
        along = [torch.randn(one.shape, generator=generator, dtype=one.dtype) for one in first]
        second = torch.autograd.grad(first, (*given, upstream), along, create_graph=True)
        third = torch.autograd.grad(sum((one**2).sum() for one in second), (*given, upstream))
        found[way] = (*first, *second, *third)
        torch.manual_seed(3)
    for one, other in zip(found["eager"], found["composed"], strict=True):
        torch.testing.assert_close(one, other)


def test_second_derivatives_materialise_a_chunk_of_logits(monkeypatch):
    for bound in ("_LEAST", "_MOST"):
        monkeypatch.setattr(second_derivatives, bound, 7 * C)
    given = leaves()
    shapes = []
    plain = functional.linear

    def linear(hidden, weight, bias=None):
        shapes.append(tuple(hidden.shape))
        return plain(hidden, weight, bias)

    monkeypatch.setattr(differentiable, "linear", linear)
    first = torch.autograd.grad(linear_cross_entropy(*given[:2], labels()), given[:2], create_graph=True)
    torch.autograd.grad(sum((one**2).sum() for one in first), given[:2])
    assert max(rows for rows, _ in shapes) == 7
