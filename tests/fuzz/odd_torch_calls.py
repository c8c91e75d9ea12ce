"""Calls of `xent.torch` whose arguments do not fit: refused, or answered as PyTorch answers them."""

import warnings

import torch
from tests.fuzz.cases import one_of
from tests.fuzz.rooms import assert_message

import xent.torch
from xent.errors import XentError

__all__ = ["kind_of", "of_odd_arguments"]


def of_odd_arguments(rng):
    """An error of ours, or PyTorch's own answer: what PyTorch refuses is refused, what it takes is taken."""
    z = torch.tensor(rng.standard_normal((4, 3)))
    y = torch.tensor(rng.integers(0, 3, 4))
    name = one_of(rng, "cross_entropy", "nll_loss", "binary_cross_entropy_with_logits", "kl_div")
    odd_z = one_of(
        rng,
        z,
        z[0],
        z[:0],
        z[:, :0],
        z.to(torch.int64),
        z.to(torch.complex128),
        z[None],
        z.T,
        z.to(torch.bool),
    )
    odd_y = one_of(
        rng, y, y[:3], y[:, None], y + 3, y - 5, y.double(), y.bool(), z.softmax(-1), y[0], z.float(), z.T
    )
    weight = one_of(
        rng,
        None,
        None,
        torch.ones(3),
        torch.ones(4),
        torch.ones(3, 1),
        torch.ones(3).long(),
        torch.full((3,), -1.0).double(),
    )
    options = {"reduction": one_of(rng, "mean", "none", "sum", "nonsense")}
    if name != "kl_div":
        options["weight"] = weight
    if name == "cross_entropy":
        options["label_smoothing"] = one_of(rng, 0.0, 0.5, -0.1, 1.5, float("nan"))
    ours, theirs = (
        _answer(getattr(module, name), odd_z, odd_y, options) for module in (xent.torch, torch.nn.functional)
    )
    others = f"{options['reduction']}, {options.get('label_smoothing')}"
    note = f"{name}({kind_of(odd_z)}, {kind_of(odd_y)}, weight={kind_of(weight)}, {others})"
    if isinstance(ours, Exception):
        if isinstance(ours, XentError):
            assert_message(ours)
        else:
            assert type(ours) is type(theirs), (
                f"{type(ours).__name__} escapes {note}: {ours}; PyTorch: {theirs!r:.80}"
            )
        return
    if "expected scalar type" in str(theirs):
        return  # one dtype for all is asked for by PyTorch alone
    if isinstance(theirs, Exception):
        assert False, f"{note} gives {ours}, PyTorch {type(theirs).__name__}: {theirs}"  # noqa: B011, PT015
    assert ours.shape == theirs.shape, f"{note}: shape {ours.shape}, PyTorch {theirs.shape}"
    assert ours.dtype == theirs.dtype, f"{note}: {ours.dtype}, PyTorch {theirs.dtype}"
    torch.testing.assert_close(
        ours, theirs, rtol=1e-4, atol=1e-4, equal_nan=True, msg=lambda m: f"{note}: {m}"
    )


def _answer(function, *arguments):
    *tensors, options = arguments
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return function(*tensors, **options)
        except Exception as error:  # noqa: BLE001 - the error is the answer
            return error


def kind_of(tensor):
    return None if tensor is None else f"{str(tensor.dtype)[6:]}{tuple(tensor.shape)}"
