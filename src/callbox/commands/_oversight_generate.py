# SPDX-License-Identifier: Apache-2.0
"""The work behind `callbox oversight generate`."""

import csv
import json
from collections import Counter
from itertools import chain
from pathlib import Path

from callbox.kernel.errors import Invalid
from callbox.kernel.tables import TableError
from callbox.kernel.text import gettext_noop as _
from callbox.oversight.generator import AS_OF, columns_by_kind, events_of
from callbox.oversight.library import shipped_rules
from callbox.oversight.writing import write_events

BAD_NUMBER = _("Histories: at least 1, and a share from 0 to 1.")
NOT_WRITTEN = _("This cannot be written: %(problem)s")


def generate(file: Path, cases: int, planted: float, seed: int, key: Path | None) -> int:
    """Write the histories, and print how many of what. Raises Invalid."""
    if cases < 1 or not 0 <= planted <= 1:
        raise Invalid(BAD_NUMBER)
    made = columns_by_kind(cases, seed, shipped_rules(), share_lawful=1 - planted)
    known = {activation: verdict for each in made.values() for activation, verdict in each.planted.items()}
    try:
        events = write_events(file, chain.from_iterable(events_of(each) for each in made.values()))
        if key is not None:
            _write_key(key, known)
    except (TableError, OSError) as problem:
        raise Invalid(NOT_WRITTEN, problem=str(problem)) from problem
    counts = Counter(rule for rule, _key, _event in known)
    told = {
        "cases": cases,
        "events": events,
        "planted": dict(sorted(counts.items())),
        "as_of": AS_OF.date().isoformat(),
    }
    print(json.dumps(told))
    return 0


def _write_key(path: Path, known: dict[tuple[str, str, str], str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(("model", "object", "event", "verdict"))
        writer.writerows((*activation, verdict) for activation, verdict in sorted(known.items()))
