# SPDX-License-Identifier: Apache-2.0
"""Terms: how long somebody has, as a rule says it. Written in one spelling that tables and rows share. Pure."""

from dataclasses import dataclass, replace
from datetime import timedelta

from callbox.kernel.tables import TableError
from callbox.kernel.text import gettext_noop as _

AT_ONCE, NEXT_HOUR, NEXT_DAY = "at_once", "next_hour", "next_day"
ROLLS, INCLUSIVE = "rolls", "inclusive"
LENGTHS = {"seconds": timedelta(seconds=1), "minutes": timedelta(minutes=1), "hours": timedelta(hours=1)}
BUSINESS = {"business_minutes": timedelta(minutes=1), "business_hours": timedelta(hours=1)}
DAYS, WORKING_DAYS, MONTHS = "days", "working_days", "months"
# The most that a term may say, about ten years each: a slip of the pen is refused, not reckoned.
MOST = {
    "seconds": 10_000_000,
    "minutes": 5_000_000,
    "hours": 90_000,
    "business_minutes": 1_500_000,
    "business_hours": 25_000,
    DAYS: 3_660,
    WORKING_DAYS: 2_600,
    MONTHS: 120,
}
BEGINS = {
    **dict.fromkeys(LENGTHS, (AT_ONCE, NEXT_HOUR, NEXT_DAY)),
    **dict.fromkeys((*BUSINESS, DAYS, WORKING_DAYS, MONTHS), (AT_ONCE, NEXT_DAY)),
}


@dataclass(frozen=True, slots=True)
class Term:
    """How long: so many of a unit, counted from when, and what holds at its end.

    unit: seconds, minutes, hours (absolute, also on a day on which the clocks leap), business_minutes,
    business_hours (only while offices are open), days, working_days (both to 24:00 of the last day), months (the
    same day of a later month, or its last one).
    begins: at_once (for days and months: the start day is the first one), next_day (it is not counted), next_hour.
    rolls: when the last day is no working day, the next one is the last. Custody never rolls.
    inclusive: what is done at the very moment of the end is in time; without it, only what is done before.
    """

    amount: int
    unit: str
    begins: str = AT_ONCE
    rolls: bool = False
    inclusive: bool = False

    def __post_init__(self) -> None:
        if self.unit not in MOST:
            raise TableError(
                _("no such unit: %(said)r; there are %(units)s"), said=self.unit, units=", ".join(MOST)
            )
        if not 1 <= self.amount <= MOST[self.unit]:
            raise TableError(
                _("a term has 1 to %(most)s %(unit)s, not %(said)s"),
                most=MOST[self.unit],
                unit=self.unit,
                said=self.amount,
            )
        if self.begins not in BEGINS[self.unit]:
            raise TableError(
                _("%(unit)s begin as one of %(choices)s, not %(said)r"),
                unit=self.unit,
                choices=", ".join(BEGINS[self.unit]),
                said=self.begins,
            )
        if self.rolls and self.unit not in (DAYS, MONTHS):
            raise TableError(
                _("only %(days)s and %(months)s roll, not %(said)s"), days=DAYS, months=MONTHS, said=self.unit
            )

    def __str__(self) -> str:
        ends = [word for word, holds in ((ROLLS, self.rolls), (INCLUSIVE, self.inclusive)) if holds]
        return " ".join([str(self.amount), self.unit, self.begins, *ends])

    @property
    def length(self) -> timedelta | None:
        """How long it is, if that is the same everywhere and always."""
        return self.amount * LENGTHS[self.unit] if self.unit in LENGTHS and self.begins == AT_ONCE else None

    @property
    def by_calendar(self) -> bool:
        """Whether its end depends on which days are worked."""
        return self.rolls or self.unit == WORKING_DAYS or self.unit in BUSINESS

    def extended(self, amount: int) -> "Term":
        """The same with so many more of its unit; raises TableError when that is too much."""
        return replace(self, amount=self.amount + amount)


def parse_term(text: str) -> Term:
    """A term from its one spelling, such as `5 working_days next_day` or `30 days next_day rolls`.

    Raises TableError.
    """
    amount, unit, begins, *ends = [*text.split(), "", "", ""][: max(3, len(text.split()))]
    if not (amount.isascii() and amount.isdecimal() and len(amount) < 9) or not begins:
        raise TableError(_("not a term: %(said)r; write it as `5 working_days next_day`"), said=text)
    if ends != [word for word in (ROLLS, INCLUSIVE) if word in ends]:
        raise TableError(
            _("not a term: %(said)r; after the beginning stand %(rolls)s, %(inclusive)s or nothing"),
            said=text,
            rolls=ROLLS,
            inclusive=INCLUSIVE,
        )
    return Term(int(amount), unit, begins, ROLLS in ends, INCLUSIVE in ends)
