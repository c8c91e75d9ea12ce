"""Permissions that bind, also where the superuser, who may read and write everything, runs the tests."""

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

__all__ = ["bound_by_permissions"]

_NOBODY = 65534


@contextmanager
def bound_by_permissions(prepare, load):
    """
    Folder that `prepare` fills, in a block that runs with the permissions of its owner, not of root.

    `load` is called with the folder first: what it imports may lie where the owner must not read.
    """
    if not hasattr(os, "geteuid"):
        pytest.skip("the system has other permissions")
    is_root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        load(folder)
        prepare(folder)
        if is_root:
            for path in (folder, *folder.iterdir()):
                os.chown(path, _NOBODY, -1)
            os.seteuid(_NOBODY)
        try:
            yield folder
        finally:
            if is_root:
                os.seteuid(0)
            folder.chmod(0o700)
