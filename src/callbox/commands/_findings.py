# SPDX-License-Identifier: Apache-2.0
"""The work behind `callbox findings`."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, time
from itertools import batched
from typing import TYPE_CHECKING

import numpy as np

from callbox.commands._oversight import chosen, log_file
from callbox.commands._setup import print_loaded
from callbox.oversight.bulk import scan
from callbox.oversight.columns import Columns
from callbox.oversight.domain.clocks import last_moment
from callbox.oversight.domain.judging import judge
from callbox.oversight.domain.rules import Rule
from callbox.oversight.domain.verdicts import BROKEN, WARNED, Verdict
from callbox.oversight.store import Store
from callbox.oversight.verdict_codes import CODES

if TYPE_CHECKING:
    from callbox.findings.domain import Judged

AT_ONCE = 500


def raise_found(as_of: date, codes: list[str]) -> int:
    """Print how many verdicts were handed over and how many findings changed. Raises NotFound for a model."""
    return print_loaded(lambda: _raise(as_of, codes))


def _raise(as_of: date, codes: list[str]) -> dict[str, object]:
    from callbox.access.domain import system_actor
    from callbox.findings.actions import note_verdicts

    by, at = system_actor("oversight"), datetime.now(UTC)
    found = changed = 0
    for portion in batched(_judged(as_of, codes), AT_ONCE, strict=False):
        found += len(portion)
        changed += note_verdicts(portion, by=by, at=at)  # each portion commits: killed, the next scan goes on
    return {"as_of": as_of.isoformat(), "found": found, "changed": changed}


def _judged(as_of: date, codes: list[str]) -> "Iterator[Judged]":
    from callbox.findings.domain import judged_of

    rules = chosen(codes)
    with closing(Store(log_file())) as store:
        for kind in sorted({rule.over for rule in rules}):
            columns = store.columns(kind)
            for rule in (each for each in rules if each.over == kind):
                end = last_moment(rule.calendar, datetime.combine(as_of, time(), rule.calendar.zone))
                for verdict in found_in(columns, rule, end):
                    yield judged_of(rule, verdict, end)


def found_in(columns: Columns, rule: Rule, as_of: datetime) -> Iterator[Verdict]:
    """What is broken or warned of, with its evidence: found over columns, told by the plain evaluator."""
    said = scan(columns, [rule], as_of)[rule.code]
    wanted = (*BROKEN, WARNED)
    places = said.places[np.isin(said.codes, [CODES[each] for each in wanted])]
    for number in np.unique(columns.owner[places]).tolist():
        yield from (each for each in judge(rule, columns.history(number), as_of) if each.verdict in wanted)
    yield from (each for each in said.others if each.verdict in wanted)
