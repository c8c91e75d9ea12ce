import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_files_without_examples_are_not_searched_for_them_and_all_others_are(tmp_path):
    (tmp_path / "plain.py").write_text(
        '"""No example."""\nraise ImportError("it was read")\n', encoding="utf-8"
    )
    (tmp_path / "shown.py").write_text('"""\n>>> 1 + 1\n2\n"""\n', encoding="utf-8")
    (tmp_path / "test_some.py").write_text("def test_it():\n    pass\n", encoding="utf-8")
    options = [
        "-p",
        "tests.running.examples",
        "-p",
        "no:cacheprovider",
        "--doctest-modules",
        "-v",
        "-c",
        os.devnull,
    ]
    command = [sys.executable, "-m", "pytest", *options, "--rootdir", str(tmp_path), str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "2 passed" in done.stdout, done.stdout + done.stderr
    assert "shown.py::shown PASSED" in done.stdout
