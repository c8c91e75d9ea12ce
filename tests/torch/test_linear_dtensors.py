"""Linear cross-entropy of hidden states that are a DTensor: the loss and gradients of one process."""
# ruff: noqa: ARG001 - every function that ranks run takes its rank and their number

import pytest

torch = pytest.importorskip("torch")

import torch.distributed as dist  # noqa: E402 - after the question whether PyTorch is there

import xent.torch as front  # noqa: E402 - likewise
from xent.errors import DomainError  # noqa: E402 - likewise

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not dist.is_available(), reason="PyTorch without process groups"),
]

N, S, D, C = 6, 4, 3, 7
GENERATOR = torch.Generator().manual_seed(8)
HIDDEN, WEIGHT, BIAS = (
    torch.randn(shape, generator=GENERATOR, dtype=torch.float64) for shape in ((N, S, D), (C, D), (C,))
)
LABELS = torch.randint(0, C, (N, S), generator=GENERATOR)
LABELS[0, 1] = LABELS[5, 2] = -100
PROBS = torch.randn(N, S, C, generator=GENERATOR, dtype=torch.float64).softmax(-1)
SPARSE = (
    torch.randint(0, C, (N, S, 2), generator=GENERATOR),
    torch.rand(N, S, 2, generator=GENERATOR, dtype=torch.float64),
)
CLASS_WEIGHTS = torch.rand(C, generator=GENERATOR, dtype=torch.float64) + 0.25
# Placements of hidden states and weight: R replicated, P partial sums, a number the axis that is divided.
LAYOUTS = {
    2: [("0", "0"), ("0", "1"), ("0", "R"), ("R", "0"), ("R", "1"), ("1", "R"), ("P", "0"), ("0", "plain")],
    4: [("0R", "R0"), ("00", "01"), ("R0", "00"), ("21", "0R")],
}
OPTIONS = {
    "plain": {},
    "causal": {"shift": 1, "weight": CLASS_WEIGHTS, "label_smoothing": 0.1},
    "rows": {"reduction": "none", "z_loss": 0.01, "class_mask": torch.arange(C) != 5},
    "probabilities": {"target": PROBS, "logit_scale": 0.5},
    "sparse": {"target": front.SparseTargets(*SPARSE), "reduction": "sum"},
}


def gradients(hidden, weight, bias, given):
    """Loss, statistics, and gradients of hidden states, weight, bias and scale."""
    scale = torch.tensor(0.75, dtype=torch.float64, requires_grad=True)
    given = {"target": LABELS.clone(), **given}
    if "logit_scale" in given:
        given["logit_scale"] = scale
    loss = front.linear_cross_entropy(hidden, weight, given.pop("target"), linear_bias=bias, **given)
    loss.sum().backward()
    return loss.detach(), [one.grad for one in (hidden, weight, bias)], scale.grad


def leaves():
    return [one.clone().requires_grad_() for one in (HIDDEN, WEIGHT, BIAS)]


def laid(mesh, tensor, names):
    """Tensor with the placements `names`, as a leaf."""
    from torch.distributed.tensor import DTensor, Partial, Replicate, Shard, distribute_tensor

    if names == "plain":
        return tensor.clone().requires_grad_()
    if names == "P":
        part = tensor / mesh.size()
        return DTensor.from_local(part, mesh, [Partial()]).detach().requires_grad_()
    placements = [Replicate() if name == "R" else Shard(int(name)) for name in names]
    return distribute_tensor(tensor, mesh, placements).detach().requires_grad_()


def whole(tensor):
    return tensor.full_tensor() if hasattr(tensor, "full_tensor") else tensor


def of_rank(rank, ranks, layouts):
    """Loss and gradients for all layouts and options, gathered, and statistics for one option."""
    from torch.distributed.device_mesh import init_device_mesh

    mesh = init_device_mesh("cpu", (2,) * (ranks // 2))
    found = []
    for of_hidden, of_weight in layouts:
        of_bias = of_weight.replace("1", "R")
        for given in OPTIONS.values():
            hidden, weight, bias = (
                laid(mesh, tensor, names)
                for tensor, names in ((HIDDEN, of_hidden), (WEIGHT, of_weight), (BIAS, of_bias))
            )
            loss, slopes, of_scale = gradients(hidden, weight, bias, given)
            kept = [one.placements for one in (slopes[1], weight) if of_weight != "plain"]
            assert len(set(kept)) <= 1
            found.append((whole(loss), [whole(one) for one in slopes], of_scale))
        _, stats = front.linear_cross_entropy(hidden, weight, LABELS, return_stats=True, top_k=2)
        found.append(tuple(whole(part).detach() for part in stats))
    return found


@pytest.mark.parametrize("ranks", LAYOUTS)
def test_every_placement_gives_the_loss_and_the_gradients_of_one_process(process_groups, ranks):
    _, stats = front.linear_cross_entropy(HIDDEN, WEIGHT, LABELS, return_stats=True, top_k=2)
    for answer in process_groups(ranks).call(of_rank, LAYOUTS[ranks]):
        found = iter(answer)
        for layout in LAYOUTS[ranks]:
            for name, given in OPTIONS.items():
                loss, slopes, of_scale = next(found)
                expected, true, true_scale = gradients(*leaves(), given)
                text = f"{layout}, {name}"
                near = {"rtol": 1e-12, "atol": 1e-14, "msg": lambda problem, text=text: f"{text}: {problem}"}
                torch.testing.assert_close(loss, expected, **near)
                for one, other in zip(slopes, true, strict=True):
                    torch.testing.assert_close(one, other, **near)
                assert (of_scale is None) == (true_scale is None), text
                if of_scale is not None:
                    torch.testing.assert_close(of_scale, true_scale, **near)
            for one, other in zip(next(found), stats, strict=True):
                torch.testing.assert_close(one, other)


def counted(rank, ranks):
    """Numbers of collectives in forward and backward by layout."""
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.tensor.debug import CommDebugMode

    mesh, found = init_device_mesh("cpu", (ranks,)), {}
    for names in (("0", "0"), ("0", "1"), ("R", "0"), ("plain", "0")):
        hidden, weight = laid(mesh, HIDDEN, names[0]), laid(mesh, WEIGHT, names[1])
        labels = LABELS if names[0] == "plain" else laid(mesh, LABELS.double(), names[0]).detach().long()
        with CommDebugMode() as mode:
            front.linear_cross_entropy(hidden, weight, labels, denominator=20.0).backward()
        found[names] = {str(op).rpartition(".")[2]: n for op, n in mode.get_comm_counts().items() if n}
    return found


def test_a_weight_kept_divided_is_gathered_once_and_its_gradient_scattered_once(process_groups):
    once = {"all_gather_into_tensor": 1, "reduce_scatter_tensor": 1}
    for found in process_groups(2).call(counted):
        assert found["plain", "0"] == once
        # The loss of all rows is one number, summed over the ranks.
        for names in (("0", "0"), ("0", "1")):
            assert found[names] == {**once, "all_reduce": 1}
        # Divided classes: numbers of rows are gathered, the gradient in the hidden states is summed.
        assert found["R", "0"] == {"_allgather_base_": 3, "allreduce_": 1}


def refused(rank, ranks):
    """Errors of calls that have no layout."""
    from torch.distributed.device_mesh import init_device_mesh

    mesh = init_device_mesh("cpu", (ranks,))
    rows, messages = laid(mesh, HIDDEN[:, 0], "0"), []
    labels = laid(mesh, LABELS[:, 0].double(), "0").detach().long()
    for arguments in (
        (rows, WEIGHT[:, None].expand(C, 2, D), LABELS[:, :2]),
        (HIDDEN[:, 0], WEIGHT, labels),
        (rows, laid(mesh.__class__("cpu", list(range(ranks))[::-1]), WEIGHT, "0"), labels),
    ):
        try:
            front.linear_cross_entropy(*arguments)
        except DomainError as error:
            messages.append(str(error))
    return messages


def test_what_has_no_layout_is_refused_with_the_cure(process_groups):
    for many, beside, elsewhere in process_groups(2).call(refused):
        assert "`linear_weight` must have 2 axes beside an `input` that is a DTensor" in many
        assert "Pass `cross_entropy` the logits" in many
        assert "`target` must be a plain tensor, as `input` is; got a DTensor" in beside
        assert "Make `input` a DTensor as well, or pass `target.to_local()`." in beside
        assert "`linear_weight` must lie on the mesh of `input`" in elsewhere
