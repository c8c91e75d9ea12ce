"""
A process that keeps the package and its tests loaded, and tries each edit in a fork of itself.

It reads lines from its input, each the JSON of a mutant, and answers each with a line: the verdicts on the
test without and with the edit. A fork has all that was imported, and nothing that an earlier edit or test has
left behind; the process itself never runs a test. It compiles the kernels that tests were found to call, for
edits that change none. In the fork, the functions of the edited module get their new code, wherever they are
referred to. If the edit lies outside of functions, or its test passes all the same (a result may have been
computed at import), the fork forgets the package and the tests, and imports all of it anew from the edited
source.
"""

import contextlib
import importlib
import itertools
import json
import os
import select
import signal
import sys
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import Phase, settings
from tests.mutants.compiled_kernels import are_written_by, compile_kernels, compiled_kernels, forget_kernels
from tests.mutants.edits import AddressError
from tests.mutants.harness import Mutant, all_mutants
from tests.mutants.live_code import LiveFunctions, reimported

__all__ = ["main"]

_SECONDS = 120
_OPTIONS = (
    "-c",
    os.devnull,
    "--rootdir",
    str(Path.cwd()),
    "--import-mode=importlib",
    "-p",
    "no:cacheprovider",
    "-q",
    "--tb=no",
    "--assert=plain",
)


class Record:
    """A pytest plugin that keeps why tests failed."""

    def __init__(self):
        self.ran = 0
        self.failures = []

    def pytest_runtest_logreport(self, report):
        """Count the tests that ran."""
        self.count(report)

    def count(self, report):
        """Count a test that ran."""
        self.ran += report.when == "call" and not report.skipped

    def pytest_exception_interact(self, node, call, report):
        """Keep the exception of a test or of a file that cannot be collected."""
        by_assertion = report.when == "call" and _is_assertion(call.excinfo.value)
        self.failures.append("assertion" if by_assertion else f"{node.nodeid}: {call.excinfo.value!r}"[:500])

    def verdict(self):
        """What happened, in one line."""
        if self.failures:
            return max(self.failures, key="assertion".__ne__)
        return "passed" if self.ran else "no test ran"


class Server(Record):
    """A pytest plugin that collects the tests it is asked for and tries edits on them, in place of a run."""

    def __init__(self, requests, answers):
        super().__init__()
        self.requests, self.answers = requests, answers
        self.modules, self.items, self.controls, self.functions = None, {}, {}, LiveFunctions()
        self.kernels = []

    def pytest_collection(self):
        """Collect nothing before it is asked for."""
        return True

    def pytest_runtestloop(self, session):
        """Answer requests until there are no more."""
        for line in self.requests:
            mutant = Mutant.from_json(line)
            self.answers.write(json.dumps(self._verdicts(mutant, session)) + "\n")
            self.answers.flush()
        return True

    def _verdicts(self, mutant, session):
        items = self._items(mutant.test, session)
        if not items:
            return [f"{mutant.test} is no test that can be collected"] * 2
        if mutant.test not in self.controls:
            self._control(mutant, session)
        return [self.controls[mutant.test], self._tried(mutant, items)]

    def _control(self, mutant, session):
        """
        Verdicts on tests without an edit: on that of `mutant`, and on others that will be asked for.

        Tests of one file share a fork; if one of them does not pass there, each has a fork of its own. What
        they import is then imported for all later forks, and the kernels that they call are known.
        """
        tests = {mutant.test, *_of_same_file(mutant)} - set(self.controls)
        items = {test: found for test in sorted(tests) if (found := self._items(test, session))}
        before = set(sys.modules)
        verdict, imported, kernels = self._run_unedited(items, before)
        if verdict != "passed" and len(items) > 1:
            items = {mutant.test: items[mutant.test]}
            verdict, imported, kernels = self._run_unedited(items, before)
        self.controls |= dict.fromkeys(items, verdict)
        self.kernels = kernels
        for name in imported:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
        self.functions.update()

    def _run_unedited(self, items, before):
        """The verdict on tests in a fork, the modules that were not loaded `before`, and compiled kernels."""
        answer = in_fork(lambda: json.dumps(self._run_all(list(items.values()), before)))
        return json.loads(answer) if answer.startswith("[") else (answer, [], [])

    def _run_all(self, tests, before):
        for items, following in itertools.zip_longest(tests, tests[1:], fillvalue=(None,)):
            self.ran = 0
            verdict = self._run(items, following[0])
            if verdict != "passed":
                break
        return verdict, sorted(set(sys.modules) - before), compiled_kernels()

    def _items(self, test, session):
        """The tests of a node, which has several if it leaves out the parameters."""
        file = test.partition("::")[0]
        if self.modules is None:
            files = sorted({mutant.test.partition("::")[0] for mutant in all_mutants()})
            self.modules = {
                module.nodeid: module for module in session.perform_collect(files, genitems=False)
            }
            _look_for_no_smaller_example()
        if file in self.modules:
            self.items[file] = list(session.genitems(self.modules.pop(file)))
        return [
            item
            for item in self.items.get(file, ())
            if item.nodeid == test or item.nodeid.startswith(f"{test}[")
        ]

    def _tried(self, mutant, items):
        try:
            with mutant.edited() as edit:
                code, path, in_body = edit.code(), edit.path, edit.in_body
        except (AddressError, SyntaxError) as error:
            return repr(error)
        is_of_kernels = are_written_by(path)
        if not is_of_kernels:
            compile_kernels(self.kernels)
        found = in_fork(lambda: self._run_patched(items, code, is_of_kernels)) if in_body else "passed"
        return in_fork(lambda: _run_anew(mutant.test, path, code)) if found == "passed" else found

    def _run_patched(self, items, code, is_of_kernels):
        if is_of_kernels:
            forget_kernels()
        return self._run(items) if self.functions.patch(code) else "passed"

    def _run(self, items, following=None):
        """The verdict on `items`; fixtures that the item after them shares are kept."""
        for item, later in itertools.pairwise((*items, following)):
            for report in runtestprotocol(item, log=False, nextitem=later):
                self.count(report)
        return self.verdict()


def _of_same_file(mutant):
    """The tests in the file of a mutant's test that mutants of the same module ask for."""
    file = mutant.test.partition("::")[0]
    return [m.test for m in all_mutants() if m.stem == mutant.stem and m.test.partition("::")[0] == file]


def main():
    """Serve requests from the standard input, on the standard output."""
    requests, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    pytest.main([*_OPTIONS], plugins=[Server(requests, answers)])


def in_fork(work):
    """The string that `work` returns in a fork of this process."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _report(work, writing)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        in_time, _, _ = select.select([pipe], [], [], _SECONDS)
        if not in_time:
            os.kill(child, signal.SIGKILL)
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    return answer or ("took too long" if not in_time else f"the process ended with status {status}")


def _report(work, writing):
    try:
        answer = work()
    except BaseException as error:  # noqa: BLE001 - a fork that went on would answer requests too
        answer = repr(error)
    finally:
        with os.fdopen(writing, "w") as pipe:
            pipe.write(answer)
        os._exit(0)


def _run_anew(test, path, code):
    record = Record()
    with reimported(path, code) as was_imported:
        pytest.main([*_OPTIONS, test], plugins=[record])
        return record.verdict() if was_imported() else f"{test} does not import {path}"


def _look_for_no_smaller_example():
    """Let hypothesis stop at the first example that fails: a mutant is dead then."""
    repeatable = settings.get_profile("repeatable")
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile("first failure", repeatable, phases=phases)
    settings.load_profile("first failure")


def _is_assertion(error):
    if isinstance(error, BaseExceptionGroup):
        return all(map(_is_assertion, error.exceptions))
    return isinstance(error, (AssertionError, pytest.fail.Exception))


if __name__ == "__main__":
    main()
