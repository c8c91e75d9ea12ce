"""Patient of each record: by its header, by what is known of MIT-BIH, or the record itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from xent.data.records.record_header import RecordHeader

__all__ = ["patients"]

# A whole comment line such as "patient 1" (INCART) or "Subject ID: A07"; a sentence about a patient is none.
_NAMED = re.compile(
    r"[\s<]*(?:patient|subject)(?:\s+(?:id|no|number))?[\s>:.#=]*([\w-]*\d[\w-]*)\s*", re.IGNORECASE
)
# Moody and Mark (2001): of the 48 records of MIT-BIH, 201 and 202 are of one man.
_SAME = {"202": "201"}
_MIT_BIH = (360.0, 650_000)


def patients(headers: Sequence[RecordHeader]) -> tuple[dict[str, str], tuple[str, ...]]:
    """
    Patient of each record by its name, and one sentence on patients with several records, or none.

    A patient is "patient X" for a comment of the header such as "Subject ID: X", else the name of the record;
    record 202 of MIT-BIH is of "201". The sentence names the records of five patients at most.
    """
    found = {header.name: _patient(header) for header in headers}
    shared: dict[str, list[str]] = {}
    for record, patient in found.items():
        shared.setdefault(patient, []).append(record)
    several = [f"{' and '.join(records)}" for records in shared.values() if len(records) == 2]
    more = [records for records in shared.values() if len(records) > 2]
    several += [f"{', '.join(records[:-1])} and {records[-1]}" for records in more]
    notes = (f"Of one patient are the records {'; '.join(several[:5])}.",) if several else ()
    return found, notes


def _patient(header: RecordHeader) -> str:
    for comment in header.comments:
        if named := _NAMED.fullmatch(comment):
            return f"patient {named[1]}"
    if (header.rate, header.samples) == _MIT_BIH:
        return _SAME.get(header.name, header.name)
    return header.name
