from tests.step_by_step import xp

__all__ = ["xp"]
