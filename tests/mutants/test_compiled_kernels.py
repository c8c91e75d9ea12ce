"""Kernels that were compiled are found by the arguments of the functions that compile them."""

import numpy as np
import pytest
from tests.mutants.compiled_kernels import are_written_by, compile_kernels, compiled_kernels, forget_kernels
from tests.mutants.edits import SOURCE

from xent.kernels.cpu.processor import runs_here
from xent.kernels.softmax_statistics.fused import row_numbers


@pytest.mark.skipif(not runs_here(), reason="kernels do not run on this processor")
def test_a_kernel_that_was_called_is_known_is_forgotten_and_is_compiled_again():
    forget_kernels()
    assert not compiled_kernels()
    row_numbers(np.zeros((2, 3)))
    found = compiled_kernels()
    assert found == [["xent.kernels.softmax_statistics.fused", "_kernel", "numbers", "float64"]]
    forget_kernels()
    assert not compiled_kernels()
    compile_kernels(found)
    assert compiled_kernels() == found


def test_edits_of_kernels_are_told_from_others():
    assert are_written_by(SOURCE / "kernels" / "cpu" / "blocks.py")
    assert not are_written_by(SOURCE / "formulas" / "softmax.py")
