"""Files stop at 400 lines and bodies at 30, but for those that are named here with a reason."""

import ast
import functools
from pathlib import Path

from tests.architecture.parsed_sources import parsed

SOURCE = Path(__file__).parents[2] / "src" / "xent"
MOST_LINES = 400
MOST_LINES_OF_BODY = 30
# Each exemption with its reason. Kernels under Triton's decorator need no entry: their branches on constants
# are decided when they are compiled, and share the numbers of a row. Signatures do not count, which are long
# where a command of typer has many options.
EXEMPT = {
    "models/inference/coefficient_inference.py:coefficient_inference": "a result of many fields, one a line",
    "models/inference/rows_of_model.py:fitted_rows": "checks in the order of errors, and one record",
    "solvers/newton_products.py:newton_products": "a loop whose steps share point, state and gap",
    "torch/cross_entropy/call.py:_cross_entropy": "the order of an operation's checks, as PyTorch has it",
    "torch/cross_entropy/sharded_kernels.py:slope_by_kernels": "a formula whose steps share a row's numbers",
}


def modules(source):
    """Path and text of each module."""
    for file in sorted(source.rglob("*.py")):
        yield str(file.relative_to(source)), file.read_text(encoding="utf-8")


def body_lines(function):
    """Lines from the first statement to the last, without the docstring."""
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def is_triton_kernel(function):
    return any(ast.unparse(decorator).startswith("triton.jit") for decorator in function.decorator_list)


@functools.cache
def long_bodies(source):
    """Address of each function that is too long, and its lines."""
    return {
        f"{file.relative_to(source)}:{node.name}": body_lines(node)
        for file in sorted(source.rglob("*.py"))
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not is_triton_kernel(node)
        and body_lines(node) > MOST_LINES_OF_BODY
    }


def test_no_file_has_more_than_400_lines():
    lines = {path: len(text.splitlines()) for path, text in modules(SOURCE)}
    assert {path: count for path, count in lines.items() if count > MOST_LINES} == {}


def test_no_body_has_more_than_30_lines_without_a_reason():
    found = long_bodies(SOURCE)
    assert {address: lines for address, lines in found.items() if address not in EXEMPT} == {}


def test_no_exemption_outlives_its_function():
    assert EXEMPT.keys() - long_bodies(SOURCE).keys() == set()


def test_a_planted_long_body_is_found(tmp_path):
    body = "\n".join(f"    x{k} = {k}" for k in range(MOST_LINES_OF_BODY))
    short = f'def short():\n    """\n    A docstring does not count.\n    """\n{body}\n'
    planted = f"{short}\n\ndef long():\n{body}\n    y = 0\n"
    (tmp_path / "planted.py").write_text(planted, encoding="utf-8")
    assert long_bodies(tmp_path) == {"planted.py:long": MOST_LINES_OF_BODY + 1}
