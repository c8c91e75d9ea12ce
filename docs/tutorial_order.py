"""The order of the tutorials: from the first table to the finer questions."""

from __future__ import annotations

__all__ = ["TutorialOrder"]

_ORDER = (
    "table_to_classifier.py",
    "fifteen_heartbeats.py",
    "is_my_model_calibrated.py",
    "which_code_to_share.py",
    "noisy_labels.py",
    "softmax_collapse.py",
    "language_model.py",
)


class TutorialOrder:
    """Key to sort the files of tutorials by; a file that `_ORDER` does not name raises ValueError."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def __call__(self, name: str) -> int:
        """The place of a file."""
        return _ORDER.index(name)

    def __repr__(self) -> str:
        return "TutorialOrder"
