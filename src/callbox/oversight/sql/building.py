# SPDX-License-Identifier: Apache-2.0
"""A query in the making: named steps, what they look for, and when limits end. Part of the domain: pure."""

from dataclasses import dataclass

from callbox.kernel.calendars import Calendar
from callbox.kernel.terms import AT_ONCE, BUSINESS, LENGTHS, NEXT_HOUR, Term
from callbox.oversight.columns import MICROSECOND
from callbox.oversight.domain.forms import EACH, FIRST, Acts, Form
from callbox.oversight.sql.words import NotSaid, Words, literal, literals

SEEN = "e.moment <= (SELECT moment FROM as_of)"


@dataclass(frozen=True, slots=True)
class Ends:
    """When a limit ends, as SQL. join: the table of limits it needs, or nothing."""

    join: str
    ends: str
    last_day: str
    unsure: str


class Building:
    """Steps by name, in order, and what they need from the tables."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.words = Words()
        self.terms: set[Term] = set()
        self.steps: dict[str, str] = {}
        self.earlier: dict[str, str] = {}  # of each step that found something, the step it was looked for in
        self.day = day_column(calendar)

    def step(self, name: str, text: str) -> str:
        """Add a step; it gets a number, as a rule may look for many things."""
        numbered = f"{name}_{len(self.steps) + 1}"
        self.steps[numbered] = text
        return numbered

    def found(self, name: str, acts: Acts, *, also: str = "") -> str:
        """The step with all events that surely match."""
        parts = [among(acts), SEEN, *([also] if also else [])]
        if acts.where is not None:
            parts.append(self.words.holds(acts.where, "e"))
        return self.step(name, f"SELECT e.* FROM events e\n    WHERE {'\n    AND '.join(parts)}")

    def begun(self, form: Form, governed: str) -> str:
        """The step with the activations of a version. Which is the first or last is asked of all versions' days."""
        if form.pairing == EACH:
            return self.found("begun", form.trigger, also=f"e.plain AND {governed}")
        matched = self.found("trigger", form.trigger, also="e.plain")
        which = "min" if form.pairing == FIRST else "max"
        return self.step(
            "begun",
            f"SELECT e.* FROM {matched} e JOIN (\n        SELECT history, {which}(place) AS place FROM {matched} "
            f"GROUP BY history\n    ) one ON one.place = e.place\n    WHERE {governed}",
        )

    def next_after(self, begun: str, acts: Acts | None, name: str) -> str | None:
        """The step with the moment and place of the first match after each activation that has one."""
        return (
            None if acts is None else self._beside(begun, self.found(name, acts), ">", "min", f"next_{name}")
        )

    def last_after(self, begun: str, acts: Acts, name: str) -> str:
        """The step with the last match after each activation that has one."""
        return self._beside(begun, self.found(name, acts), ">", "max", f"last_{name}")

    def before(self, begun: str, acts: Acts, name: str, *, nearest: bool = True) -> str:
        """The step with the nearest match before each activation, or with the first of its history."""
        return self._beside(
            begun, self.found(name, acts), "<", "max" if nearest else "min", f"earlier_{name}"
        )

    def _beside(self, begun: str, found: str, side: str, which: str, name: str) -> str:
        """In a history the order of places is that of moments and days: the one of the least place has the least."""
        beside = self.step(
            name,
            f"SELECT b.place, {which}(e.place) AS at_place, {which}(e.moment) AS moment, "
            f"{which}(e.{self.day}) AS {self.day}\n    FROM {begun} b JOIN {found} e ON e.history = b.history "
            f"AND e.place {side} b.place\n    GROUP BY b.place",
        )
        self.earlier[beside] = found
        return beside

    def ends(self, term: Term, row: str, table: str = "l") -> Ends:
        """When a term ends that starts at a row with a moment and a day. Raises NotSaid."""
        if term.unit in BUSINESS or term.begins == NEXT_HOUR:
            raise NotSaid("open hours, and hours that begin at the next full one")
        if term.unit in LENGTHS and term.begins == AT_ONCE:
            length = term.amount * (LENGTHS[term.unit] // MICROSECOND)
            ends = f"({row}.moment + CAST({length} AS BIGINT))"
            return Ends("", ends, ends, "FALSE")
        self.terms.add(term)
        join = (
            f"LEFT JOIN limits {table} ON {table}.term = {literal(term_name(term, self.calendar))} "
            f"AND {table}.day = {row}.{self.day}"
        )
        return Ends(join, f"{table}.ends", f"{table}.last_day_begins", f"{table}.unsure")


def among(acts: Acts) -> str:
    """That an event is one of these activities."""
    return f"e.activity IN ({literals(acts.activities)})"


def keeps(at: str, ends: str, *, inclusive: bool) -> str:
    """That a moment is in time."""
    return f"{at} {'<=' if inclusive else '<'} {ends}"


def day_column(calendar: Calendar) -> str:
    """The column with the local day in the zone of a calendar."""
    return "day_" + "".join(each if each.isalnum() else "_" for each in calendar.zone.key.lower())


def term_name(term: Term, calendar: Calendar) -> str:
    """A term on a calendar, as the table of limits names it."""
    return f"{term}, {calendar.label}"
