# SPDX-License-Identifier: Apache-2.0
"""The words of the pages: states, clocks, and what an entry of the shared timeline tells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from callbox.coordination import domain
from callbox.coordination.rows import told
from callbox.incidents.queries import Details
from callbox.journal.domain import Written
from callbox.kernel.text import gettext_noop as _

STATES = {
    domain.ALERTED: _("Alerted"),
    domain.ACCEPTED: _("Accepted"),
    domain.ON_SITE: _("On site"),
    domain.FED_BACK: _("Fed back"),
    domain.UNABLE: _("Cannot"),
    domain.CLOSED: _("Closed"),
    domain.WITHDRAWN: _("Withdrawn"),
}
SIGNS = {domain.ALERTED: ("waiting", "late"), domain.UNABLE: ("alarm", "wrong")}
CLOCKS = {domain.ACCEPT: _("Accept"), domain.ARRIVE: _("Be on site"), domain.FEED_BACK: _("Feed back")}
STEPS = {
    "accept": _("accepted: %(work)s"),
    "cannot": _("cannot: %(work)s"),
    "arrive": _("on site: %(work)s"),
    "feed_back": _("fed back: %(work)s"),
    "close": _("closed its part: %(work)s"),
    "withdraw": _("need not any more: %(work)s"),
}
MOVES = {
    "open": _("Reported"),
    "classify": _("Type and priority set"),
    "reclassify": _("Type or priority changed"),
    "relocate": _("Place corrected"),
    "add_call": _("One more call"),
    "remark": _("Remark"),
    "add_picture": _("Picture added"),
    "send": _("First unit sent"),
    "add_unit": _("One more unit sent"),
    "arrive": _("First unit on scene"),
    "stand_down": _("No unit on it any more"),
    "raise_alarm": _("Alarm level raised"),
    "safety_alarm": _("Safety alarm"),
    "safety_clear": _("The danger is over"),
    "respond": _("Response level %(level)s, led by %(lead)s"),
    "name_lead": _("leads from now on"),
    "take_part": _("alerted: %(work)s"),
    "leave": _("takes part no more"),
    "waive_part": _("May end without one of its parts"),
    "close": _("Incident closed"),
    "reopen": _("Incident reopened"),
    "merge": _("Merged into another incident"),
    "late": _("A promised time ran out"),
}
NO_WORDS = frozenset({"remark"})  # told with their own words, see `timeline`


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the shared timeline. who: an agency, or nothing; remark: it stands there in somebody's own words."""

    at: datetime
    who: str
    what: str
    remark: bool = False


def timeline(
    entries: Sequence[Written],
    details: Details | None,
    agencies: Mapping[str, str],
    authors: Mapping[str, str],
) -> list[Happened]:
    """What happened, oldest first: each entry in words, and each remark with its own.

    agencies: names by code. authors: the agency's name by who acts.
    """
    found = [_told(entry, agencies) for entry in entries if entry.move not in NO_WORDS]
    if details is not None:
        found += [
            Happened(each.at, authors.get(each.by, ""), each.text, remark=True) for each in details.remarks
        ]
    return sorted(found, key=lambda happened: happened.at)


def _told(entry: Written, agencies: Mapping[str, str]) -> Happened:
    facts = entry.facts
    code, level = str(facts.get("agency", "")), facts.get("level")
    fills = {
        "work": work_name(str(facts.get("work", ""))),
        "level": domain.LEVELS.get(level, "") if isinstance(level, int) else "",
        "lead": agencies.get(str(facts.get("lead", "")), ""),
    }
    text = STEPS.get(str(facts.get("step")), "") if entry.move == "task_step" else MOVES.get(entry.move, "")
    what = gettext(text) % fills if text else entry.move
    return Happened(entry.at, agencies.get(code, code), what)


def work_name(code: str) -> str:
    """What an agency is asked to do, in words."""
    works = domain.load_works()
    return told(works[code].name) if code in works else code
