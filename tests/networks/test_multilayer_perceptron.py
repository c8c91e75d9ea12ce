"""Several perceptrons side by side, and the embedding of numbers that they share."""

import json

import numpy as np
import pytest
import torch

from xent import NeuralClassifier
from xent.errors import DomainError, DTypeError
from xent.networks import perceptron, signal
from xent.networks.member_layers import MemberCosines, MemberLinear, NumberEmbedding
from xent.networks.multilayer_perceptron import Perceptron, Perceptrons
from xent.networks.network_file import network_of_parts, parts_of_network
from xent.networks.training import Settings, Training
from xent.networks.training_loss import training_loss


def built(**options):
    torch.manual_seed(0)
    network = perceptron((7, 5), **options)(4, 3)
    torch.nn.init.normal_(network.head.bias)
    return network.eval()


@pytest.mark.parametrize("embedding", [True, False])
def test_each_member_is_a_network_of_its_own(embedding):
    network = built(members=3, embedding=embedding)
    features = torch.randn(6, 4)
    outputs = network(features)
    assert outputs.shape == (6, 3, 3)
    for member in range(3):
        alone = network.member(member)
        assert isinstance(alone.head, torch.nn.Linear)
        torch.testing.assert_close(alone(features), outputs[:, member])
    assert not torch.allclose(outputs[:, 0], outputs[:, 1])


def test_an_embedding_holds_the_number_and_maps_of_its_waves():
    torch.manual_seed(0)
    layer = NumberEmbedding(2)
    x = torch.tensor([[0.3, -1.2], [2.0, 0.0]])
    found = layer(x)
    assert found.shape == (2, NumberEmbedding.width(2)) == (2, 8)
    assert torch.equal(found[:, ::4], x)
    for feature in range(2):
        waves = torch.cos(
            2 * torch.pi * x[:, feature, None] * layer.frequency[feature] + layer.phase_bias[feature]
        )
        expected = waves @ layer.weight[feature] + layer.bias[feature]
        torch.testing.assert_close(found[:, 4 * feature + 1 : 4 * feature + 4], expected)


def test_the_prediction_is_the_mean_of_the_probabilities():
    loss = training_loss("softmax_cross_entropy", None, 3, caller="fit")
    outputs = torch.tensor([[[9.0, 0.0, 0.0], [0.0, 9.0, 0.0]]], dtype=torch.float64)
    mean = torch.softmax(outputs, dim=2).mean(dim=1)
    torch.testing.assert_close(loss.log_probs(outputs).exp(), mean)
    values = loss.values(outputs, torch.tensor([1]))
    torch.testing.assert_close(values, -torch.log_softmax(outputs, dim=2)[:, :, 1].mean(dim=1))


def test_members_learn_by_any_loss():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((300, 3))
    y = np.digitize(X[:, 0], [-0.5, 0.5])
    for loss in ("cosface", "corn", "sigmoid_cross_entropy", "evidential_cross_entropy"):
        settings = {"hidden": (16,), "members": 3, "epochs": 25, "learning_rate": 2e-2, "random_state": 0}
        model = NeuralClassifier(loss=loss, **settings).fit(X, y)
        assert model.score(X, y) > 0.85, loss
        assert model.predict_proba(X).sum(axis=1) == pytest.approx(1)
        assert isinstance(model.module_.head, MemberCosines) == (loss == "cosface")


def test_cosines_of_members_are_cosines():
    torch.manual_seed(0)
    layer = MemberCosines(2, 4, 3)
    rows = torch.randn(2, 5, 4)
    expected = torch.nn.functional.cosine_similarity(rows[1, :, :, None], layer.weight[1][None], dim=1)
    torch.testing.assert_close(layer(rows)[1], expected)


def test_eight_members_and_embeddings_up_to_256_features():
    model = NeuralClassifier(hidden=(4,), epochs=1, random_state=0)
    rng = np.random.default_rng(0)
    y = np.arange(40) % 2
    narrow = model.fit(rng.standard_normal((40, 256)), y).module_
    assert isinstance(narrow, Perceptrons)
    assert (narrow.members, narrow.embedding is None) == (8, False)
    assert isinstance(model.fit(rng.standard_normal((40, 257)), y).module_, torch.nn.Sequential)
    assert model.set_params(members=2).fit(rng.standard_normal((40, 257)), y).module_.members == 2


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"members": 0}, r"`members` must be an integer >= 1, or \"auto\"; got 0"),
        ({"embedding": "yes"}, r"`embedding` must be True, False or \"auto\"; got 'yes'"),
    ],
)
def test_parameters_out_of_range_are_refused(parameters, said):
    with pytest.raises(DomainError, match=said):
        NeuralClassifier(**parameters).fit(np.eye(4), [0, 1, 0, 1])


@pytest.mark.parametrize("wrong", [2.5, True, "a"], ids=["fraction", "truth", "text"])
def test_sizes_of_networks_are_integers(wrong):
    calls = {
        "members": lambda: perceptron(members=wrong),
        "hidden": lambda: perceptron([8, wrong]),
        "length": lambda: signal(wrong),
        "width": lambda: signal(width=wrong),
        "channels": lambda: signal(channels=[wrong]),
    }
    for argument, call in calls.items():
        with pytest.raises(DTypeError, match=f"`{argument}` must be an integer; got {wrong!r}"):
            call()
    with pytest.raises(DomainError, match=r"^perceptron: `hidden` must be an integer >= 1; got 0"):
        perceptron([0])


def test_biases_of_members_are_not_shrunk():
    network = built(members=2, embedding=True)
    loss = training_loss("softmax_cross_entropy", None, 3, caller="fit")
    training = Training(network, loss, Settings(1e-3, 0.5, 16, 5.0, 0))
    shrunk = {id(one) for one in training.optimiser.param_groups[0]["params"]}
    assert training.optimiser.param_groups[0]["weight_decay"] == 0.5
    kept = {name for name, one in network.named_parameters() if id(one) not in shrunk}
    assert kept == {name for name, _ in network.named_parameters() if name.endswith("bias")}
    assert kept >= {"head.bias", "hidden.0.bias", "embedding.bias"}


@pytest.mark.parametrize(
    "parameters", [{}, {"members": 2, "embedding": False}, {"members": 1, "embedding": False}]
)
def test_members_come_back_from_a_file(parameters):
    X, y = np.random.default_rng(0).standard_normal((60, 3)), np.arange(60) % 3
    model = NeuralClassifier(hidden=(4,), epochs=2, random_state=0, **parameters).fit(X, y)
    text, body = parts_of_network(model)
    back = network_of_parts(text, body)
    assert back.predict_log_proba(X).tobytes() == model.predict_log_proba(X).tobytes()
    assert (back.members, back.embedding) == (model.members, model.embedding)
    if parameters == {"members": 1, "embedding": False}:
        # Files from before there were members do not name them.
        card = json.loads(text)
        del card["factory"]["members"], card["factory"]["embedding"]
        old = network_of_parts(json.dumps(card), body)
        assert old.predict_log_proba(X).tobytes() == model.predict_log_proba(X).tobytes()


def test_a_plain_perceptron_is_the_default_of_its_description():
    assert Perceptron((3,), 0.0)(2, 2).head.in_features == 3
    assert isinstance(Perceptron((3,), 0.0, 2)(2, 2).head, MemberLinear)
