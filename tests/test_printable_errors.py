"""Names with control characters, which tables can hold, in messages."""

from xent.errors import DataError
from xent.near_names import listed, near_names


def test_a_message_escapes_control_characters_wherever_they_come_from():
    error = DataError("f", "data", "hold \x1b[31m", got="a\u202eb", hint="Its columns are \x07.")
    assert str(error) == r"f: `data` must hold \x1b[31m; got a\u202eb. Its columns are \x07."


def test_long_names_are_cut_where_names_are_listed():
    assert listed(["x" * 3000]) == f"'{'x' * 55}...'"
    assert len(near_names("y", ["x" * 3000, "z" * 3000])) < 150
