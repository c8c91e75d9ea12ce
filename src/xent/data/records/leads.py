"""Lead that is read of all records of a folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from xent.data.records.record_header import RecordHeader
from xent.data.records.refusals import refusal
from xent.near_names import near_names

__all__ = ["chosen_lead"]

# Among leads of equally many records: the lead of rhythm strips first, under its several names.
_PREFERRED = ("MLII", "II", "ML2", "ECG", "ECG1", "ECG 1")
_SHOWN = 6


def chosen_lead(
    headers: Sequence[RecordHeader], wish: str | None
) -> tuple[str, list[RecordHeader], tuple[str, ...]]:
    """
    Lead that is read, the records that have it, in their order, and sentences about the choice, perhaps none.

    The lead is `wish`, or for None the one that most records have, by its exact name; among equals lead II,
    as MLII and other names too, or the first. Sentences tell of records without the lead, which are left out,
    or of a choice that was not asked for.

    Raises
    ------
    DataError
        If no record has the lead, or none has a voltage at all.
    """
    counts = Counter(lead for header in headers for lead in header.leads)
    if not counts:
        raise refusal("hold signals in volts", got="records without any")
    if wish is not None and wish not in counts:
        hint = near_names(wish, list(counts), what="leads")
        raise refusal("name a lead of the records", got=repr(wish), hint=hint, argument="lead")
    rank = {lead: place for place, lead in enumerate(_PREFERRED)}
    lead = wish or max(counts, key=lambda each: (counts[each], -rank.get(each, len(rank))))
    having = [header for header in headers if lead in header.leads]
    return lead, having, tuple(_notes(lead, headers, having, given=wish is not None))


def _notes(
    lead: str, headers: Sequence[RecordHeader], having: Sequence[RecordHeader], *, given: bool
) -> list[str]:
    kept = {header.name for header in having}
    lacking = [header.name for header in headers if header.name not in kept]
    others = {each for header in headers for each in header.leads} - {lead}
    if not lacking:
        return [] if given or not others else [f"Lead {lead} is read; `--lead` reads another one."]
    named = ", ".join(lacking[:_SHOWN]) + (" ..." if len(lacking) > _SHOWN else "")
    verb = "has no such lead and is" if len(lacking) == 1 else "have no such lead and are"
    return [f"Lead {lead} is read of {len(having)} of {len(headers)} records; {named} {verb} left out."]
