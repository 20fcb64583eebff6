# SPDX-License-Identifier: Apache-2.0
"""Terms as people say them, on every page that shows how long somebody has."""

from django.utils.translation import gettext

from callbox.kernel.terms import INCLUSIVE, NEXT_DAY, NEXT_HOUR, ROLLS, Term
from callbox.kernel.text import gettext_noop as _

UNITS = {
    "seconds": _("%(amount)s seconds"),
    "minutes": _("%(amount)s minutes"),
    "hours": _("%(amount)s hours"),
    "business_minutes": _("%(amount)s minutes of office hours"),
    "business_hours": _("%(amount)s office hours"),
    "days": _("%(amount)s calendar days"),
    "working_days": _("%(amount)s working days"),
    "months": _("%(amount)s months"),
}
ENDS = {
    NEXT_DAY: _("the start day is not counted"),
    NEXT_HOUR: _("from the next full hour"),
    ROLLS: _("ends on a working day"),
    INCLUSIVE: _("the last moment is in time"),
}


def term_words(term: Term) -> str:
    """A term as people say it, with what holds at its beginning and end."""
    said = gettext(UNITS[term.unit]) % {"amount": term.amount}
    notes = [term.begins, *([ROLLS] if term.rolls else []), *([INCLUSIVE] if term.inclusive else [])]
    return " · ".join([said, *(gettext(ENDS[each]) for each in notes if each in ENDS)])
