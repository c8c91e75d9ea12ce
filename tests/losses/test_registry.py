"""The registry and the public names follow from one line for each loss."""

import importlib
import inspect
import pkgutil
from types import ModuleType

import pytest

from xent import losses
from xent.losses.abstract_loss import AbstractLoss
from xent.losses.registry import REGISTRY

_SHARED = ("families", "arguments")


def modules_by_purpose():
    """Modules in the folders of losses, but for those that losses share."""
    for info in pkgutil.walk_packages(losses.__path__, "xent.losses."):
        folders = info.name.split(".")[2:]
        if len(folders) == 2 and folders[0] not in _SHARED:
            yield importlib.import_module(info.name)


def test_every_module_in_a_folder_of_losses_has_its_line():
    modules = list(modules_by_purpose())
    assert len(modules) > 50
    for module in modules:
        for name in module.__all__:
            assert getattr(losses, name, None) is getattr(module, name), f"{module.__name__} has no line"


def test_every_class_of_losses_is_in_the_registry_once():
    classes = [export for export in vars(losses).values() if inspect.isclass(export)]
    classes = [export for export in classes if issubclass(export, AbstractLoss)]
    assert [type(loss) for loss in REGISTRY.values()] == classes
    assert all(loss.name == name for name, loss in REGISTRY.items())


def test_no_name_is_both_an_object_and_a_module():
    names = {info.name.rpartition(".")[2] for info in pkgutil.iter_modules(losses.__path__)}
    assert "focusing" in names
    assert names.isdisjoint(losses.__all__)
    for name in losses.__all__:
        assert not isinstance(getattr(losses, name), ModuleType)


@pytest.mark.parametrize("name", ["logit_adjusted", "ldam", "forward_correction", "normalized", "l_softmax"])
def test_a_loss_that_needs_parameters_is_listed_with_its_example(name):
    loss = REGISTRY[name]
    assert type(loss)(**loss.example) == loss


def test_cross_entropy_comes_first():
    assert next(iter(REGISTRY)) == "softmax_cross_entropy"


def test_a_star_import_gives_the_public_names():
    names = {}
    exec("from xent.losses import *", names)  # noqa: S102 - the statement under test
    assert set(losses.__all__) == set(names) - {"__builtins__"}
    assert sorted(losses.__all__) == losses.__all__
