import importlib.util
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.running import without_triton as plugin

OF_KERNEL = Path(plugin.__file__).parents[1] / "gpu" / "test_linear.py"


class Item:
    def __init__(self, path):
        self.path, self.marks = Path(path), []

    def add_marker(self, mark):
        self.marks.append(mark)


@pytest.mark.parametrize("interprets", ["0", "1"])
def test_only_tests_of_kernels_are_skipped_and_only_where_triton_cannot_run_them(interprets, monkeypatch):
    monkeypatch.setenv("TRITON_INTERPRET", interprets)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name == "triton" or None)
    items = [Item(OF_KERNEL), Item(__file__)]
    plugin.pytest_collection_modifyitems(items)
    assert [len(item.marks) for item in items] == [int(interprets == "0"), 0]


def test_the_number_of_skipped_tests_is_told():
    items, lines = [Item(OF_KERNEL)], []
    plugin.pytest_collection_modifyitems(items)
    reason = items[0].marks[0].kwargs["reason"] if items[0].marks else plugin.REASON
    skipped = [SimpleNamespace(longrepr=("file", 1, f"Skipped: {reason}"))] * 3
    skipped.append(SimpleNamespace(longrepr=("file", 1, "Skipped: could not import 'jax'")))
    plugin.pytest_terminal_summary(SimpleNamespace(stats={"skipped": skipped}, write_line=lines.append))
    assert lines == ["3 tests of kernels for GPUs were left out: they need Triton."]
    plugin.pytest_terminal_summary(SimpleNamespace(stats={}, write_line=lines.append))
    assert len(lines) == 1
