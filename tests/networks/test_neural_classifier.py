"""The classifier as users of scikit-learn know it, and what it promises beyond."""

import copy
import hashlib
import json
import os
import pickle

import numpy as np
import pytest
import torch
from safetensors.torch import load, save
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from xent import NeuralClassifier
from xent.errors import (
    BackendError,
    DataError,
    DomainError,
    DTypeError,
    OutputError,
    ParameterError,
    ShapeError,
)
from xent.losses import Focal
from xent.networks import early_stopping, perceptron, signal
from xent.networks.checkpoint import metadata_of
from xent.networks.early_stopping import held_out_rows
from xent.networks.training import Settings, Training
from xent.networks.training_loss import training_loss
from xent.networks.training_rows import Rows

# Steps on batches see a repeated row twice as often, not twice as heavy; scikit-learn's SGDClassifier has
# the same exceptions.
NOT_REPETITION = dict.fromkeys(
    [f"check_sample_weight_equivalence_on_{kind}_data" for kind in ("dense", "sparse")],
    "a weight is a factor of a step, a repetition is a second step",
)


@pytest.mark.slow
@parametrize_with_checks(
    [NeuralClassifier(hidden=(16,), batch_size=64, learning_rate=3e-2)],
    expected_failed_checks=lambda _: NOT_REPETITION,
)
def test_the_classifier_is_a_scikit_learn_estimator(estimator, check, monkeypatch):
    # Ends early, so that a hundred fits take seconds.
    monkeypatch.setattr(early_stopping, "patience", lambda _steps: 3)
    monkeypatch.setattr(early_stopping, "_EPOCHS_OF_FEW_ROWS", 15)
    check(estimator)


def rows(n=400, K=3, seed=0):
    """Rows of classes whose borders are curved: a linear model cannot tell them apart."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, 5)) * [1, 2, 30, 1, 0.1] + [0, 5, -100, 0, 1]
    radius = np.hypot(X[:, 0], (X[:, 1] - 5) / 2)
    return X, np.digitize(radius, [0.8, 1.6][: K - 1])


@pytest.fixture(scope="module")
def fitted():
    X, y = rows(800)
    model = NeuralClassifier(hidden=(32,), dropout=0.0, batch_size=128, learning_rate=3e-2, random_state=0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(early_stopping, "patience", lambda _steps: 15)
        return model.fit(X, y)


def cross_entropy(model, X, y):
    return -model.predict_log_proba(X)[np.arange(len(y)), np.searchsorted(model.classes_, y)].mean()


def test_it_learns_what_a_linear_model_cannot(fitted):
    X, y = rows(2000, seed=1)
    linear = make_pipeline(StandardScaler(), LogisticRegression()).fit(*rows(800))
    assert cross_entropy(fitted, X, y) < 0.5 * cross_entropy(linear, X, y)


def test_the_best_epoch_is_kept(fitted):
    held_out = [epoch.held_out for epoch in fitted.history_]
    assert fitted.best_epoch_ == 1 + int(np.argmin(held_out))
    assert fitted.held_out_loss_ == min(held_out)
    assert fitted.n_iter_ == len(held_out) > fitted.best_epoch_


def test_the_best_of_few_epochs_is_kept(monkeypatch):
    monkeypatch.setattr(early_stopping, "_MOST_EPOCHS", 12)
    model = NeuralClassifier(hidden=(32,), dropout=0.0, learning_rate=0.3, random_state=0).fit(*rows(100))
    held_out = [epoch.held_out for epoch in model.history_]
    assert model.best_epoch_ == 1 + int(np.argmin(held_out)) < 12
    assert model.held_out_loss_ == min(held_out)


def test_equal_seeds_give_equal_bits_and_leave_the_global_generator_alone():
    X, y = rows()
    found = []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        torch.manual_seed(5)
        expected = copy.copy(torch.get_rng_state())
        model = NeuralClassifier(hidden=(8, 8), epochs=4, random_state=1).fit(X, y)
        assert torch.equal(torch.get_rng_state(), expected)
        assert torch.get_num_threads() == threads
        found.append(model.predict_log_proba(X))
    assert found[0].tobytes() == found[1].tobytes()
    other = NeuralClassifier(hidden=(8, 8), epochs=4, random_state=2).fit(X, y)
    assert other.predict_log_proba(X).tobytes() != found[0].tobytes()


def test_the_first_predictions_are_the_class_frequencies():
    X, y = rows()
    model = NeuralClassifier(epochs=1, learning_rate=1e-30, weight_decay=0.0, random_state=0).fit(X, y)
    share = (np.bincount(y) + 0.5) / (len(y) + 1.5)
    assert model.predict_proba(X) == pytest.approx(np.tile(share, (len(y), 1)), rel=1e-5)


def test_rows_of_weight_0_are_ignored_and_a_common_factor_changes_nothing():
    X, y = rows()
    weight = np.where(np.arange(len(y)) % 2, 1.0, 0.0)
    model = NeuralClassifier(hidden=(8,), epochs=3, random_state=0)
    zero = clone(model).fit(X, y, weight).predict_log_proba(X)
    left = clone(model).fit(X[1::2], y[1::2]).predict_log_proba(X)
    more = clone(model).fit(X[1::2], y[1::2], np.full(len(y) // 2, 8.0)).predict_log_proba(X)
    assert zero.tobytes() == left.tobytes()
    # Adam's step does not depend on the scale of the loss, which is a mean of the weights besides.
    assert more == pytest.approx(left, abs=1e-6)


def test_batches_of_one_row_are_trained_on():
    X, y = rows(60, K=2)
    model = NeuralClassifier(hidden=(4,), epochs=2, batch_size=1, learning_rate=1e-2, random_state=0).fit(
        X, y
    )
    assert [epoch.objective > 0 for epoch in model.history_] == [True, True]


def test_a_class_weight_moves_predictions_to_its_class():
    X, y = rows(K=2)
    model = NeuralClassifier(hidden=(8,), epochs=10, batch_size=64, learning_rate=1e-2, random_state=0)
    even = clone(model).fit(X, y).predict_proba(X)[:, 1].mean()
    heavy = model.set_params(class_weight={1: 9.0}).fit(X, y).predict_proba(X)[:, 1].mean()
    assert heavy > even + 0.05


def test_sparse_rows_give_the_bits_of_dense_ones():
    X, y = rows()
    X = np.where(X > 0, X, 0.0)
    model = NeuralClassifier(hidden=(8,), epochs=3, random_state=0)
    dense = clone(model).fit(X, y).predict_log_proba(X)
    thin = sparse.csr_array(X)
    assert clone(model).fit(thin, y).predict_log_proba(thin).tobytes() == dense.tobytes()


def test_distributions_are_targets_too():
    X, y = rows()
    soft = 0.9 * np.eye(3)[y] + 0.1 / 3
    model = NeuralClassifier(
        hidden=(16,), epochs=15, dropout=0.0, batch_size=200, learning_rate=3e-2, random_state=0
    )
    model.fit(X, soft)
    assert (model.predict(X) == y).mean() > 0.7


def test_whole_groups_are_held_out():
    codes, groups = rows()[1], np.repeat(np.arange(40), 10)
    inside, outside = held_out_rows(codes, 0.15, seed=0, groups=groups, wanted=True)
    assert set(groups[inside]) | set(groups[outside]) == set(range(40))
    assert not set(groups[inside]) & set(groups[outside])
    assert len(outside) == 60


LOSSES = {
    "focal": {"gamma": 2.0},
    "softmax_squared_error": {},
    "kl_divergence_of_targets": {},
    "generalized_cross_entropy": {},
    "sigmoid_cross_entropy": {},
    "evidential_cross_entropy": {},
    "cosface": {"scale": 8.0, "margin": 0.1},
    "corn": {},
    "squared_emd": {},
    "logit_adjusted": {"class_counts": (30, 200, 170)},
}


@pytest.mark.parametrize("K", [2, 3])
@pytest.mark.parametrize("name", LOSSES)
def test_losses_of_the_registry_train_it(name, K):
    X, y = rows(K=K)
    parameters = LOSSES[name]
    if name == "logit_adjusted":
        parameters = {"class_counts": tuple(np.bincount(y))}
    model = NeuralClassifier(
        loss=name, loss_parameters=parameters, hidden=(32,), epochs=15, dropout=0.0, learning_rate=6e-2
    )
    model.set_params(batch_size=100, random_state=0).fit(X, y)
    assert model.predict_proba(X).sum(axis=1) == pytest.approx(np.ones(len(y)))
    assert (model.predict(X) == y).mean() > 0.75
    assert model.history_[-1].objective < model.history_[0].objective


def test_a_loss_may_be_given_itself():
    X, y = rows()
    made = NeuralClassifier(loss=Focal(gamma=3.0), epochs=2, random_state=0).fit(X, y)
    named = NeuralClassifier(loss="focal", loss_parameters={"gamma": 3.0}, epochs=2, random_state=0).fit(X, y)
    assert made.predict_proba(X).tobytes() == named.predict_proba(X).tobytes()


@pytest.mark.parametrize(
    ("parameters", "kind", "said"),
    [
        ({"hidden": (0,)}, DomainError, "`hidden` must be a sequence of integers >= 1; got (0,)"),
        ({"dropout": 1.0}, DomainError, r"`dropout` must lie in [0, 1); got 1.0"),
        ({"epochs": "some"}, DomainError, '`epochs` must be an integer >= 1, or "auto"'),
        ({"batch_size": 0}, DomainError, "`batch_size` must be an integer >= 1"),
        ({"learning_rate": 0.0}, DomainError, "`learning_rate` must be a finite number > 0"),
        ({"weight_decay": np.nan}, DomainError, "`weight_decay` must be a finite number >= 0"),
        ({"held_out": 0.0}, DomainError, "`held_out` must lie between 0 and 1"),
        ({"calibrate": ["temperature"]}, DomainError, '`calibrate` must be "temperature" or None'),
        ({"calibrate": "beta"}, DomainError, '`calibrate` must be "temperature" or None'),
        ({"module": 3}, DomainError, "`module` must be None or a callable"),
        ({"loss": "fokal"}, DomainError, "Did you mean 'focal' or 'coral'?"),
        (
            {"loss": "focal", "loss_parameters": ["gamma"]},
            DomainError,
            "`loss_parameters` must be a mapping of parameters by name, or None; got list",
        ),
        ({"loss": ["focal"]}, DomainError, "`loss` must be a loss of `xent losses`; got ['focal']"),
        ({"loss": None}, DomainError, "`loss` must be a loss of `xent losses`; got None"),
        ({"loss": "info_nce"}, DomainError, "`loss` must be a loss of the classes of single rows"),
        ({"loss": "sparsemax_loss"}, DomainError, "that gives each class a probability above 0"),
        ({"loss": "logit_adjusted"}, DomainError, "`loss_parameters` must suit 'logit_adjusted'"),
        ({"loss": "focal", "loss_parameters": {"gama": 1}}, ParameterError, "Did you mean 'gamma'?"),
        ({"loss": "focal", "loss_parameters": {"gama": "missing"}}, ParameterError, "Did you mean 'gamma'?"),
        (
            {"loss": "softmax_cross_entropy", "loss_parameters": {"temperature": -1.0}},
            DomainError,
            "`temperature` must",
        ),
        (
            {"loss": "softmax_cross_entropy", "loss_parameters": {"class_weights": [-1.0, 1.0, 1.0]}},
            DomainError,
            "`class_weights` must",
        ),
        ({"loss": "arcface", "loss_parameters": {"scale": -3.0}}, DomainError, "`scale` must"),
        ({"loss": Focal(), "loss_parameters": {"gamma": 1}}, DomainError, "be None beside a loss that has"),
        ({"device": "cuda:9"}, BackendError, "`device` must be a device that PyTorch has here"),
    ],
    ids=lambda each: str(each)[:30] if isinstance(each, dict) else "",
)
def test_an_invalid_parameter_is_refused_in_one_line(parameters, kind, said):
    with pytest.raises(kind) as caught:
        NeuralClassifier(**parameters).fit(*rows(60))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_feature_beyond_single_precision_is_refused():
    X, y = rows()
    model = NeuralClassifier(hidden=(4,), epochs=1, random_state=0).fit(X, y)
    X[3, 1] = 1e300
    with pytest.raises(DomainError, match=r"`X` must lie within 1e38 standard .* got 1e\+300 in column 1\."):
        model.predict(X)


def test_features_of_any_scale_are_standardised():
    X, y = rows()
    model = NeuralClassifier(hidden=(8,), epochs=5, random_state=0)
    plain = clone(model).fit(X, y).predict_proba(X)
    assert clone(model).fit(X * 2.0**500, y).predict_proba(X * 2.0**500) == pytest.approx(plain, abs=1e-5)


def test_a_constant_feature_changes_nothing_but_the_initial_weights():
    X, y = rows()
    X[:, 3] = 0.1
    model = NeuralClassifier(hidden=(8,), epochs=2, random_state=0).fit(X, y)
    assert model.standardisation_.scale[3] == 1
    assert np.isfinite(model.predict_log_proba(X)).all()


def test_parts_of_a_stream_train_it_and_continue_a_fit():
    X, y = rows(900)
    model = NeuralClassifier(hidden=(32,), dropout=0.0, learning_rate=1e-2, batch_size=32, random_state=0)
    model.partial_fit(X[:300], y[:300], classes=[0, 1, 2])
    early = cross_entropy(model, X, y)
    for _ in range(8):
        for part in range(0, 900, 300):
            model.partial_fit(X[part : part + 300], y[part : part + 300])
    assert cross_entropy(model, X, y) < 0.5 * early
    assert model.n_iter_ == 25
    with pytest.raises(DomainError, match="`y` must hold classes that `classes` names; got 7"):
        model.partial_fit(X[:2], [0, 7])
    with pytest.raises(DomainError, match="must name all classes in the first call"):
        NeuralClassifier().partial_fit(X, y)


def test_a_part_of_a_stream_without_a_positive_weight_is_refused():
    X, y = rows(30)
    model = NeuralClassifier(hidden=(4,), random_state=0)
    with pytest.raises(DomainError, match="`sample_weight` must have an entry > 0; got a weight of zero"):
        model.partial_fit(X, y, classes=[0, 1, 2], sample_weight=np.zeros(30))
    model.partial_fit(X, y, classes=[0, 1, 2])
    with pytest.raises(DomainError, match="`sample_weight` must have an entry > 0; got a weight of zero"):
        model.partial_fit(X, y, sample_weight=np.zeros(30))


def test_a_part_of_one_class_takes_a_number_as_its_weight_and_no_negative_class_weight():
    X, y = rows(30)
    model = NeuralClassifier(hidden=(4,), random_state=0)
    model.partial_fit(X[y == 1], y[y == 1], classes=[0, 1, 2], sample_weight=2.0)
    model.set_params(class_weight={1: -1.0})
    with pytest.raises(DomainError, match=r"`class_weight` must hold finite numbers >= 0; got -1\.0"):
        model.partial_fit(X, y)
    model.set_params(class_weight={1: 10**400})
    with pytest.raises(DomainError, match="`class_weight` must hold finite numbers >= 0; got inf"):
        model.partial_fit(X, y)


@pytest.mark.parametrize("class_weight", ["balanced", [1.0, 2.0, 1.0]])
def test_a_part_of_a_stream_takes_class_weights_as_a_dict_only(class_weight):
    X, y = rows(30)
    model = NeuralClassifier(hidden=(4,), class_weight=class_weight)
    with pytest.raises(DomainError, match="`class_weight` must be a dict or None"):
        model.partial_fit(X, y, classes=[0, 1, 2])


def test_a_first_part_that_fails_leaves_no_training_of_its_classes():
    X, y = rows(30)
    model = NeuralClassifier(hidden=(4,), random_state=0)
    light = np.where(np.arange(30) == 0, 1e-100, 1.0)
    with pytest.raises(DomainError, match="lie within 1e38 standard deviations"):
        model.partial_fit(X * np.where(light < 1, 1e60, 1.0)[:, None], y, [0, 1, 2], light)
    model.partial_fit(X, y + 7, classes=[7, 8, 9, 10])
    assert model.predict_proba(X).shape == (30, 4)


@pytest.mark.parametrize(
    ("parameters", "kind", "named"),
    [
        ({"loss": "nothing"}, DomainError, "loss"),
        ({"device": "toaster"}, BackendError, "device"),
        ({"class_weight": {0: "a"}}, DTypeError, "class_weight"),
    ],
)
def test_errors_of_parts_and_batches_name_the_method_that_was_called(parameters, kind, named):
    X, y = rows(30)
    model = NeuralClassifier(hidden=(4,), **parameters)
    with pytest.raises(kind, match=f"^NeuralClassifier.partial_fit: `{named}` must"):
        model.partial_fit(X, y, classes=[0, 1, 2])
    with pytest.raises(kind, match=f"^NeuralClassifier.fit_batches: `{named}` must"):
        model.fit_batches(lambda: [(X, y)])
    with pytest.raises(kind, match=f"^NeuralClassifier.fit: `{named}` must"):
        model.fit(X, y)


@pytest.mark.parametrize("hidden", [(8 for _ in range(2)), iter([8, 8]), {8, 4}, {8: 1}, np.asarray(8)])
def test_hidden_layers_that_cannot_be_read_twice_in_order_are_refused(hidden):
    X, y = rows(30)
    with pytest.raises(DomainError, match="`hidden` must be a sequence of integers >= 1"):
        NeuralClassifier(hidden=hidden, epochs=1).fit(X, y)


def test_a_warm_start_that_fails_keeps_the_loss_of_the_network():
    X, y = rows(60)
    model = NeuralClassifier(hidden=(4,), epochs=1, warm_start=True, random_state=0).fit(X, y)
    before = model.predict_proba(X)
    model.set_params(loss="sigmoid_cross_entropy", learning_rate=1e38, epochs=9)
    with pytest.raises(FloatingPointError):
        model.fit(X, y)
    assert np.array_equal(model.predict_proba(X), before)


def test_a_first_epoch_whose_held_out_loss_is_nan_is_not_the_best(monkeypatch):
    found = iter([np.nan, 0.7, 0.6, np.nan])
    monkeypatch.setattr(Training, "cross_entropy", lambda *_: next(found))
    X, y = rows(30)
    network = torch.nn.Linear(5, 3)
    loss = training_loss("softmax_cross_entropy", None, 3, caller="test")
    training = Training(network, loss, Settings(1e-3, 0.0, 16, 5.0, 0))
    part = Rows(lambda at: torch.from_numpy(X[at]).float(), torch.from_numpy(y), torch.ones(30))
    best = []
    for _ in range(4):
        training.epoch(part, None, part)
        best.append(training.best_epoch)
    assert best == [1, 2, 3, 3]


def test_a_pickled_stream_continues_to_the_same_bits():
    X, y = rows()
    model = NeuralClassifier(hidden=(8,), random_state=0).partial_fit(X, y, classes=[0, 1, 2])
    back = pickle.loads(pickle.dumps(model))  # noqa: S301 - its own
    expected = model.partial_fit(X, y).predict_log_proba(X)
    assert back.partial_fit(X, y).predict_log_proba(X).tobytes() == expected.tobytes()


@pytest.mark.parametrize("argument", ["X", "y", "sample_weight"])
def test_a_masked_part_of_a_stream_is_refused(argument):
    X, y = rows(30)
    part = {"X": X, "y": y, "sample_weight": np.ones(30)}
    part[argument] = np.ma.masked_array(part[argument], mask=np.zeros(part[argument].shape, dtype=bool))
    part[argument][3] = np.ma.masked
    with pytest.raises(DomainError, match=f"`{argument}` must"):
        NeuralClassifier(hidden=(4,), random_state=0).partial_fit(classes=[0, 1, 2], **part)


def test_weights_of_a_stream_that_are_no_numbers_are_refused():
    X, y = rows(30)
    with pytest.raises(DTypeError, match="`sample_weight` must be real numbers"):
        NeuralClassifier(hidden=(4,)).partial_fit(X, y, classes=[0, 1, 2], sample_weight=["a"] * 30)


def test_masked_rows_to_predict_are_refused():
    X, y = rows(30)
    model = NeuralClassifier(hidden=(4,), random_state=0).partial_fit(X, y, classes=[0, 1, 2])
    with pytest.raises(DomainError, match="`X` must"):
        model.predict(np.ma.masked_greater(X, 0))


def test_a_warm_start_of_another_network_is_refused():
    X, y = rows(60)
    model = NeuralClassifier(hidden=(4,), epochs=1, warm_start=True, random_state=0).fit(X, y)
    with pytest.raises(DomainError, match="`warm_start` must be False once the parameters of the network"):
        model.set_params(hidden=(5,)).fit(X, y)


def test_a_warm_start_continues_from_the_last_weights():
    X, y = rows()
    model = NeuralClassifier(
        hidden=(16,), epochs=10, warm_start=True, learning_rate=1e-2, random_state=0
    ).fit(X, y)
    first, standard = model.loss_, model.standardisation_
    model.set_params(epochs=1).fit(X, y)
    assert model.loss_ == pytest.approx(first, abs=0.05)
    assert model.standardisation_ is standard
    assert (
        NeuralClassifier(hidden=(16,), epochs=1, learning_rate=1e-2, random_state=0).fit(X, y).loss_
        > first + 0.1
    )


def test_epochs_are_reported_with_the_last_one_in_sight():
    X, y = rows()
    seen = []
    NeuralClassifier(hidden=(8,), epochs=3, random_state=0).fit(
        X, y, on_epoch=lambda epoch, last: seen.append((epoch.number, last))
    )
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_an_interrupt_leaves_the_best_epoch_so_far():
    X, y = rows()

    def stop(epoch, _):
        if epoch.number == 5:
            raise KeyboardInterrupt

    model = NeuralClassifier(hidden=(8,), random_state=0)
    with pytest.raises(KeyboardInterrupt) as caught:
        model.fit(X, y, on_epoch=stop)
    assert caught.value.__notes__ == [
        f"The best epoch so far, {model.best_epoch_}, was kept: the estimator is fitted."
    ]
    assert model.interrupted_
    assert model.n_iter_ == 5
    assert np.isfinite(model.predict_log_proba(X)).all()


def test_a_training_that_fails_leaves_no_network_of_other_classes():
    X, y = rows(60)
    model = NeuralClassifier(hidden=(4,), epochs=1, random_state=0).fit(X, y)
    with pytest.raises(FloatingPointError):
        model.set_params(learning_rate=1e38, epochs=9).fit(X, np.asarray(["a", "b", "c"])[y])
    with pytest.raises(NotFittedError):
        model.predict(X)


def test_an_own_module_takes_the_place_of_the_hidden_layers():
    X, y = rows()
    own = NeuralClassifier(module=torch.nn.Linear, epochs=3, random_state=0).fit(X, y)
    assert isinstance(own.module_, torch.nn.Linear)
    plain = NeuralClassifier(hidden=(6,), dropout=0.1, epochs=3, random_state=0).fit(X, y)
    same = NeuralClassifier(module=perceptron((6,), dropout=0.1), epochs=3, random_state=0).fit(X, y)
    assert same.predict_proba(X).tobytes() == plain.predict_proba(X).tobytes()


@pytest.mark.parametrize("outputs", [2, 4])
def test_an_own_module_has_an_output_for_each_class(outputs):
    X, y = rows()
    model = NeuralClassifier(module=lambda p, _: torch.nn.Linear(p, outputs), epochs=1)
    message = r"`module` must make a network with outputs of shape \(rows, 3\); got outputs of shape"
    with pytest.raises(ShapeError, match=message):
        model.fit(X, y)
    with pytest.raises(ShapeError, match=message):
        model.partial_fit(X, y, classes=[0, 1, 2])


def test_a_first_part_names_two_classes_and_groups_are_two():
    X, y = rows(60)
    with pytest.raises(DomainError, match=r"`classes` must name at least two classes; got \[0\]"):
        NeuralClassifier().partial_fit(X, 0 * y, classes=[0])
    with pytest.raises(DataError, match=r"`groups` must name at least two groups; got one. Leave it out"):
        NeuralClassifier().fit(X, y, groups=np.ones(60))


def test_a_convolution_reads_the_samples_of_a_signal_and_the_features_beside_them():
    X, y = make_classification(200, 20, n_informative=5, random_state=0)
    small = {"channels": (4, 8), "width": 5, "dropout": 0.0}
    model = NeuralClassifier(module=signal(16, **small), epochs=5, learning_rate=1e-2, random_state=0).fit(
        X, y
    )
    assert model.loss_ < 0.6
    changed = X.copy()
    changed[:, 18] += 1
    assert (model.predict_proba(changed) != model.predict_proba(X)).any()
    with pytest.raises(DomainError, match="`length` must be at most the number of features; got 30 for 20"):
        NeuralClassifier(module=signal(30), epochs=1).fit(X, y)
    for options in ({"length": 0}, {"width": 4}):
        with pytest.raises(DomainError):
            signal(**options)


def test_a_temperature_is_fitted_only_where_there_are_rows_enough(fitted):
    assert fitted.calibration_.reason == (
        "No temperature: 80 held-out rows are too few to fit one (at least 500)."
    )
    plain = NeuralClassifier(hidden=(8,), epochs=1, calibrate=None, random_state=0).fit(*rows(100))
    assert plain.calibration_.reason == "No temperature: none was requested."


@pytest.fixture
def stopped(tmp_path):
    """Checkpoint of a training that an interrupt ended, and the classifier that continues it."""
    X, y = rows()
    model = NeuralClassifier(hidden=(8, 8), epochs=6, random_state=0)
    file = tmp_path / "training.checkpoint"

    def stop(epoch, _):
        if epoch.number == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        clone(model).fit(X, y, checkpoint=file, on_epoch=stop)
    return model, file


def test_a_training_continues_from_its_checkpoint_to_the_same_bits(stopped):
    model, file = stopped
    X, y = rows()
    whole = clone(model).fit(X, y)
    seen = []
    resumed = model.fit(
        X, y, checkpoint=file, resume=True, on_epoch=lambda epoch, _: seen.append(epoch.number)
    )
    assert seen == [4, 5, 6]
    assert resumed.history_ == whole.history_ or len(resumed.history_) == 6
    assert resumed.predict_log_proba(X).tobytes() == whole.predict_log_proba(X).tobytes()
    assert list(file.parent.iterdir()) == [file]


def test_a_checkpoint_of_another_training_is_refused(stopped):
    model, file = stopped
    X, y = rows(seed=1)
    with pytest.raises(DataError, match="`checkpoint` must belong to this training"):
        model.fit(X, y, checkpoint=file, resume=True)


def test_a_checkpoint_of_a_name_that_the_system_refuses_is_one_line():
    model = NeuralClassifier(hidden=(4,), epochs=1, random_state=0)
    with pytest.raises(OutputError, match="`checkpoint` must be a file that can be written"):
        model.fit(*rows(60), checkpoint="x" * 300, resume=True)


def test_a_damaged_checkpoint_is_refused(stopped):
    model, file = stopped
    content = bytearray(file.read_bytes())
    for place in (3, 40, 200, len(content) // 2, len(content) - 1):
        broken = content.copy()
        broken[place] ^= 1
        file.write_bytes(broken)
        with pytest.raises(DataError, match="changed or damaged after it was written"):
            model.fit(*rows(), checkpoint=file, resume=True)
    file.write_bytes(content[:-7])
    with pytest.raises(DataError, match="changed or damaged"):
        model.fit(*rows(), checkpoint=file, resume=True)


def test_a_checkpoint_that_was_made_on_purpose_is_refused_in_one_line(stopped):
    model, file = stopped
    head, _, body = file.read_bytes().partition(b"\n")
    tensors = load(body)
    facts = json.loads(metadata_of(body)["xent"])
    name = next(name for name in tensors if name.startswith("network/"))
    bad = torch.full_like(tensors[name], float("nan"))
    missing = {key: each for key, each in tensors.items() if key != name}
    made = {
        "text": b"text",
        "nothing": b"",
        "a length beyond the file": b"\xff" * 8 + body[8:],
        "a header of JSON that is deep": (100_000).to_bytes(8, "little") + b"[" * 100_000,
        "no facts": save(tensors),
        "facts of another kind": save(tensors, metadata={"xent": "[1]"}),
        "no history": of_facts(tensors, {key: each for key, each in facts.items() if key != "history"}),
        "a tensor that is missing": of_facts(missing, facts),
        "a tensor of another shape": of_facts({**tensors, name: torch.zeros(3)}, facts),
        "a number that is not finite": of_facts({**tensors, name: bad}, facts),
        "a pickle": pickle.dumps(facts),
    }
    for what, content in made.items():
        file.write_bytes(head[:-64] + hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
        with pytest.raises(
            DataError, match=r"`checkpoint` must be whole; got .*no state of a training"
        ) as caught:
            clone(model).fit(*rows(), checkpoint=file, resume=True)
        assert "\n" not in str(caught.value), what
    file.unlink()
    os.mkfifo(file)
    with pytest.raises(DataError, match=r"`checkpoint` must be whole; got .*a pipe, a device"):
        clone(model).fit(*rows(), checkpoint=file, resume=True)


def of_facts(tensors, facts):
    return save(tensors, metadata={"xent": json.dumps(facts)})


@pytest.mark.parametrize("loss", ["softmax_cross_entropy", "sigmoid_cross_entropy"])
def test_attributions_sum_to_the_difference_of_the_outputs(loss):
    X, y = rows(K=2)
    model = NeuralClassifier(hidden=(8,), loss=loss, epochs=10, learning_rate=1e-2, random_state=0).fit(X, y)
    means = np.stack([X[y == k].mean(axis=0) for k in range(2)])
    method, parts = model.class_attribution(means)
    assert method == "integrated gradients"
    with torch.no_grad():
        at, middle = (
            model.module_(model.standardisation_(each, caller="")).mean(dim=1).numpy()
            for each in (means, X.mean(axis=0, keepdims=True))
        )
    # Output k minus the mean of both; one output tells the second class from the first.
    signs = (
        np.array([[0.5, -0.5], [-0.5, 0.5]]) if loss == "softmax_cross_entropy" else np.array([[-1.0], [1.0]])
    )
    expected = ((at - middle) * signs).sum(axis=1)
    assert parts.sum(axis=1) == pytest.approx(expected, rel=0.02, abs=1e-3)


def test_attributions_need_a_row_for_each_class():
    X, y = rows(60)
    model = NeuralClassifier(hidden=(4,), epochs=1, random_state=0).fit(X, y)
    with pytest.raises(ShapeError, match=r"`means` must have shape \(3, 5\), a row for each class; got"):
        model.class_attribution(X)


def test_attributions_ignore_what_raises_the_outputs_of_all_classes():
    X, y = rows()
    model = NeuralClassifier(hidden=(8,), epochs=2, random_state=0).fit(X, y)
    means = np.stack([X[y == k].mean(axis=0) for k in range(3)])
    _, parts = model.class_attribution(means)
    with torch.no_grad():
        model.module_.head.weight += 5.0
    assert model.class_attribution(means)[1] == pytest.approx(parts, abs=1e-4)


def test_a_checkpoint_without_a_folder_is_refused_before_the_first_epoch(tmp_path):
    place, told = tmp_path / "no" / "checkpoint", []
    with pytest.raises(OutputError, match=r"^fit: `checkpoint` must be a file in a folder that exists; got"):
        NeuralClassifier(hidden=(4,), epochs=2, random_state=0).fit(
            *rows(60), checkpoint=place, on_epoch=lambda epoch, _: told.append(epoch.number)
        )
    assert told == []
