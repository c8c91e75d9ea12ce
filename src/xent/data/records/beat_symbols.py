"""Annotation symbols that mark a heartbeat, and the five classes of ANSI/AAMI EC57."""

from __future__ import annotations

from types import MappingProxyType

from xent.data.heartbeat_shapes import BEAT_NAMES

__all__ = ["AAMI", "BEAT_SYMBOLS"]

_FURTHER = {
    "B": "bundle branch block, unspecified",
    "r": "R-on-T premature ventricular contraction",
    "n": "supraventricular escape",
    "?": "beat not classified during learning",
}

BEAT_SYMBOLS = MappingProxyType(BEAT_NAMES | _FURTHER)
"""Symbol of each kind of heartbeat in WFDB annotations, and its name; other symbols mark no beat."""

# ANSI/AAMI EC57 names the classes and not the symbols. The symbols that MIT-BIH lacks follow `map2` in
# ecgmap.h of the WFDB software: B and n count as normal, r as ventricular. An unlearned beat is unknown.
_CLASSES = {"N": "NLRejBn", "S": "AaJS", "V": "VEr", "F": "F", "Q": "/fQ?"}

AAMI = MappingProxyType({symbol: name for name, symbols in _CLASSES.items() for symbol in symbols})
"""Class of each symbol: N (normal or bundle branch block), S (supraventricular), V (ventricular), F, Q."""
