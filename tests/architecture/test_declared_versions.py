"""Declared versions: in step with the code, with what is tested, and above every known advisory."""

import ast
import re
import runpy
import sys
from pathlib import Path

import pytest
from packaging.version import Version
from tests.architecture.parsed_sources import parsed

from xent import _OF_CLI

ROOT = Path(__file__).parents[2]
DECLARED = runpy.run_path(str(ROOT / ".ci" / "declared.py"))
EXTRAS = DECLARED["EXTRAS"]
LEAST = {name: Version(version) for name, _, version in DECLARED["requirements"](*EXTRAS)}

# Distributions whose module has another name.
MODULES = {
    "array-api-compat": "array_api_compat",
    "python-calamine": "python_calamine",
    "scikit-learn": "sklearn",
}

# Package, first version without the fault, and the advisory.
ADVISORIES = [
    ("jinja2", "3.1.6", "CVE-2025-27516"),
    ("jinja2", "3.1.5", "CVE-2024-56326"),
    ("joblib", "1.2.0", "CVE-2022-21797"),
    ("numpy", "1.22.2", "CVE-2021-41495"),
    ("pyarrow", "14.0.1", "CVE-2023-47248"),
    ("pyarrow", "23.0.1", "CVE-2026-25087"),
    ("pytest", "9.0.3", "CVE-2025-71176"),
    ("scikit-learn", "1.5.0", "CVE-2024-5206"),
    ("scipy", "1.10.0", "CVE-2023-25399"),
    ("skops", "0.12.0", "CVE-2025-54412"),
    ("skops", "0.12.0", "CVE-2025-54413"),
    ("skops", "0.13.0", "CVE-2025-54886"),
    ("torch", "2.6.0", "CVE-2025-32434"),
    ("torch", "2.10.0", "CVE-2026-24747"),
]


@pytest.mark.parametrize(("package", "mended", "advisory"), ADVISORIES)
def test_no_version_with_a_known_fault_is_allowed(package, mended, advisory):
    assert LEAST[package] >= Version(mended), advisory


def test_the_libraries_of_the_command_line_are_those_of_its_extra():
    names = [name for name, _, _ in DECLARED["requirements"]("cli")]
    own = {name for name, _, _ in DECLARED["requirements"]()}
    assert {MODULES.get(name, name) for name in names if name not in own} == _OF_CLI


@pytest.mark.half_second
def test_every_library_that_the_code_imports_is_declared():
    declared = {
        MODULES.get(name, name)
        for name, _, _ in DECLARED["requirements"](
            "cli",
            "coding",
            "spreadsheets",
            "ecg",
            "dask",
            "torch",
            "gpu",
            "jax",
            "tensorflow",
            "keras",
            "network",
        )
    }
    imported = {
        (name, file.relative_to(ROOT).as_posix())
        for file in (ROOT / "src").rglob("*.py")
        for name in imports_of(parsed(file))
    }
    assert len(imported) > 100
    assert [
        one for one in sorted(imported) if one[0] not in {*declared, *sys.stdlib_module_names, "xent"}
    ] == []


def imports_of(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("name", ["torch", "jax"])
def test_the_least_version_of_a_framework_is_the_one_that_is_tested(name):
    (line,) = EXTRAS[name]
    assert line.replace(">=", "==") in EXTRAS["test"]


def test_the_pythons_claimed_are_those_that_are_tested():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "declared.py --pythons" in script
    least = re.fullmatch(r">=(3\.\d+)", DECLARED["PROJECT"]["requires-python"])[1]
    assert DECLARED["pythons"]()[0] == least
