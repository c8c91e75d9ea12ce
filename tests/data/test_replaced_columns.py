import pyarrow as pa

from xent.data.replaced_columns import replace_columns


def test_replaced_columns_keep_their_places_and_the_table_its_metadata():
    table = pa.table({"a": [1, 2], "b": ["3", "4"], "c": [5, 6]}).replace_schema_metadata({"k": "v"})
    found = replace_columns(table, {"b": pa.chunked_array([[3.0], [4.0]])})
    assert found.column_names == ["a", "b", "c"]
    assert found.to_pydict() == {"a": [1, 2], "b": [3.0, 4.0], "c": [5, 6]}
    assert found.schema.metadata == {b"k": b"v"}


def test_nothing_to_replace_gives_the_table_itself():
    table = pa.table({"a": [1]})
    assert replace_columns(table, {}) is table
