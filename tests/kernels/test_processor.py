import platform
import subprocess
import sys

from xent.kernels import processor


def test_a_processor_of_another_kind_is_left_to_the_formula(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    processor.runs_here.cache_clear()
    try:
        assert not processor.runs_here()
    finally:
        processor.runs_here.cache_clear()


def test_without_llvmlite_kernels_do_not_run():
    code = "import sys; sys.modules['llvmlite'] = None; import xent.kernels; print(xent.kernels.runs_here())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
