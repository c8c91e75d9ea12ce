import pytest

torch = pytest.importorskip("torch")

import xent.torch as xt  # noqa: E402 - what it imports may be missing
from xent.errors import DomainError, DTypeError  # noqa: E402 - likewise
from xent.torch.reduction import number_of  # noqa: E402 - likewise

LARGE = torch.tensor([[3e38, 0.0]] * 4)
LABELS = torch.ones(4, dtype=torch.long)


@pytest.mark.parametrize(
    "loss",
    [
        pytest.param(lambda: xt.cross_entropy(LARGE, LABELS, reduction="sum"), id="cross_entropy"),
        pytest.param(
            lambda: xt.linear_cross_entropy(LARGE, torch.eye(2), LABELS, reduction="sum"), id="linear"
        ),
        pytest.param(
            lambda: xt.binary_cross_entropy_with_logits(-LARGE, torch.ones_like(LARGE), reduction="sum"),
            id="binary",
        ),
        pytest.param(
            lambda: torch.ops.xent.linear_cross_entropy(
                LARGE, torch.eye(2), None, LABELS, None, None, None, None, -100, 0.0, 0.0, None, None, None,
                None, "sum", False, 0, None, [False] * 3,
            )[0],
            id="compiled-linear",
        ),
    ],
)  # fmt: skip
def test_a_sum_beyond_the_dtype_is_infinite_as_in_pytorch(loss):
    assert loss().item() == torch.inf


def test_a_number_is_rounded_to_the_dtype_or_infinite():
    assert number_of(1e39, torch.float32).item() == torch.inf
    assert number_of(-7e4, torch.float16).item() == -torch.inf
    assert number_of(0.1, torch.float64).item() == 0.1
    assert number_of(1.0, torch.bfloat16).dtype is torch.bfloat16


@pytest.mark.parametrize("cap", [1e39, float("inf"), 0.0])
def test_a_cap_beyond_the_precision_of_the_logits_is_refused(cap):
    with pytest.raises(DomainError, match="`softcap` must be positive and finite in float32; got"):
        xt.cross_entropy(LARGE, LABELS, softcap=cap)
    with pytest.raises(DomainError, match="`softcap` must be positive and finite in float32; got"):
        xt.linear_cross_entropy(LARGE, torch.eye(2), LABELS, softcap=cap)


@pytest.mark.parametrize("number", [-1.0, -1, torch.inf, torch.nan])
def test_a_denominator_out_of_range_is_refused_or_nan_where_it_cannot_be_read(number):
    given, logits = torch.tensor(number), torch.zeros(4, 2)
    with pytest.raises(DomainError, match="cross_entropy: `denominator` must be finite and >= 0; got "):
        xt.cross_entropy(logits, LABELS, denominator=given)
    unread = torch.func.vmap(lambda d: xt.cross_entropy(logits, LABELS, denominator=d))(given[None])
    assert unread.isnan().all()
    with pytest.raises(DTypeError, match="`denominator` must be a number or a tensor of one; got torch"):
        xt.cross_entropy(logits, LABELS, denominator=torch.tensor(1j))


class Model(torch.nn.Module):
    """A loss as a model, for `torch.export`."""

    def __init__(self, loss):
        super().__init__()
        self.loss = loss

    def forward(self, first, second):
        return self.loss(first, second)


EXPORTED = {
    "binary": (xt.binary_cross_entropy_with_logits, torch.rand),
    "weighted binary": (
        lambda z, t: xt.binary_cross_entropy_with_logits(z, t, torch.arange(1.0, 4.0)),
        torch.rand,
    ),
    "kl_div": (lambda z, t: xt.kl_div(z, t, reduction="batchmean"), torch.rand),
    "cross_entropy": (xt.cross_entropy, lambda rows, _: torch.zeros(rows, dtype=torch.long)),
    "probabilities": (xt.cross_entropy, torch.rand),
    "nll_loss": (xt.nll_loss, lambda rows, _: torch.zeros(rows, dtype=torch.long)),
}


# PyTorch makes a context for what wants no gradient, and warns of having made it.
@pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning")
@pytest.mark.parametrize(("loss", "truth"), EXPORTED.values(), ids=EXPORTED)
def test_a_model_is_exported_for_any_number_of_rows(loss, truth):
    rows = torch.export.Dim("rows", min=2, max=100)
    given = torch.randn(4, 3), truth(4, 3)
    program = torch.export.export(Model(loss), given, dynamic_shapes=(({0: rows}, {0: rows})))
    other = torch.randn(7, 3), truth(7, 3)
    torch.testing.assert_close(program.module()(*other), loss(*other))
