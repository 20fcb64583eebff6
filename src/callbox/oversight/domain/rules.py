# SPDX-License-Identifier: Apache-2.0
"""A rule: one promise of the law in dated versions, each with its form, its article and how sure that is."""

from dataclasses import dataclass
from datetime import date

from callbox.kernel.calendars import Calendar
from callbox.kernel.tables import Words
from callbox.oversight.domain.forms import AnyForm

# How sure the duty and its number are. Only `law` may be shown as law.
LAW, SECONDARY, UNCONFIRMED, LOCAL, DERIVED = "law", "secondary", "unconfirmed", "local", "derived"
CERTAINTIES = (LAW, SECONDARY, UNCONFIRMED, LOCAL, DERIVED)
GRADES = ("red", "yellow", "blue")


@dataclass(frozen=True, slots=True)
class Version:
    """The rule as it stood from `begins` until before `ends` (None: still). source: the article."""

    begins: date
    ends: date | None
    form: AnyForm
    source: str
    certainty: str

    def in_force(self, day: date) -> bool:
        """Whether it governs what was triggered on this day."""
        return self.begins <= day and (self.ends is None or day < self.ends)


@dataclass(frozen=True, slots=True)
class Rule:
    """One detection model. over: the kind of object whose history it judges. versions: by date, not overlapping."""

    code: str
    name: Words
    over: str
    grade: str
    calendar: Calendar
    versions: tuple[Version, ...]

    def version_on(self, day: date) -> Version | None:
        """The version for what was triggered on this local day; None where there was no such rule yet, or any more."""
        return next((each for each in self.versions if each.in_force(day)), None)
