"""A missing optional library is one line that says what to install; one that is there is hidden here."""

import subprocess
import sys

import pytest
from tests.architecture.test_light_import import NEEDS

from xent import _OF_CLI

COMMANDS = [["--help"], ["fit", "iris"], ["losses"]]


def done(code, *hidden):
    """A process to which `hidden` are not installed, after it has run."""
    lines = [f"sys.modules[{library!r}] = None" for library in hidden]
    code = "\n".join(["import sys", *lines, code])
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def last_line(code, *hidden):
    """Last line on standard error of a process to which `hidden` are not installed."""
    found = done(code, *hidden)
    assert found.returncode == 1, found.stdout + found.stderr
    return found.stderr.strip().splitlines()[-1]


def lines(code, *hidden):
    """Lines on standard output of a process to which `hidden` are not installed."""
    found = done(code, *hidden)
    assert found.returncode == 0, found.stdout + found.stderr
    return found.stdout.splitlines()


NAMES = {name: needed for name, needed in NEEDS.items() if name not in {"jax", "torch"}}
LIBRARIES = sorted({library for needed in NAMES.values() for library in needed})


@pytest.mark.parametrize("library", LIBRARIES)
def test_public_names_say_how_to_install_a_library(library):
    names = [name for name, needed in NAMES.items() if library in needed]
    code = f"""
import xent
for name in {names}:
    try:
        getattr(xent, name)
    except xent.errors.BackendError as error:
        print(error)
"""
    said = lines(code, library)
    assert len(said) == len(names)
    extra = "network" if library == "torch" else "cli"
    for line in said:
        assert line.startswith("xent."), line
        assert line.endswith(f'Run `pip install "xent[{extra}]"`.'), line


@pytest.mark.parametrize("way", ["import xent; xent.torch", "from xent import torch", "import xent.torch"])
def test_the_functions_for_pytorch_say_how_to_install_it(way):
    assert last_line(way, "torch") == (
        "xent.errors.BackendError: xent.torch: `torch` must be installed; got no such package. "
        'Run `pip install "xent[torch]"`.'
    )


def test_the_functions_for_jax_say_how_to_install_it():
    assert last_line("import xent.jax", "jax") == (
        "xent.errors.BackendError: xent.jax: `jax` must be installed; got no such package. "
        'Run `pip install "xent[jax]"`.'
    )


@pytest.mark.parametrize("library", sorted(_OF_CLI))
def test_the_command_line_says_how_to_install_a_library_before_it_starts(library, tmp_path):
    # Those before it in the alphabet may be missing in fact, and are then named instead.
    code = f"""
import os
os.chdir({str(tmp_path)!r})
from xent.cli import main
for command in {COMMANDS}:
    sys.argv = ["xent", *command]
    try:
        main()
    except SystemExit as end:
        print(end.code)
"""
    said = lines(code, library)
    assert len(said) == len(COMMANDS)
    for line in said:
        assert line.startswith("xent: the command line needs the package "), line
        assert line.endswith('. Run `pip install "xent[cli]"`.'), line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("call", ["encode([0], [0.5, 0.5])", "decode(b'', [0.5, 0.5], length=1)"])
def test_range_coding_says_how_to_install_its_library(call):
    said = last_line(f"from xent.measures.codes import range_coding; range_coding.{call}", "constriction")
    assert said.startswith("xent.errors.BackendError: "), said
    assert "`constriction` must be installed to write and read coded messages; got no such package." in said
    assert said.endswith('Run `pip install "xent[coding]"`.')


def test_losses_need_no_library_but_numpy():
    code = "import numpy as np\nfrom xent.losses import softmax_cross_entropy\n"
    code += "sys.exit(f'{softmax_cross_entropy(np.zeros((1, 2)), np.zeros(1, int))[0]:.6f}')"
    assert last_line(code, "constriction", *_OF_CLI) == "0.693147"
