import sys
import types

import pytest

from xent.lazy_names import lazy_names


@pytest.fixture
def package(monkeypatch):
    """A package with one module that defines one name."""
    package, module = types.ModuleType("parcel"), types.ModuleType("parcel.inner")
    package.__path__ = []
    module.content = object()
    monkeypatch.setitem(sys.modules, "parcel", package)
    monkeypatch.setitem(sys.modules, "parcel.inner", module)
    return package


def test_a_name_comes_from_its_module_and_is_kept(package):
    content = lazy_names("parcel", {"content": "inner"})("content")
    assert content is sys.modules["parcel.inner"].content
    assert package.content is content


def test_a_module_is_a_name_too(package):
    assert lazy_names("parcel", {"inner": ""})("inner") is sys.modules["parcel.inner"]
    assert package.inner is sys.modules["parcel.inner"]


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'parcel' has no attribute 'contents'"):
        lazy_names("parcel", {"content": "inner"})("contents")
