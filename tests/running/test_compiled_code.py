import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEST = """
import os
import subprocess
import sys


def test_processes_share_bytecode():
    code = "import sys; print(sys.dont_write_bytecode, sys.pycache_prefix)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.split() == [str(sys.dont_write_bytecode), str(sys.pycache_prefix)]
    assert done.stdout.split() == {expected}
"""


@pytest.mark.parametrize(
    ("forbidden", "expected"),
    [("1", '["False", os.environ["PYTHONPYCACHEPREFIX"]]'), ("", '["False", "None"]')],
    ids=["forbidden beside the sources", "allowed"],
)
def test_bytecode_is_kept_in_the_cache_where_it_is_forbidden_beside_the_sources(
    tmp_path, forbidden, expected
):
    (tmp_path / "test_some.py").write_text(TEST.format(expected=expected), encoding="utf-8")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHONPYCACHE")}
    environment |= {"PYTHONDONTWRITEBYTECODE": forbidden, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}
    options = ["-p", "tests.running.compiled_code", "-q", "-c", os.devnull, "--rootdir", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(tmp_path)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 passed" in done.stdout, done.stdout + done.stderr
    assert (tmp_path / ".pytest_cache" / "d" / "bytecode").is_dir() == bool(forbidden)
