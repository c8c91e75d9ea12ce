"""Models that end in a loss, exported to ONNX: the nodes of PyTorch's losses, or steps with our result."""

import pytest

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxscript")

from torch.nn import functional  # noqa: E402 - after the question whether the libraries are there

import xent.torch as front  # noqa: E402 - likewise

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    # The reference runtime computes both sides of a choice.
    pytest.mark.filterwarnings("ignore::RuntimeWarning:onnx"),
]
GENERATOR = torch.Generator().manual_seed(17)
LOGITS, LABELS = torch.randn(4, 5, generator=GENERATOR), torch.tensor([0, 4, -100, 2])
PROBS, WEIGHT = LOGITS.flip(1).softmax(1), torch.arange(1.0, 6.0)
MATRIX = torch.randn(5, 5, generator=GENERATOR)
# Arguments of both, by the functions that have a node.
SOFTMAX, LIKELIHOOD = "SoftmaxCrossEntropyLoss", "NegativeLogLikelihoodLoss"
OF_NODES = {
    "cross_entropy": (lambda f, z, y: f.cross_entropy(z, y, WEIGHT, reduction="sum"), SOFTMAX),
    "images": (lambda f, z, y: f.cross_entropy(z.reshape(2, 5, 2), y.reshape(2, 2)), SOFTMAX),
    "nll_loss": (lambda f, z, y: f.nll_loss(z, y, WEIGHT), LIKELIHOOD),
    "linear_cross_entropy": (lambda f, z, y: f.linear_cross_entropy(z, MATRIX, y), SOFTMAX),
}
WITHOUT_NODE = {
    "smoothed": (lambda z, t: front.cross_entropy(z, t, label_smoothing=0.1), LABELS),
    "z-loss": (lambda z, t: front.cross_entropy(z, t, z_loss=0.1), LABELS),
    "probabilities": (front.cross_entropy, PROBS),
    "binary": (front.binary_cross_entropy_with_logits, PROBS),
    "kl_div": (lambda z, t: front.kl_div(z, t, reduction="batchmean"), PROBS),
}


class Model(torch.nn.Module):
    def __init__(self, loss):
        super().__init__()
        self.loss = loss

    def forward(self, logits, target):
        return self.loss(logits, target)


def exported(loss, target):
    return torch.onnx.export(Model(loss).eval(), (LOGITS, target), dynamo=True, verbose=False)


def nodes(program):
    return [node.op_type for node in program.model.graph]


def result(program, target):
    from onnx.reference import ReferenceEvaluator

    model = program.model_proto
    names = [given.name for given in model.graph.input]
    given = dict(zip(names, (LOGITS.numpy(), target.numpy()), strict=True))
    return torch.as_tensor(ReferenceEvaluator(model).run(None, given)[0])


@pytest.mark.parametrize("name", OF_NODES)
def test_a_model_that_ends_in_our_loss_has_the_node_of_pytorchs(name):
    loss, node = OF_NODES[name]
    ours = exported(lambda z, y: loss(front, z, y), LABELS)
    assert nodes(ours) == nodes(exported(lambda z, y: loss(functional, z, y), LABELS))
    assert node in nodes(ours)
    torch.testing.assert_close(result(ours, LABELS), loss(front, LOGITS, LABELS))


@pytest.mark.parametrize("name", WITHOUT_NODE)
def test_a_loss_without_a_node_is_exported_as_steps_with_our_result(name):
    loss, target = WITHOUT_NODE[name]
    program = exported(loss, target)
    assert not {SOFTMAX, LIKELIHOOD} & set(nodes(program))
    torch.testing.assert_close(result(program, target), loss(LOGITS, target))


def test_explain_names_the_node_and_why_it_is_none():
    found = []

    def asked(logits, target):
        options = {}, {"label_smoothing": 0.1}
        found.extend(front.explain(front.cross_entropy, logits, target, **more) for more in options)
        return front.cross_entropy(logits, target)

    with front.patch():
        exported(asked, LABELS)
    assert [answer.way for answer in found[:2]] == ["onnx", "composed"]
    assert found[1].reasons["onnx"] == "`label_smoothing` is given, for which ONNX has no node"
