"""Cross-entropy whose classes are divided among ranks: the loss, gradients and errors of one process."""
# ruff: noqa: ARG001 - every function that ranks run takes its rank and their number

import datetime as dt
import os
import time
import warnings

import pytest

torch = pytest.importorskip("torch")

import torch.distributed as dist  # noqa: E402 - after the question whether PyTorch is there
from tests.process_groups import Group  # noqa: E402 - likewise

import xent.torch as front  # noqa: E402 - likewise
from xent.errors import BackendError, DomainError, XentError  # noqa: E402 - likewise

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not dist.is_available(), reason="PyTorch without process groups"),
]

N, C = 9, 23
# Uneven; one rank of four has no class.
CUTS = {2: (0, 17, C), 4: (0, 5, 5, 14, C)}
DTYPES = {"float32": 1.2e-7, "float64": 2.3e-16, "bfloat16": 0.0, "float16": 0.0}
OPTIONS = {
    "plain": {},
    "sum": {"reduction": "sum"},
    "rows": {"reduction": "none"},
    "weighted": {"weight": True},
    "smoothed": {"label_smoothing": 0.2},
    "weighted and smoothed": {"weight": True, "label_smoothing": 0.2, "z_loss": 1e-2},
    "z-loss": {"z_loss": 1e-2, "reduction": "sum"},
    "capped": {"softcap": 20.0, "logit_scale": 0.5},
    "masked": {"class_mask": "rows"},
    "masked and smoothed": {"class_mask": "classes", "label_smoothing": 0.2},
    "denominator": {"denominator": 5.0},
}


@pytest.fixture(params=[2, 4])
def group(request, process_groups):
    return process_groups(request.param)


@pytest.fixture
def pair(process_groups):
    return process_groups(2)


def problem(target, dtype):
    """Logits with one row that is sure of its label, labels with one ignored, and all options' tensors."""
    generator = torch.Generator().manual_seed(11)
    logits = (6 * torch.randn(N, C, generator=generator, dtype=torch.float64) + 1).to(getattr(torch, dtype))
    labels = torch.randint(0, C, (N,), generator=generator)
    labels[0], labels[1], labels[2] = C - 1, -100, 0
    logits[0, C - 1], logits[1, 3] = 80.0, torch.nan if target == "labels" else 1.0
    mask = torch.rand(N, C, generator=generator) > 0.3
    # Labels stay unmasked, and one row has no class left on the first rank.
    mask[torch.arange(N), labels.clamp(0)] = True
    mask[0, :17] = False
    weight = torch.rand(C, generator=generator) + 0.25
    wide = torch.float64 if dtype == "float64" else torch.float32
    probs = torch.randn(N, C, generator=generator, dtype=wide).softmax(1)
    return logits, labels if target == "labels" else probs, weight, mask


def arguments(options, weight, mask, columns):
    """Keyword arguments for the classes `columns`."""
    given = dict(options)
    if "weight" in given:
        given["weight"] = weight[columns]
    if "class_mask" in given:
        by_class = torch.arange(C) % 5 != 1
        given["class_mask"] = (mask if given["class_mask"] == "rows" else by_class)[..., columns]
    return given


def whole(target, dtype, options):
    """Loss and gradient of one process, in 64 bits from the same logits."""
    logits, truth, weight, mask = problem(target, dtype)
    logits = logits.requires_grad_()
    if target == "probabilities" and "class_mask" in options:
        truth = truth * arguments(options, weight, mask, slice(None))["class_mask"]
    loss = front.cross_entropy(logits, truth, **arguments(options, weight, mask, slice(None)))
    loss.sum().backward()
    return loss.detach(), logits.grad


def of_rank(rank, ranks, target, dtype, options):
    """Loss and gradient of one rank."""
    logits, truth, weight, mask = problem(target, dtype)
    columns = slice(*CUTS[ranks][rank : rank + 2])
    given = arguments(options, weight, mask, columns)
    if target == "probabilities":
        truth = truth[:, columns] * (given.get("class_mask", True))
    own = logits[:, columns].clone().requires_grad_()
    loss = front.cross_entropy(own, truth, process_group=dist.group.WORLD, **given)
    loss.sum().backward()
    return loss.detach(), own.grad


def assert_near(found, truth, units, eps):
    """Relative error of at most `units` times `eps`; two nan agree, and an eps of 0 is that of the dtype."""
    eps = eps or torch.finfo(found.dtype).eps
    wide, true = found.double(), truth.double()
    agree = (wide == true) | (wide.isnan() & true.isnan())
    error = torch.where(agree, 0.0, (wide - true).abs()) / true.abs()
    bound = units * eps + 4 * torch.finfo(found.dtype).smallest_normal / true.abs()
    assert bool((agree | (error <= bound)).all()), f"{float(error.nan_to_num().max() / eps)} units"


def of_rank_by_option(rank, ranks, target, dtype):
    """Losses and gradients of one rank."""
    return [of_rank(rank, ranks, target, dtype, options) for options in OPTIONS.values()]


# Each dtype with one number of ranks: processes are dear, and the numbers of ranks share their code.
RANKS = [(2, "float32"), (2, "bfloat16"), (4, "float64"), (4, "float16")]


@pytest.mark.parametrize(("ranks", "dtype"), RANKS)
@pytest.mark.parametrize("target", ["labels", "probabilities"])
def test_every_option_gives_the_loss_and_the_gradient_of_one_process(process_groups, target, ranks, dtype):
    by_option = zip(*process_groups(ranks).call(of_rank_by_option, target, dtype), strict=True)
    for (name, options), answers in zip(OPTIONS.items(), by_option, strict=True):
        loss, gradient = whole(target, dtype, options)
        for found, _ in answers:
            assert torch.equal(found, answers[0][0]), name
        # Half of these units are those of the call on one process.
        assert_near(answers[0][0], loss, 8 if options else 4, DTYPES[dtype])
        found = torch.cat([part for _, part in answers], 1)
        plain = target == "labels" and "label_smoothing" not in options
        if plain:
            assert_near(found, gradient, 4, DTYPES[dtype])
        else:
            # Gradients near 0 are differences of probabilities and targets.
            scale = gradient.double().abs().amax(1, keepdim=True)
            error = (found.double() - gradient.double()).abs()
            assert bool((error <= 16 * torch.finfo(gradient.dtype).eps * scale).all()), name


def sure(rank, ranks):
    """Loss and gradient of a row that leads by 20 to 80, the label on either rank."""
    results = []
    for lead in (20.0, 40.0, 80.0):
        logits = torch.zeros(2, 4)
        logits[0, 0] = logits[1, 3] = lead
        own = logits[:, 2 * rank : 2 * rank + 2].clone().requires_grad_()
        loss = front.cross_entropy(
            own, torch.tensor([0, 3]), reduction="none", process_group=dist.group.WORLD
        )
        loss.sum().backward()
        results.append((loss.detach(), own.grad))
    return results


def test_a_sure_row_keeps_its_digits_on_whichever_rank_its_label_is(pair):
    parts = pair.call(sure)
    for place, lead in enumerate((20.0, 40.0, 80.0)):
        truth = torch.log1p(3 * torch.exp(torch.tensor(-lead, dtype=torch.float64)))
        for part in parts:
            assert_near(part[place][0], truth.expand(2), 2, 1.2e-7)
        at_label = torch.stack([parts[0][place][1][0, 0], parts[1][place][1][1, 1]])
        assert_near(at_label, -(-torch.expm1(-truth)).expand(2), 4, 1.2e-7)


def statistics(rank, ranks, top_k):
    """Statistics of one rank, and the gradient of their sum."""
    logits, labels, _, _ = problem("labels", "float32")
    logits[1, 3] = 0.0
    own = logits[:, slice(*CUTS[ranks][rank : rank + 2])].clone().requires_grad_()
    _, stats = front.cross_entropy(
        own, labels, return_stats=True, top_k=top_k, process_group=dist.group.WORLD
    )
    (
        stats.log_prob + 2 * stats.log_normaliser + 3 * stats.entropy + stats.top_log_probs[:, 1]
    ).sum().backward()
    return tuple(part.detach() for part in stats), own.grad


def test_statistics_are_those_of_all_classes_with_gradients(group):
    logits, labels, _, _ = problem("labels", "float32")
    logits[1, 3] = 0.0
    logits.requires_grad_()
    _, stats = front.cross_entropy(logits, labels, return_stats=True, top_k=3)
    (
        stats.log_prob + 2 * stats.log_normaliser + 3 * stats.entropy + stats.top_log_probs[:, 1]
    ).sum().backward()
    answers = group.call(statistics, 3)
    for found, _ in answers:
        assert torch.equal(found[3], stats.argmax)
        assert torch.equal(found[5], stats.top_classes)
        for place in (0, 1, 2, 4):
            torch.testing.assert_close(found[place], stats[place].detach(), rtol=2e-6, atol=2e-6)
    torch.testing.assert_close(torch.cat([part for _, part in answers], 1), logits.grad, rtol=1e-5, atol=2e-6)


def scaled(rank, ranks):
    """Gradient of one rank in a scale that all ranks share."""
    logits, labels, _, _ = problem("labels", "float64")
    logits[1, 3] = 0.0
    scale = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    own = logits[:, slice(*CUTS[ranks][rank : rank + 2])]
    front.cross_entropy(own, labels, logit_scale=scale, process_group=dist.group.WORLD).backward()
    return scale.grad


def test_a_scale_to_learn_gets_its_whole_gradient_on_every_rank(pair):
    logits, labels, _, _ = problem("labels", "float64")
    logits[1, 3] = 0.0
    scale = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    front.cross_entropy(logits, labels, logit_scale=scale).backward()
    for found in pair.call(scaled):
        torch.testing.assert_close(found, scale.grad)


def smoothed_over_all(rank, ranks):
    """Smoothed loss of equal logits but one, which the mean over one rank's classes would change."""
    logits = torch.zeros(1, 4, dtype=torch.float64)
    logits[0, 3] = 4.0
    own = logits[:, 2 * rank : 2 * rank + 2]
    return front.cross_entropy(own, torch.tensor([0]), label_smoothing=0.4, process_group=dist.group.WORLD)


def test_smoothing_spreads_over_the_classes_of_all_ranks(pair):
    logits = torch.tensor([[0.0, 0.0, 0.0, 4.0]], dtype=torch.float64)
    truth = torch.nn.functional.cross_entropy(logits, torch.tensor([0]), label_smoothing=0.4)
    for found in pair.call(smoothed_over_all):
        torch.testing.assert_close(found, truth)


FAULTS = {
    "options": (
        lambda rank: {"label_smoothing": 0.1 * rank},
        "`label_smoothing` must be the same on all ranks",
    ),
    "an invalid option": (lambda rank: {"z_loss": -float(rank)}, "z_loss|an error on rank 1"),
    "shapes": (lambda rank: {"rows": 3 + rank}, "`input` must be the same on all ranks"),
    "dtypes": (
        lambda rank: {"dtype": (torch.float32, torch.float64)[rank]},
        "`input` must be the same on all",
    ),
    "labels": (lambda rank: {"label": rank}, "`target` must be the same on all ranks"),
    "a weight": (
        lambda rank: {"weight": torch.ones(2) if rank else None},
        "`weight` must be the same on all",
    ),
    "labels of no rank": (lambda _: {"label": 4}, "`target` must lie in 0..3"),
    "a way": (lambda _: {"way": "composed"}, "`process_group` is given"),
    "top_k": (lambda _: {"return_stats": True, "top_k": 5}, "`top_k` must"),
    "targets": (lambda _: {"probs": True, "validate_targets": True}, "`target` must sum to 1"),
    "a row": (
        lambda _: {"fill": torch.nan, "nonfinite": "raise"},
        "`input` must have a finite largest logit",
    ),
}


def faulty(rank, ranks, name):
    """Call with a fault on one rank or on all."""
    given = FAULTS[name][0](rank)
    rows, label = given.pop("rows", 3), given.pop("label", 0)
    fill, dtype = given.pop("fill", 0.0), given.pop("dtype", torch.float32)
    logits = torch.full((rows, 2), fill, dtype=dtype)
    target = torch.full((rows, 2), 1.0) if given.pop("probs", False) else torch.full((rows,), label)
    return front.cross_entropy(logits, target, process_group=dist.group.WORLD, **given)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_one_error_on_every_rank(pair, name):
    for error in pair.call(faulty, name):
        assert isinstance(error, XentError)
        error_text = str(error)
        assert any(part in error_text for part in FAULTS[name][1].split("|")), error_text
    # The group is still in step.
    test_smoothing_spreads_over_the_classes_of_all_ranks(pair)


def rank_of(rank, ranks):
    """Number of this rank, once it has joined."""
    return rank


def dying(rank, ranks):
    """Rank 1 ends its process; the other calls."""
    if rank == 1:
        os._exit(3)
    start = time.monotonic()
    try:
        front.cross_entropy(torch.zeros(2, 2), torch.tensor([0, 1]), process_group=dist.group.WORLD)
    except BackendError as error:
        return str(error), time.monotonic() - start
    return None


def test_a_rank_that_dies_makes_the_others_fail_within_the_timeout():
    opened = Group(2, timeout=20.0)
    try:
        # A rank that dies while another still joins would be an error of joining.
        assert opened.call(rank_of) == [0, 1]
        message, seconds = opened.call(dying)[0]
    finally:
        opened.close()
    assert "`process_group` must have all its ranks in the call" in message
    # The group's own timeout, not a claim of speed.
    assert seconds < 40


def never_calling(rank, ranks):
    """Rank 1 returns without a call; the other calls in a group of a short timeout."""
    group = dist.new_group(list(range(ranks)), timeout=dt.timedelta(seconds=3))
    if rank == 1:
        return None
    try:
        front.cross_entropy(torch.zeros(2, 2), torch.tensor([0, 1]), process_group=group)
    except BackendError as error:
        return str(error)
    return None


def test_a_rank_that_never_calls_makes_the_others_fail_within_the_timeout(pair):
    message = pair.call(never_calling)[0]
    assert "`process_group` must have all its ranks in the call" in message
    assert "has not made the call within the group's timeout" in message


def wrong_row(rank, ranks):
    """Call on rows divided among ranks, of which the last has a label out of range."""
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.tensor import Shard, distribute_tensor

    mesh = init_device_mesh("cpu", (ranks,))
    logits = distribute_tensor(torch.zeros(4, 3), mesh, [Shard(0)])
    labels = distribute_tensor(torch.tensor([0, 1, 2, 3]), mesh, [Shard(0)])
    return front.cross_entropy(logits, labels)


def test_a_label_out_of_range_on_divided_rows_is_an_error_on_every_rank(pair):
    other, own = pair.call(wrong_row)
    assert "`target` must lie in 0..2" in str(own)
    assert "`input` must have valid rows on all ranks; got an error on another rank" in str(other)


def older_names(rank, ranks):
    """Means under older names of the reduction, of rows of which the second rank has fewer to read."""
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.tensor import Shard, distribute_tensor

    mesh = init_device_mesh("cpu", (ranks,))
    logits = distribute_tensor(torch.arange(12.0).reshape(4, 3) ** 0.5, mesh, [Shard(0)])
    labels = distribute_tensor(torch.tensor([0, 1, -100, 2]), mesh, [Shard(0)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = [
            front.cross_entropy(logits, labels, **older)
            for older in ({}, {"size_average": True}, {"reduce": True}, {"reduction": "elementwise_mean"})
        ]
        of_hidden = [
            front.linear_cross_entropy(logits, torch.eye(3), labels, reduction=name)
            for name in ("mean", "elementwise_mean")
        ]
    return [float(loss.full_tensor()) for loss in found + of_hidden]


def test_a_mean_of_divided_rows_under_an_older_name_is_that_of_all_rows(pair):
    for found in pair.call(older_names):
        assert found == pytest.approx([found[0]] * len(found), rel=1e-6)


LAYOUTS = {
    2: [("R",), ("0",), ("1",), ("P",)],
    4: [("0", "1"), ("1", "0"), ("R", "1"), ("0", "0"), ("1", "1")],
}
OF_DTENSORS = ("plain", "sum", "rows", "weighted and smoothed", "masked and smoothed", "denominator")


def of_dtensor(rank, ranks, names, target):
    """Losses and gradients of logits laid out as `names` say, gathered, for some options."""
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.tensor import DTensor, Partial, Replicate, Shard, distribute_tensor
    from torch.distributed.tensor.parallel import loss_parallel

    mesh = init_device_mesh("cpu", (2,) * len(names))
    kinds = {"R": Replicate(), "0": Shard(0), "1": Shard(1), "P": Partial()}
    placements = [kinds[name] for name in names]
    logits, truth, weight, mask = problem(target, "float64")
    logits[1, 3] = 0.0
    found = []
    for option in OF_DTENSORS:
        given = arguments(OPTIONS[option], weight, mask, slice(None))
        if names == ("P",):
            laid = DTensor.from_local(logits / 2, mesh, placements)
        else:
            laid = distribute_tensor(logits, mesh, placements)
        laid = laid.detach().requires_grad_()
        shared = truth if target == "labels" else distribute_tensor(truth, mesh, [Replicate()] * mesh.ndim)
        with loss_parallel():
            loss = front.cross_entropy(laid, shared, **given)
            loss.sum().backward()
        found.append((loss.full_tensor().detach(), laid.grad.full_tensor()))
    _, stats = front.cross_entropy(laid, shared, return_stats=True, top_k=2)
    return found, tuple(None if part is None else part.full_tensor().detach() for part in stats)


@pytest.mark.parametrize("target", ["labels", "probabilities"])
def test_dtensors_of_every_placement_give_the_loss_of_one_process(group, target):
    logits, truth, weight, mask = problem(target, "float64")
    logits[1, 3] = 0.0
    stats = front.cross_entropy(logits, truth, return_stats=True, top_k=2)[1]
    for names in LAYOUTS[len(group.pipes)]:
        for found, found_stats in group.call(of_dtensor, names, target):
            for option, (loss, gradient) in zip(OF_DTENSORS, found, strict=True):
                own = logits.clone().requires_grad_()
                given = arguments(OPTIONS[option], weight, mask, slice(None))
                expected = front.cross_entropy(own, truth, **given)
                expected.sum().backward()
                torch.testing.assert_close(loss, expected.detach(), rtol=1e-14, atol=0.0)
                torch.testing.assert_close(gradient, own.grad, rtol=1e-12, atol=1e-15)
            for one, other in zip(found_stats, stats, strict=True):
                assert (one is None) == (other is None)
                if one is None:
                    continue
                torch.testing.assert_close(one, other, rtol=1e-13, atol=1e-13)


def patched(rank, ranks):
    """Loss of PyTorch's module on logits whose classes are divided, under a patch."""
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.tensor import Shard, distribute_tensor

    logits = distribute_tensor(
        torch.tensor([[20.0, 0.0, 0.0, 0.0]]), init_device_mesh("cpu", (2,)), [Shard(1)]
    )
    with front.patch():
        return torch.nn.CrossEntropyLoss()(logits, torch.tensor([0])).full_tensor()


def test_a_tensor_parallel_program_trains_on_under_a_patch(pair):
    for found in pair.call(patched):
        torch.testing.assert_close(found, torch.tensor(6.18346e-9), rtol=1e-5, atol=0.0)


def kept_divided(rank, ranks):
    """Loss and gradients of one rank's rows with a weight that the ranks keep divided."""
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.tensor import Shard, distribute_tensor

    generator = torch.Generator().manual_seed(3)
    hidden, matrix, labels = (
        torch.randn(8, 3, generator=generator),
        torch.randn(7, 3, generator=generator),
        torch.arange(8) % 7,
    )
    mesh = init_device_mesh("cpu", (ranks,))
    laid = distribute_tensor(matrix, mesh, [Shard(0)]).requires_grad_()
    rows = slice(4 * rank, 4 * rank + 4)
    loss = front.linear_cross_entropy(hidden[rows], laid, labels[rows])
    loss.backward()
    error = None
    try:
        front.linear_cross_entropy(hidden, laid, distribute_tensor(labels, mesh, [Shard(0)]))
    except DomainError as raised:
        error = str(raised)
    own = matrix.clone().requires_grad_()
    front.linear_cross_entropy(hidden, own, labels).backward()
    return laid.grad.placements[0].is_shard(0), laid.grad.full_tensor(), own.grad, error


def test_a_weight_kept_divided_gets_the_averaged_gradient_divided_again(pair):
    for is_divided, found, truth, error in pair.call(kept_divided):
        assert is_divided
        torch.testing.assert_close(found, truth)
        assert "`target` must be a plain tensor, as `input` is" in error


def compiled(rank, ranks):
    """Loss and gradient of one rank in compiled code, without a break of the graph."""
    logits, labels, _, _ = problem("labels", "float64")
    own = logits[:, slice(*CUTS[ranks][rank : rank + 2])].clone().requires_grad_()

    def loss(own, labels):
        return front.cross_entropy(own, labels, label_smoothing=0.1, process_group=dist.group.WORLD)

    found = torch.compile(loss, fullgraph=True, backend="aot_eager")(own, labels)
    found.backward()
    return found.detach(), own.grad


def test_compiled_code_gives_the_same(pair):
    loss, gradient = whole("labels", "float64", {"label_smoothing": 0.1})
    answers = pair.call(compiled)
    for found, _ in answers:
        torch.testing.assert_close(found, loss)
    torch.testing.assert_close(torch.cat([part for _, part in answers], 1), gradient)


def named(rank, ranks):
    """Way that the call takes."""
    logits, labels = torch.zeros(2, 2), torch.tensor([0, 3])
    return front.explain(front.cross_entropy, logits, labels, process_group=dist.group.WORLD)


def test_explain_names_the_way_and_asks_no_other_rank(pair):
    for answer in pair.call(named):
        assert answer.way == "sharded"
        assert "the classes of one rank" in answer.reasons["composed"]


def test_a_call_without_a_group_is_refused_with_the_cure():
    with pytest.raises(BackendError, match=r"Call `torch\.distributed.init_process_group` first"):
        front.cross_entropy(torch.zeros(2, 2), torch.tensor([0, 1]), process_group="WORLD")
    with pytest.raises(BackendError, match="no `process_group` is given"):
        front.cross_entropy(torch.zeros(2, 2), torch.tensor([0, 1]), way="sharded")
    assert issubclass(DomainError, XentError)
