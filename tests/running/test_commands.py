import sys

import pytest
from tests.running.commands import pytest_collection_finish


def test_commands_are_built_once(monkeypatch):
    main, testing = pytest.importorskip("typer.main"), pytest.importorskip("typer.testing")
    built = []
    monkeypatch.setattr(main, "get_command", built.append)
    monkeypatch.setattr(testing, "_get_command", built.append)
    pytest_collection_finish()
    for _ in range(2):
        main.get_command("one app")
        testing._get_command("another")  # noqa: SLF001 - its own name for the function
    assert built == ["one app", "another"]


def test_nothing_is_loaded_for_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "typer.main", None)
    monkeypatch.setitem(sys.modules, "typer.testing", None)
    pytest_collection_finish()
