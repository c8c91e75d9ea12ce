"""
Edits of the source that some test has to notice.

A table of them is a tuple ``MUTANTS``, in a file ``<stem>.py`` in a folder of this one, named after a room
of the package, or, for a loss, in its test file ``test_<stem>.py`` below ``tests/losses``;
`test_mutants.py` finds it.
Edits are made in memory, in forks of one process that has all loaded (`worker.py`); the files of the package
are only read.
"""

import atexit
import contextlib
import functools
import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.mutants import mutators
from tests.mutants.edits import SOURCE, edited

__all__ = ["Mutant", "Verdict", "all_mutants", "meets_definition", "mutants_of", "tables", "verdicts"]

ROOT = Path(__file__).parents[2]
_FOLDER = Path(__file__).parent
_LOSSES = ROOT / "tests" / "losses"


@dataclass(frozen=True)
class Mutant:
    """
    One edit: in the function at the address `function`, the snippet `old`, which occurs once, becomes `new`.

    Addresses are explained in `edits.py`, snippets in `snippets.py`; `new` may be a function of `mutators.py`
    instead. `test` is the node that must then fail by assertion, and the fastest that does: one of NumPy.
    """

    name: str
    function: str
    old: str
    new: str | Callable
    test: str

    def __str__(self):
        return f"{self.function}: {self.name}"

    def edited(self, source=SOURCE):
        """The edit, made in the package at `source`; a context manager."""
        return edited(self.function, self.old, self.new, source=source)

    def to_json(self):
        """One line that `from_json` reads."""
        mutator = self.new.__name__ if callable(self.new) else None
        return json.dumps({**vars(self), "new": None if mutator else self.new, "mutator": mutator})

    @classmethod
    def from_json(cls, line):
        """The mutant of a line."""
        fields = json.loads(line)
        mutator = fields.pop("mutator")
        return cls(**{**fields, "new": getattr(mutators, mutator)} if mutator else fields)

    @property
    def stem(self):
        """The stem of the module."""
        return self.function.partition(":")[0].rpartition("/")[2]


@dataclass(frozen=True)
class Verdict:
    """
    The result of a mutant's test on the unedited source and on the edited one: ``"passed"``, or what failed.

    An assertion that failed is ``"assertion"``; anything else, such as an edit that cannot be imported
    or a test that does not exist, is described.
    """

    unedited: str
    edited: str

    @property
    def is_death(self):
        """True if the edit alone made the test fail, and by assertion."""
        return (self.unedited, self.edited) == ("passed", "assertion")


def tables():
    """The mutants of each table, by its stem."""
    found = {}
    for path in sorted([*_FOLDER.glob("*/*.py"), *_LOSSES.rglob("test_*.py")]):
        if "\nMUTANTS = " in path.read_text(encoding="utf-8"):
            stem = path.stem.removeprefix("test_")
            if stem in found:
                raise ValueError(
                    f"{stem}: there is a table of mutants in tests/mutants and one in tests/losses."
                )
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found[stem] = importlib.import_module(name).MUTANTS
    return found


def meets_definition(name, dtype="float64"):
    """The test that compares the loss `name` with its definition, on NumPy."""
    test = "tests/losses/test_oracle.py::test_value_gradient_and_product_meet_the_definition"
    return f"{test}[numpy-{name}-{dtype}]"


@functools.cache
def all_mutants():
    """The mutants of all tables."""
    return tuple(mutant for mutants in tables().values() for mutant in mutants)


def mutants_of(stems):
    """The mutants in tables of these stems, and of modules of these stems."""
    wanted = set(stems)
    return tuple(m for stem, mutants in tables().items() for m in mutants if {stem, m.stem} & wanted)


def verdicts(mutants):
    """The `Verdict` on each mutant."""
    return {mutant: _verdict(mutant) for mutant in mutants}


def _verdict(mutant):
    process, log = _worker()
    process.stdin.write(mutant.to_json() + "\n")
    process.stdin.flush()
    answer = process.stdout.readline()
    if not answer:
        _worker.cache_clear()
        raise RuntimeError(Path(log.name).read_text(encoding="utf-8")[-3000:])
    return Verdict(*json.loads(answer))


@functools.cache
def _worker():
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(SOURCE.parent), str(ROOT))),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        # A team of threads does not survive a fork, and would be waited for; forks have one too.
        "OMP_NUM_THREADS": "1",
        # Memory in large pages, that of Python's objects too, is forked in a third of the time.
        "PYTHONMALLOC": "malloc",
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    }
    with contextlib.ExitStack() as stack:
        log = stack.enter_context(tempfile.NamedTemporaryFile("w"))
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.mutants.worker"],
            cwd=ROOT,
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
        )
        # The process writes to the log until the end; only if it does not start is the log closed here.
        stack.pop_all()
    atexit.register(_end, process, log)
    return process, log


def _end(process, log):
    process.stdin.close()
    process.wait(timeout=60)
    process.stdout.close()
    log.close()
