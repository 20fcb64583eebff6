# SPDX-License-Identifier: Apache-2.0
"""The engine over columns: the same verdicts as the plain evaluator, for all histories at once. Part of the domain.

It judges by arrays what is plain, ladders and pauses too. What is not (an event without a moment that the rule asks
for, a restart, a pause of working days) it gives to the plain evaluator, history by history: a rule is never judged
in a way that only looks the same.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from callbox.oversight.columns import Columns, Truth, Whole, micros
from callbox.oversight.domain.judging import judge
from callbox.oversight.domain.rules import Rule, Version
from callbox.oversight.domain.verdicts import VERDICTS, Verdict
from callbox.oversight.searching import NotPlain, Search
from callbox.oversight.vectors import judge_form
from callbox.oversight.verdict_codes import CODES, HARD


@dataclass(frozen=True, slots=True)
class Judged:
    """What one rule says. places: of the triggers; codes: places in VERDICTS. others: from the plain evaluator."""

    places: Whole
    codes: Whole
    others: tuple[Verdict, ...] = ()

    def counts(self) -> dict[str, int]:
        """How many activations have each verdict."""
        found = Counter(each.verdict for each in self.others)
        plain = np.bincount(self.codes, minlength=len(VERDICTS))
        return {verdict: int(plain[code]) + found[verdict] for verdict, code in CODES.items()}


def scan(columns: Columns, rules: Iterable[Rule], as_of: datetime) -> dict[str, Judged]:
    """What each rule says of all histories at a moment, by its code. Rules over another kind of object say nothing."""
    search = Search(columns, micros(as_of))
    return {rule.code: judge_all(search, rule, as_of) for rule in rules if rule.over == columns.kind}


def by_activation(columns: Columns, judged: Mapping[str, Judged]) -> dict[tuple[str, str, str], str]:
    """The verdict of each activation: (rule, key, event) -> verdict. The form in which engines are compared."""
    found: dict[tuple[str, str, str], str] = {}
    for code, each in judged.items():
        for place, verdict in zip(each.places.tolist(), each.codes.tolist(), strict=True):
            found[code, columns.keys[columns.owner[place]], columns.ids[place]] = VERDICTS[verdict]
        found |= {(code, one.key, one.activation): one.verdict for one in each.others}
    return found


def judge_all(search: Search, rule: Rule, as_of: datetime) -> Judged:
    """What one rule says of all histories as they stood at the moment of the search, which is `as_of`."""
    try:
        parts = [_of_version(search, rule, version) for version in rule.versions]
    except NotPlain:
        return _plainly(search, rule, as_of, _touched(search, rule))
    hard = search.hard_for(rule)
    places = np.concatenate([places for places, _codes in parts])
    codes = np.concatenate([codes for _places, codes in parts])
    hard[search.columns.owner[places[codes == HARD]]] = True
    if not hard.any():
        return Judged(places, codes)
    easy = ~hard[search.columns.owner[places]]
    others = _plainly(search, rule, as_of, hard & _touched(search, rule)).others
    return Judged(places[easy], codes[easy], others)


def _of_version(search: Search, rule: Rule, version: Version) -> tuple[Whole, Whole]:
    places = search.triggers(version.form)
    places = places[search.governed(places, rule, version)]
    return places, judge_form(search, rule, version.form, places)


def _touched(search: Search, rule: Rule) -> Truth:
    """Which histories hold a trigger of the rule at all."""
    found = np.zeros(len(search.columns.keys), bool)
    for version in rule.versions:
        for activity in version.form.trigger.activities:
            places = search.columns.activities.get(activity)
            if places is not None:
                found[search.columns.owner[places]] = True
    return found


def _plainly(search: Search, rule: Rule, as_of: datetime, which: Truth) -> Judged:
    numbers = np.flatnonzero(which).tolist()
    others = (verdict for n in numbers for verdict in judge(rule, search.columns.history(n), as_of))
    nothing = np.empty(0, np.int64)
    return Judged(nothing, nothing, tuple(others))
