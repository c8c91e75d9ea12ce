import pytest
import typer

from xent.cli.failures import failures_in_one_line
from xent.errors import DataError


def failing(error, *, debug=False):
    with failures_in_one_line(debug=debug, kept="Nothing was written."):
        raise error


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (
            DataError("f", "data", "be [b]good[/b]", got="bad"),
            2,
            "error: `data` must be [b]good[/b]; got bad.",
        ),
        (KeyboardInterrupt(), 130, "Stopped. Nothing was written."),
        (MemoryError(), 2, "error: the machine has too little free memory for this. Nothing was written."),
        (
            RuntimeError("first\nsecond"),
            1,
            (
                "error: xent itself failed (RuntimeError: first). Nothing was written. "
                "Run it again with --debug, and report what it prints."
            ),
        ),
    ],
)
def test_whatever_goes_wrong_is_one_line_and_a_code(error, code, line, capsys):
    with pytest.raises(typer.Exit) as caught:
        failing(error)
    assert caught.value.exit_code == code
    assert capsys.readouterr().err == f"{line}\n"


@pytest.mark.parametrize("error", [DataError("f", "a", "b", got="c"), RuntimeError(), MemoryError()])
def test_debug_lets_errors_through(error):
    with pytest.raises(type(error)):
        failing(error, debug=True)
