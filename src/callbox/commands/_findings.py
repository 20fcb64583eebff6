# SPDX-License-Identifier: Apache-2.0
"""The work behind `callbox findings`."""

from collections.abc import Iterator, Set
from contextlib import closing
from datetime import UTC, date, datetime, time
from itertools import batched, chain
from typing import TYPE_CHECKING

import numpy as np

from callbox.commands._oversight import chosen, log_file
from callbox.commands._setup import print_loaded
from callbox.oversight.bulk import Judged as Scanned
from callbox.oversight.bulk import scan
from callbox.oversight.columns import Columns
from callbox.oversight.domain.clocks import last_moment
from callbox.oversight.domain.judging import judge
from callbox.oversight.domain.rules import Rule
from callbox.oversight.domain.verdicts import NEWS, UNKNOWN, Verdict
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
    from callbox.findings.judging import note_judged

    by, at = system_actor("oversight"), datetime.now(UTC)
    found = changed = 0
    counts: dict[str, tuple[int, int]] = {}
    for portion in batched(_judged(as_of, codes, counts), AT_ONCE, strict=False):
        found += len(portion)
        changed += note_verdicts(portion, by=by, at=at)  # each portion commits: killed, the next scan goes on
    note_judged(counts, as_of, by=by, at=at)
    return {"as_of": as_of.isoformat(), "found": found, "changed": changed}


def _judged(as_of: date, codes: list[str], counts: dict[str, tuple[int, int]]) -> "Iterator[Judged]":
    """What is to be handed over. counts: takes in by model how many activations were judged and how many unknown."""
    from callbox.findings.domain import judged_of
    from callbox.findings.queries import standing

    rules = chosen(codes)
    with closing(Store(log_file())) as store:
        for kind in sorted({rule.over for rule in rules}):
            columns = store.columns(kind)
            for rule in (each for each in rules if each.over == kind):
                end = last_moment(rule.calendar, datetime.combine(as_of, time(), rule.calendar.zone))
                said = scan(columns, [rule], end)[rule.code]
                by_verdict = said.counts()
                counts[rule.code] = sum(by_verdict.values()), by_verdict[UNKNOWN]
                for verdict in found_in(columns, rule, end, said, standing(rule.code)):
                    yield judged_of(rule, verdict, end)


def found_in(
    columns: Columns, rule: Rule, as_of: datetime, said: Scanned, standing: Set[tuple[str, str]]
) -> Iterator[Verdict]:
    """What is found, with its evidence: found over columns, told by the plain evaluator.

    standing: what was found before and has not ended, by key and activation; of that any verdict is told, so that an
    act which a newer log holds lifts it. What this log does not hold is left as it stands.
    """
    places = said.places[np.isin(said.codes, [CODES[each] for each in NEWS])]
    known = {key for key, _activation in standing}
    numbers = {number for number, key in enumerate(columns.keys) if key in known} if known else set()
    numbers.update(np.unique(columns.owner[places]).tolist())
    told = (each for number in sorted(numbers) for each in judge(rule, columns.history(number), as_of))
    for each in chain(told, said.others):
        if each.verdict in NEWS or (each.key, each.activation) in standing:
            yield each
