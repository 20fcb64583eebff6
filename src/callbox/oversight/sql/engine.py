# SPDX-License-Identifier: Apache-2.0
"""The engine in SQL: the same verdicts as the plain evaluator, from any database that the text runs on.

A rule that SQL cannot say, and a history of which it cannot speak, goes to the plain evaluator, as in bulk.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

import numpy as np

from callbox.oversight.bulk import Judged
from callbox.oversight.columns import Columns
from callbox.oversight.domain.judging import judge
from callbox.oversight.domain.rules import Rule
from callbox.oversight.domain.verdicts import VERDICTS, Verdict
from callbox.oversight.sql.links import Link
from callbox.oversight.sql.tables import as_of_table, events_table, kinds_of, limits_table
from callbox.oversight.sql.text import Query, query_for
from callbox.oversight.sql.words import NotSaid

COUNTED = "SELECT verdict, count(*) AS many FROM (\n{text}) judged GROUP BY verdict"
DOUBTED = "SELECT place FROM (\n{text}) judged WHERE verdict IS NULL"
WITH_NUMBERS = "a text or a list where it compares two values"


class Loaded:
    """A log and some rules, loaded into a database: any as-of time can be asked."""

    def __init__(self, link: Link, columns: Columns, rules: Iterable[Rule]) -> None:
        self.columns = columns
        self.rules = [rule for rule in rules if rule.over == columns.kind]
        self.queries: dict[str, Query] = {}
        self.not_said: dict[str, str] = {}
        self._link = link
        for rule in self.rules:
            try:
                self.queries[rule.code] = self._query(rule)
            except NotSaid as reason:
                self.not_said[rule.code] = str(reason)
        link.fill("events", events_table(columns, self.queries.values()))
        link.fill("limits", limits_table(columns, self.queries.values()))

    def _query(self, rule: Rule) -> Query:
        """The text of a rule, if it can be trusted with what this log says. Raises NotSaid."""
        query = query_for(rule)
        texts = any(str in kinds_of(self.columns, name) for name in query.not_text)
        if texts or any(tuple in kinds_of(self.columns, name) for name in query.not_list):
            raise NotSaid(WITH_NUMBERS)
        return query

    def counts(self, as_of: datetime, codes: Collection[str] | None = None) -> dict[str, dict[str, int]]:
        """How many activations of each rule, or of those of these codes, have each verdict. The database counts."""
        self._ask(as_of)
        rules = [rule for rule in self.rules if codes is None or rule.code in codes]
        return {rule.code: self._counts(rule, as_of) for rule in rules}

    def scan(self, as_of: datetime) -> dict[str, Judged]:
        """What each rule says of all histories at a moment, by its code."""
        self._ask(as_of)
        return {rule.code: self._judged(rule, as_of) for rule in self.rules}

    def _ask(self, as_of: datetime) -> None:
        self._link.fill("as_of", as_of_table(as_of))

    def _counts(self, rule: Rule, as_of: datetime) -> dict[str, int]:
        if rule.code in self.not_said:
            return _counted(Counter(), self._plainly(rule, as_of, range(len(self.columns.keys))))
        text = self.queries[rule.code].text
        found = Counter(dict(self._link.rows(COUNTED.format(text=text))))
        if not found.pop(None, 0):
            return _counted(found, ())
        doubted = [place for (place,) in self._link.rows(DOUBTED.format(text=text))]
        return _counted(found, self._plainly(rule, as_of, self._histories(doubted)))

    def _judged(self, rule: Rule, as_of: datetime) -> Judged:
        nothing = np.empty(0, np.int64)
        if rule.code in self.not_said:
            others = self._plainly(rule, as_of, range(len(self.columns.keys)))
            return Judged(nothing, nothing, tuple(others))
        rows = self._link.rows(self.queries[rule.code].text)
        codes = {verdict: code for code, verdict in enumerate(VERDICTS)}
        said = sorted((place, codes[verdict]) for place, verdict in rows if verdict is not None)
        doubted = self._histories([place for place, verdict in rows if verdict is None])
        places, found = zip(*said, strict=True) if said else ((), ())
        others = self._plainly(rule, as_of, doubted)
        return Judged(np.array(places, np.int64), np.array(found, np.int64), tuple(others))

    def _histories(self, places: list[int]) -> list[int]:
        owners = self.columns.owner[np.array(places, np.int64)]
        found: list[int] = np.unique(owners).tolist()
        return found

    def _plainly(self, rule: Rule, as_of: datetime, numbers: Iterable[int]) -> Iterator[Verdict]:
        return (each for n in numbers for each in judge(rule, self.columns.history(n), as_of))


def _counted(found: Counter[str], others: Iterable[Verdict]) -> dict[str, int]:
    total = found + Counter(each.verdict for each in others)
    return {verdict: total[verdict] for verdict in VERDICTS}
