"""
Edits of the source that some test has to notice.

A table of them is a file ``<stem>.py`` in this folder with a tuple ``MUTANTS``; `test_mutants.py` finds it.
Each edit is made in a copy of ``src``, never in the tree, and the named test is run on that copy.
"""

import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["SOURCE", "Mutant", "all_mutants", "verdicts"]

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "xent"
_NOT_TABLES = {"harness", "test_mutants", "worker"}
_WORKERS = 2
_SECONDS = 1800


@dataclass(frozen=True)
class Mutant:
    """
    One edit: in `file`, below ``src/xent``, the text `old`, which occurs once, becomes `new`.

    `test` is the node that must then fail by assertion, and the fastest that does: one of NumPy.
    """

    name: str
    file: str
    old: str
    new: str
    test: str

    def __str__(self):
        return f"{self.file}: {self.name}"


def all_mutants():
    """The mutants of all tables beside this file."""
    stems = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in _NOT_TABLES)
    return tuple(m for stem in stems for m in importlib.import_module(f"tests.mutants.{stem}").MUTANTS)


def verdicts(mutants):
    """
    For each mutant, and for ``None``, the unedited source: ``"passed"``, or what failed.

    An assertion that failed is ``"assertion"``; anything else, such as an edit that cannot be imported
    or a test that does not exist, is described.
    """
    tests = sorted({mutant.test for mutant in mutants})
    jobs = [{"tests": tests}, *({**asdict(mutant), "tests": [mutant.test]} for mutant in mutants)]
    with tempfile.TemporaryDirectory() as folder:
        workers = [_start(jobs[k::_WORKERS], Path(folder) / str(k)) for k in range(_WORKERS)]
        answers = [_finish(worker) for worker in workers]
    found = [answers[k % _WORKERS][k // _WORKERS] for k in range(len(jobs))]
    return dict(zip((None, *mutants), found, strict=True))


def _start(jobs, folder):
    shutil.copytree(SOURCE.parent, folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "jobs.json").write_text(json.dumps(jobs), encoding="utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(folder / "src"), str(ROOT))),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-m", "tests.mutants.worker", str(folder)]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    return process, folder


def _finish(worker):
    process, folder = worker
    try:
        status = process.wait(timeout=_SECONDS)
    finally:
        process.kill()
    assert status == 0, (folder / "log").read_text(encoding="utf-8")[-3000:]
    return json.loads((folder / "verdicts.json").read_text(encoding="utf-8"))
