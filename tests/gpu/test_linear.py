"""The way `triton` of `xent.torch.linear_cross_entropy`, with its kernel interpreted."""

import pytest

torch = pytest.importorskip("torch")

import xent.torch as front  # noqa: E402 - after the question whether PyTorch is there
from xent.errors import BackendError, DomainError  # noqa: E402 - likewise
from xent.torch import reduction  # noqa: E402 - likewise

# Errors in norm: 16 bits round logits and gradients.
DTYPES = {torch.float32: 5e-7, torch.bfloat16: 1.2e-2, torch.float16: 2e-3}
N, D, C = 9, 6, 13
GENERATOR = torch.Generator().manual_seed(5)
LABELS = torch.randint(0, C, (N,), generator=GENERATOR)
LABELS[3] = -100
MASK = torch.rand(C, generator=GENERATOR) < 0.7
MASK[LABELS.clamp(min=0)] = True
PROBS = torch.rand((N, C), generator=GENERATOR)
SPARSE = torch.randint(0, C, (N, 2), generator=GENERATOR), torch.rand((N, 2), generator=GENERATOR)
OPTIONS = {
    "plain": {},
    "by chunks": {"chunk_bytes": 150},
    "rows": {"chunk_bytes": 150, "reduction": "none"},
    "smoothed": {
        "weight": True, "label_smoothing": 0.1, "z_loss": 0.1, "reduction": "sum", "chunk_bytes": 150
    },
    "adjusted": {
        "softcap": 3.0, "logit_scale": 2.0, "class_mask": MASK, "label_smoothing": 0.1, "chunk_bytes": 150
    },
    "of all parts": {"denominator": torch.tensor(20.0), "chunk_bytes": 99},
}  # fmt: skip


def operands(dtype, count=3):
    generator = torch.Generator().manual_seed(2)
    shapes = ((N, D), (C, D), (C,))
    return [torch.randn(shape, generator=generator).to(dtype).requires_grad_() for shape in shapes[:count]]


def target_of(kind, dtype):
    if kind == "labels":
        return LABELS
    # A masked class has no share: it would cost inf.
    if kind == "probabilities":
        return (PROBS * MASK).to(dtype)
    return front.SparseTargets(SPARSE[0], (SPARSE[1] * MASK[SPARSE[0]]).to(dtype))


def loss_and_gradients(leaves, target, way, **options):
    hidden, weight, *bias = leaves
    loss = front.linear_cross_entropy(
        hidden, weight, target, linear_bias=bias[0] if bias else None, way=way, **options
    )
    upstream = torch.linspace(0.5, 2, loss.numel()).reshape(loss.shape).to(loss.dtype)
    return loss.detach(), *torch.autograd.grad(loss, leaves, upstream)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("kind", ["labels", "probabilities", "sparse"])
@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_meets_64_bits(option, kind, dtype):
    options = dict(OPTIONS[option])
    if "weight" in options:
        options["weight"] = torch.linspace(0.5, 2, C).to(dtype)
    found = loss_and_gradients(operands(dtype), target_of(kind, dtype), "triton", **options)
    options.pop("chunk_bytes", None)
    if "weight" in options:
        options["weight"] = options["weight"].double()
    exact = [leaf.detach().double().requires_grad_() for leaf in operands(dtype)]
    target = target_of(kind, dtype)
    if kind == "probabilities":
        target = target.double()
    elif kind == "sparse":
        target = front.SparseTargets(target.indices, target.probs.double())
    truth = loss_and_gradients(exact, target, "composed", **options)
    for ours, theirs in zip(found, truth, strict=True):
        assert ours.dtype is dtype
        assert (ours.double() - theirs).norm() <= DTYPES[dtype] * theirs.norm()


def test_the_loss_of_bfloat16_takes_the_labels_logits_unrounded():
    leaves = operands(torch.bfloat16)
    exact = [leaf.detach().double() for leaf in leaves]
    found = front.linear_cross_entropy(
        *leaves[:2], LABELS, linear_bias=leaves[2], way="triton", out_dtype=torch.float32
    )
    truth = front.linear_cross_entropy(*exact[:2], LABELS, linear_bias=exact[2], way="composed")
    assert abs(found.detach().double() / truth - 1) < 1e-3


def test_later_backwards_and_second_derivatives_are_those_of_the_composed_way():
    leaves = operands(torch.float32)
    loss, plain = (
        front.linear_cross_entropy(*leaves[:2], LABELS, linear_bias=leaves[2], way=way)
        for way in ("triton", "composed")
    )
    for factor in (1.0, -2.5, 1.0):
        ours = torch.autograd.grad(loss, leaves, torch.tensor(factor), retain_graph=True)
        theirs = torch.autograd.grad(plain, leaves, torch.tensor(factor), retain_graph=True)
        torch.testing.assert_close(ours, theirs)
        for gradient in ours:
            gradient.zero_()
    assert_same_second_derivatives(loss, plain, leaves)


def test_second_derivatives_smooth_over_the_mask():
    leaves = operands(torch.float32)
    options = {"linear_bias": leaves[2], "class_mask": MASK, "label_smoothing": 0.2}
    values = [
        front.linear_cross_entropy(*leaves[:2], LABELS, way=way, **options) for way in ("triton", "composed")
    ]
    assert_same_second_derivatives(*values, leaves)


def assert_same_second_derivatives(loss, plain, leaves):
    second = []
    for value in (loss, plain):
        [gradient] = torch.autograd.grad(value, leaves[1], create_graph=True)
        second.append(torch.autograd.grad((gradient**2).sum(), leaves[1])[0])
    torch.testing.assert_close(*second)


@pytest.mark.parametrize("frozen", [0, 1, 2])
def test_a_frozen_operand_costs_no_product(frozen, monkeypatch):
    leaves = operands(torch.float32)
    leaves[frozen].requires_grad_(False)
    counted = []
    for name in ("mm", "addmm"):
        plain = getattr(torch, name)
        monkeypatch.setattr(
            torch, name, lambda *args, plain=plain, **kw: counted.append(1) or plain(*args, **kw)
        )
    loss = front.linear_cross_entropy(*leaves[:2], LABELS, linear_bias=leaves[2], way="triton")
    loss.backward()
    assert len(counted) == (3 if frozen == 2 else 2)
    assert [leaf.grad is None for leaf in leaves] == [k == frozen for k in range(3)]


@pytest.mark.parametrize("kind", ["labels", "probabilities"])
@pytest.mark.parametrize("on_empty", ["nan", "zero"])
def test_the_host_reads_no_value(kind, on_empty, monkeypatch):
    leaves = operands(torch.bfloat16)

    def refuse(*_):
        raise AssertionError("the host waits")

    for name in ("item", "tolist", "__bool__", "__float__", "__int__", "__index__"):
        monkeypatch.setattr(torch.Tensor, name, refuse)
    # On a GPU the denominator lies there too, and its value is not asked for.
    monkeypatch.setattr(reduction, "is_readable", lambda _: False)
    for options in ({}, {"denominator": torch.tensor(3.0)}, {"reduction": "none"}):
        loss = front.linear_cross_entropy(
            *leaves[:2], target_of(kind, torch.bfloat16), linear_bias=leaves[2], chunk_bytes=99, way="triton",
            on_empty=on_empty, **options,
        )  # fmt: skip
        torch.autograd.grad(loss, leaves, torch.ones_like(loss) * 2)
        logits = operands(torch.bfloat16)[0]
        loss = front.cross_entropy(
            logits, LABELS.clamp(max=D - 1), way="triton", on_empty=on_empty, **options
        )
        torch.autograd.grad(loss, logits, torch.ones_like(loss) * 2)


@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning")
@pytest.mark.parametrize(
    ("option", "kind", "dtype"),
    [
        ("by chunks", "labels", torch.float32),
        ("rows", "labels", torch.float32),
        ("smoothed", "labels", torch.float16),
        ("adjusted", "sparse", torch.float32),
        ("of all parts", "probabilities", torch.float32),
    ],
)
def test_compiled_code_keeps_the_pass_as_one_node(option, kind, dtype):
    torch.compiler.reset()
    leaves, target, options = operands(dtype), target_of(kind, dtype), dict(OPTIONS[option])
    if "weight" in options:
        options["weight"] = torch.linspace(0.5, 2, C).to(dtype)
    seen = []

    def backend(module, _):
        seen.extend(str(node.target) for node in module.graph.nodes)
        return module.forward

    def step(hidden, weight, bias):
        return front.linear_cross_entropy(hidden, weight, target, linear_bias=bias, way="triton", **options)

    compiled = torch.compile(step, backend=backend, fullgraph=True)
    truth = loss_and_gradients(leaves, target, "triton", **options)
    loss = compiled(*leaves)
    upstream = torch.linspace(0.5, 2, loss.numel()).reshape(loss.shape).to(loss.dtype)
    found = loss.detach(), *torch.autograd.grad(loss, leaves, upstream)
    torch.testing.assert_close(found, truth)
    assert any("linear_cross_entropy_on_device" in name for name in seen)
    torch.testing.assert_close(compiled(*(leaf.detach() for leaf in leaves)), truth[0])


def test_all_rows_ignored_have_gradients_of_0():
    leaves = operands(torch.float32)
    loss, *gradients = loss_and_gradients(leaves, torch.full_like(LABELS, -100), "triton", chunk_bytes=150)
    assert loss.isnan()
    assert all((gradient == 0).all() for gradient in gradients)


@pytest.mark.parametrize("reduction", ["mean", "none"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
def test_ignored_rows_are_dropped_where_their_number_is_known(dtype, reduction, monkeypatch):
    labels = LABELS.clone()
    labels[5:8] = -100
    plain = loss_and_gradients(operands(dtype), labels, "triton", reduction=reduction)
    rows, product = [], torch.addmm
    monkeypatch.setattr(
        torch, "addmm", lambda bias, a, b, **kw: rows.append(a.shape[0]) or product(bias, a, b, **kw)
    )
    options = {"reduction": reduction, "chunk_bytes": 150}
    found = loss_and_gradients(operands(dtype), labels, "triton", count_read=5, **options)
    assert sum(rows[: -(-5 // rows[0])]) == 5
    for one, other in zip(found, plain, strict=True):
        torch.testing.assert_close(one, other, atol=2 * DTYPES[dtype], rtol=2 * DTYPES[dtype])
    for wrong in (4, 6, 100):
        loss, *gradients = loss_and_gradients(operands(dtype), labels, "triton", count_read=wrong, **options)
        assert loss.isnan().all()
        assert gradients[0].isnan().all()
    for loss in loss_and_gradients(
        operands(dtype), labels * 0 - 100, "triton", count_read=0, reduction="sum"
    ):
        assert (loss == 0).all()


def test_ignored_rows_of_nan_change_nothing():
    plain, leaves = operands(torch.float32), operands(torch.float32)
    with torch.no_grad():
        leaves[0][3] = torch.nan
    found, truth = (loss_and_gradients(one, LABELS, "triton", chunk_bytes=150) for one in (leaves, plain))
    torch.testing.assert_close(found, truth)


@pytest.mark.parametrize("chunk_bytes", [None, 26])
def test_the_gradient_of_a_16_bit_weight_over_chunks_is_summed_in_32_bits(chunk_bytes):
    generator = torch.Generator().manual_seed(8)
    hidden = torch.randn(200, D, generator=generator).bfloat16()
    labels = torch.randint(0, C, (200,), generator=generator)
    weight = operands(torch.bfloat16, 2)[1]
    options = {"reduction": "sum", "chunk_bytes": chunk_bytes}
    found = loss_and_gradients([hidden.requires_grad_(), weight], labels, "triton", **options)[2]
    exact = [hidden.detach().double().requires_grad_(), weight.detach().double().requires_grad_()]
    truth = loss_and_gradients(exact, labels, "composed", reduction="sum")[2]
    # Summed in 16 bits, 200 chunks of a row are off by 5 units.
    assert (found.double() - truth).norm() <= 2**-8 * truth.norm()


def test_a_row_without_a_softmax_raises_on_request():
    leaves = operands(torch.float32)
    with torch.no_grad():
        leaves[0][4, 1] = torch.inf
    with pytest.raises(DomainError, match=r"have a softmax in each row; got nan, first at index \(4,\)"):
        front.linear_cross_entropy(*leaves[:2], LABELS, way="triton", nonfinite="raise")
    assert front.linear_cross_entropy(*leaves[:2], LABELS, way="triton").isnan()


def test_one_row_without_an_axis_is_a_row():
    leaves = operands(torch.float32)
    found = front.linear_cross_entropy(leaves[0][0], leaves[1], LABELS[0], way="triton")
    torch.testing.assert_close(found, front.linear_cross_entropy(leaves[0][0], leaves[1], LABELS[0]))


@pytest.mark.parametrize(
    ("rows", "row_bytes", "chunk_bytes", "count"),
    [
        (4096, 2 * 128_256, None, 4096),  # 1,002 MiB: one chunk
        (8192, 2 * 256_000, None, 1024),
        (100_000, 4 * 500_000, None, 599),  # 600 at least, in 167 chunks of equal length
        (8192, 2 * 256_000, 1 << 20, 2),
        (5, 1 << 40, 1, 1),
    ],
)
def test_chunks_follow_the_budget_and_hold_600_rows_where_it_allows(rows, row_bytes, chunk_bytes, count):
    from xent.torch.linear_cross_entropy.device_pass import rows_on_device

    assert rows_on_device(rows, row_bytes, chunk_bytes) == count


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"linear_weight": torch.ones(C, D, dtype=torch.float64)}, "64 bits"),
        ({"class_mask": MASK.expand(N, C)}, "`class_mask` differs by row"),
    ],
    ids=["dtype", "mask"],
)
def test_explain_says_why_the_pass_does_not_run(change, reason):
    hidden, weight = operands(torch.float32, 2)
    hidden = hidden.double() if "linear_weight" in change else hidden
    arguments = {"input": hidden, "linear_weight": weight, "target": LABELS, **change}
    assert reason in front.explain(front.linear_cross_entropy, **arguments).reasons["triton"]
    with pytest.raises(BackendError, match=reason):
        front.linear_cross_entropy(**arguments, way="triton")


STATISTICS = {
    "plain": {},
    "by chunks": {"chunk_bytes": 150},
    "capped": {"softcap": 9.0, "class_mask": MASK},
    "smoothed": {"label_smoothing": 0.2, "class_mask": MASK, "z_loss": 0.1, "chunk_bytes": 150},
    "probabilities": {"chunk_bytes": 150, "class_mask": MASK},
}


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("option", STATISTICS)
def test_statistics_and_their_gradients_meet_64_bits(option, dtype):
    target = target_of("probabilities", torch.float32) if option == "probabilities" else LABELS

    def results(leaves, way):
        loss, found = front.linear_cross_entropy(
            *leaves[:2], target, linear_bias=leaves[2], return_stats=True, top_k=2, way=way,
            **STATISTICS[option],
        )  # fmt: skip
        pull = torch.linspace(0.5, 2, N)
        total = loss + (found.log_prob * pull).sum() + (found.entropy * pull**2).sum()
        total = total - found.log_normaliser.mean() + (found.top_log_probs[:, 1] * pull).sum()
        return found, torch.autograd.grad(total, leaves)

    found, gradients = results(operands(dtype), "triton")
    exact = [leaf.detach().double().requires_grad_() for leaf in operands(dtype)]
    truth, true_gradients = results(exact, "composed")
    assert torch.equal(found.argmax, truth.argmax)
    for name in ("log_prob", "log_normaliser", "entropy", "top_log_probs"):
        # Operands of 16 bits are multiplied in 32.
        true = getattr(truth, name).detach()
        torch.testing.assert_close(getattr(found, name).detach().double(), true, rtol=2e-6, atol=2e-6)
    for one, true in zip(gradients, true_gradients, strict=True):
        assert float((one.double() - true).norm() / true.norm()) < 2 * DTYPES[dtype]
