"""Findings that hold a judgement: the part that the reports of `xent fit` and `xent score` share."""

from __future__ import annotations

from typing import Protocol

from xent.scoring.judgement import Judgement

__all__ = ["Judged"]


class Judged(Protocol):
    """Findings with classes and the judgement of predictions of them."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Classes in the order of the judgement."""

    @property
    def held_out(self) -> Judgement:
        """Scores on rows that the model was not trained on."""
