import platform
import re

import numpy as np
import pytest
from tests.kernels.elementwise import FORMATS, applied

from xent.kernels import softmax_cross_entropy
from xent.kernels.softmax_cross_entropy.cpu.compiled import compiled
from xent.kernels.softmax_cross_entropy.cpu.kernels import kernel_called
from xent.kernels.vector_code import assembly, machine_code

PATTERNS = np.arange(2**16, dtype=np.uint16)


def singles():
    """Floats of all sizes, halfway cases, infinities and nan of many patterns."""
    rng = np.random.default_rng(10)
    random = rng.integers(0, 2**32, 20_000, dtype=np.uint64).astype(np.uint32).view(np.float32)
    halfway = (PATTERNS.astype(np.uint32) << 16 | 0x8000).view(np.float32)
    between_halves = (PATTERNS.view(np.float16).astype(np.float32).view(np.uint32) | 0x1000).view(np.float32)
    edges = np.asarray([0, -0.0, np.inf, -np.inf, np.nan, 65504, 65519.99, 65520, 6e-8, 3e-8], np.float32)
    largest_nan = np.asarray([0x7FFFFFFF, 0xFFFFFFFF], np.uint32).view(np.float32)
    return np.concatenate([random, halfway, between_halves, edges, largest_nan])


def test_every_float16_is_read_exactly():
    found = applied(lambda x: x, PATTERNS.view(np.float16), result=np.float32)
    np.testing.assert_array_equal(found, PATTERNS.view(np.float16).astype(np.float32))


def test_every_bfloat16_is_read_exactly():
    found = applied(lambda x: x, PATTERNS, result=np.float32)
    np.testing.assert_array_equal(found, (PATTERNS.astype(np.uint32) << 16).view(np.float32))


@pytest.mark.filterwarnings("ignore:overflow encountered in cast:RuntimeWarning")
def test_float16_is_rounded_to_nearest_and_even():
    numbers = singles()
    np.testing.assert_array_equal(
        applied(lambda x: x, numbers, result=np.float16), numbers.astype(np.float16)
    )


def test_bfloat16_is_rounded_to_nearest_and_even():
    torch = pytest.importorskip("torch")
    numbers = singles()
    truth = torch.from_numpy(numbers).to(torch.bfloat16).float().numpy()
    found = (applied(lambda x: x, numbers, result=np.uint16).astype(np.uint32) << 16).view(np.float32)
    np.testing.assert_array_equal(found, truth)


KERNELS = [("labels", np.float32), ("labels", np.float64), ("labels", np.uint16), ("short_rows", np.float32)]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "dtype"), KERNELS)
def test_machine_code_is_packed_and_calls_nothing(name, dtype):
    numbers = FORMATS[dtype]
    code = assembly(kernel_called(name, numbers, numbers, gradient=True))
    letter = "d" if dtype == np.float64 else "s"
    packed = rf"vfn?m(add|sub)\w+p{letter}\s.*%[yz]mm|fmla\s+v\d+\.[24]{letter}"
    assert len(re.findall(packed, code)) >= 10
    assert not re.search(r"^\s+(callq?|blr?)\s", code, flags=re.MULTILINE)
    # One number at a time only what there is once in a row: a logarithm, not exponentials.
    lonely = rf"vfn?m(add|sub)\w+s{letter}\s"
    assert len(re.findall(lonely, code)) <= 15


def test_numbers_behind_the_end_are_not_written():
    numbers = np.arange(40, dtype=np.float32)
    found = applied(lambda x: x + 1.0, numbers[:5])
    np.testing.assert_array_equal(found, [1, 2, 3, 4, 5])


@pytest.mark.skipif(platform.machine().lower() not in {"x86_64", "amd64"}, reason="the processor is no x86")
def test_narrower_registers_give_the_same_bits(monkeypatch):
    rng = np.random.default_rng(16)
    cases = [
        ((4 * rng.standard_normal((20, K))).astype(np.float32), rng.integers(0, K, 20)) for K in (10, 300)
    ]
    wide = [losses(*case) for case in cases]
    compiled.cache_clear()
    monkeypatch.setattr(machine_code, "_machine", haswell)
    try:
        for case, (value, gradient) in zip(cases, wide, strict=True):
            found = losses(*case)
            np.testing.assert_array_equal(found[0], value)
            np.testing.assert_array_equal(found[1], gradient)
    finally:
        compiled.cache_clear()


def losses(logits, labels):
    gradient = np.empty_like(logits)
    return softmax_cross_entropy.value_and_gradient(
        logits, softmax_cross_entropy.Labels(labels), gradient
    ), gradient


def haswell():
    import llvmlite.binding as llvm

    return llvm.Target.from_default_triple().create_target_machine(cpu="haswell", opt=2, jit=True)
