"""Frames of predictions in the library of the data: pandas in, pandas out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["frame_kind", "in_kind"]


def frame_kind(data: Any) -> str:
    """Library of the frame `data`: ``"pandas"``, ``"polars"``, or ``"pyarrow"`` for anything else."""
    library = type(data).__module__.partition(".")[0]
    return library if library in {"pandas", "polars"} else "pyarrow"


def in_kind(table: pa.Table, kind: str, index: Any = None) -> Any:
    """
    `table`, of Arrow, as a frame of the library `kind`, "pandas" or "polars"; as it is for any other `kind`.

    A pandas frame gets `index`, with an entry for each row, or row numbers from 0 for None; others ignore it.
    """
    if kind == "pandas":
        frame = table.to_pandas()
        return frame if index is None else frame.set_axis(index, axis=0)
    if kind == "polars":
        import narwhals as nw

        return nw.from_native(table, eager_only=True).to_polars()
    return table
