"""Tiles so small that short rows have several, as interpretation takes long."""

__all__ = ["small_tiles"]


def small_tiles(monkeypatch):
    """Let the kernel read rows by tiles of 16 logits, 32 rows at a time, which take as long as one."""
    from xent.kernels.softmax_cross_entropy.triton import launch

    monkeypatch.setattr(launch, "_MOST_IN_REGISTERS", 0)
    monkeypatch.setattr(launch, "_MOST_WITH_TARGETS", 0)
    monkeypatch.setattr(launch, "_TILE", 16)
    monkeypatch.setattr(launch, "_ROWS_BY_TILES", 32)
