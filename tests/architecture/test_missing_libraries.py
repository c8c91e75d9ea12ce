"""A missing optional library is one line that says what to install; one that is there is hidden here."""

import subprocess
import sys

import pytest
from tests.architecture.test_light_import import NEEDS

from xent import _OF_CLI

COMMANDS = [["--help"], ["fit", "iris"], ["losses"]]


def last_line(code, *hidden):
    """Last line on standard error of a process to which `hidden` are not installed."""
    lines = [f"sys.modules[{library!r}] = None" for library in hidden]
    code = "\n".join(["import sys", *lines, code])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "library"),
    [(name, library) for name, needed in NEEDS.items() for library in needed if name not in {"jax", "torch"}],
)
def test_a_public_name_says_how_to_install_its_library(name, library):
    said = last_line(f"import xent; xent.{name}", library)
    assert said.startswith("xent.errors.BackendError: xent."), said
    extra = "network" if library == "torch" else "cli"
    assert said.endswith(f'Run `pip install "xent[{extra}]"`.')


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
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_command_line_says_how_to_install_a_library_before_it_starts(command, library, tmp_path):
    # Those before it in the alphabet may be missing in fact, and are then named instead.
    code = f"sys.argv = ['xent', *{command}]; import os; os.chdir({str(tmp_path)!r})\n"
    said = last_line(f"{code}from xent.cli import main; main()", library)
    assert said.startswith("xent: the command line needs the package "), said
    assert said.endswith('. Run `pip install "xent[cli]"`.')
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
