import pytest

torch = pytest.importorskip("torch")

import xent.torch as front  # noqa: E402 - after the question whether PyTorch is there
from xent.errors import DTypeError, ParameterError  # noqa: E402 - likewise

X, Y = torch.zeros(4, 3), torch.tensor([0, 1, 2, 0])
HIDDEN, WEIGHT = torch.zeros(4, 5), torch.zeros(3, 5)
ROWS, NAMES = (
    [[0.5] * 3] * 4,
    {"linear": front.linear_cross_entropy, "binary": front.binary_cross_entropy_with_logits},
)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: front.cross_entropy(X, Y.tolist()),
            "cross_entropy: `target` must be a tensor; got list. Convert",
        ),
        (lambda: front.cross_entropy(ROWS, Y), "cross_entropy: `input` must be a tensor; got list"),
        (lambda: front.cross_entropy(None, Y), "cross_entropy: `input` must be a tensor; got NoneType."),
        (lambda: front.cross_entropy(X, Y, weight=[1.0] * 3), "`weight` must be a tensor; got list"),
        (lambda: front.nll_loss(X, Y.tolist()), "nll_loss: `target` must be a tensor; got list"),
        (lambda: front.kl_div(X, ROWS, reduction="sum"), "kl_div: `target` must be a tensor; got list"),
        (lambda: NAMES["binary"](X, ROWS), "with_logits: `target` must be a tensor; got list"),
        (lambda: NAMES["binary"](X, X, pos_weight=[1.0] * 3), "`pos_weight` must be a tensor; got list"),
        (lambda: NAMES["linear"](HIDDEN, WEIGHT.tolist(), Y), "`linear_weight` must be a tensor; got list"),
        (
            lambda: NAMES["linear"](HIDDEN, WEIGHT, Y.tolist()),
            "linear_cross_entropy: `target` must be a tensor",
        ),
        (
            lambda: NAMES["linear"](HIDDEN, WEIGHT, Y, linear_bias=[0.0] * 3),
            "`linear_bias` must be a tensor; got list",
        ),
        (lambda: front.cross_entropy(X, Y, class_mask=[True] * 3), "`class_mask` must be a tensor; got list"),
        (
            lambda: NAMES["linear"](HIDDEN, WEIGHT, Y, class_mask=[True] * 3),
            "linear_cross_entropy: `class_mask` must be a tensor; got list",
        ),
        (
            lambda: NAMES["linear"](HIDDEN, WEIGHT, front.SparseTargets([[0]], [[1.0]])),
            "linear_cross_entropy: `target.indices` must be a tensor; got list",
        ),
        (
            lambda: NAMES["linear"](HIDDEN, WEIGHT, Y, options=3),
            "`options` must be a `torch.nn.LinearCrossEntropyOptions`; got int",
        ),
    ],
)
def test_what_is_no_tensor_is_refused_by_its_name(call, message):
    with pytest.raises(DTypeError) as caught:
        call()
    assert message in str(caught.value)


SPARSE = torch.ones(3).to_sparse()


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("target", lambda: front.cross_entropy(X, X.to_sparse())),
        ("weight", lambda: front.cross_entropy(X, Y, weight=SPARSE)),
        ("class_mask", lambda: front.cross_entropy(X, Y, class_mask=(torch.ones(3) > 0).to_sparse())),
        ("weight", lambda: front.nll_loss(X, Y, weight=SPARSE)),
        ("pos_weight", lambda: NAMES["binary"](X, X, pos_weight=SPARSE)),
        ("target", lambda: front.kl_div(X, X.to_sparse(), reduction="sum")),
        ("linear_bias", lambda: NAMES["linear"](HIDDEN, WEIGHT, Y, linear_bias=SPARSE)),
    ],
)
def test_sparse_weights_and_targets_are_refused(name, call):
    with pytest.raises(DTypeError, match=f"`{name}` must be dense; got torch.sparse_coo."):
        call()


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("weight", lambda w: front.cross_entropy(X, Y, weight=w)),
        ("logit_scale", lambda w: front.cross_entropy(X, Y, logit_scale=w[0])),
        ("weight", lambda w: front.nll_loss(X, Y, weight=w)),
        ("weight", lambda w: NAMES["binary"](X, X, weight=w)),
        ("weight", lambda w: NAMES["linear"](HIDDEN, WEIGHT, Y, weight=w)),
        ("logit_scale", lambda w: NAMES["linear"](HIDDEN, WEIGHT, Y, logit_scale=w[0])),
        ("weight", lambda w: front.labels_of_all_ranks(Y, None, weight=w)),
    ],
)
def test_complex_numbers_are_refused_where_real_ones_would_be_made_of_them(name, call):
    with pytest.raises(DTypeError, match=f"`{name}` must hold real numbers; got torch.complex64"):
        call(torch.tensor([1j, 2, 3]))


@pytest.mark.parametrize(
    "call",
    [
        lambda: front.cross_entropy(X.to_sparse(), Y),
        lambda: front.nll_loss(X.to_sparse(), Y),
        lambda: NAMES["binary"](X.to_sparse(), X),
        lambda: NAMES["linear"](HIDDEN.to_sparse(), WEIGHT, Y),
    ],
)
def test_sparse_layouts_are_refused_with_the_conversion(call):
    with pytest.raises(
        DTypeError, match=r"`input` must be dense; got torch.sparse_coo. .* `input.to_dense\(\)`"
    ):
        call()


@pytest.mark.parametrize("value", ["a", [1.0], torch.ones(2)])
@pytest.mark.parametrize("name", ["ignore_index", "label_smoothing", "z_loss"])
def test_an_option_that_is_no_number_is_refused(name, value):
    with pytest.raises(DTypeError, match=f"cross_entropy: `{name}` must be a number; got "):
        front.cross_entropy(X, Y, **{name: value})
    with pytest.raises(DTypeError, match=f"linear_cross_entropy: `{name}` must be a number; got "):
        front.linear_cross_entropy(HIDDEN, WEIGHT, Y, **{name: value})


@pytest.mark.parametrize("value", ["a", [1.0], torch.ones(2)])
def test_a_cap_that_is_no_number_is_refused(value):
    with pytest.raises(DTypeError, match="cross_entropy: `softcap` must be a number; got "):
        front.cross_entropy(X, Y, softcap=value)


def test_explain_does_not_take_a_way():
    assert front.explain(front.cross_entropy, X, Y, way=None).way == "eager"
    assert front.explain(front.CrossEntropyLoss(), X, Y).way == "eager"
    for function, options in (
        (front.cross_entropy, {"way": "eager"}),
        (front.CrossEntropyLoss(way="eager"), {}),
    ):
        with pytest.raises(ParameterError, match="explain: `way` must be left open; got 'eager'"):
            front.explain(function, X, Y, **options)
