# SPDX-License-Identifier: Apache-2.0
"""The words of the pages: states, clocks, and what an entry of the shared timeline tells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from callbox.coordination import domain
from callbox.coordination.models import Task
from callbox.coordination.rows import told
from callbox.incidents.catalogue import load_dispositions
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
    "pass_on": _("passed on: %(work)s"),
    "waive": _("is not waited for: %(work)s"),
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
    tasks: Sequence[Task],
) -> list[Happened]:
    """What happened, oldest first: each entry in words, and each remark with its own.

    agencies: names by code. authors: the agency's name by who acts. tasks: those of the incident.
    """
    parts = {str(task.pk): task for task in tasks}
    found = [_told(entry, _facts(entry, parts), agencies) for entry in entries if entry.move not in NO_WORDS]
    if details is not None:
        found += [
            Happened(each.at, authors.get(each.by, ""), each.text, remark=True) for each in details.remarks
        ]
    return sorted(found, key=lambda happened: happened.at)


def _facts(entry: Written, tasks: Mapping[str, Task]) -> Mapping[str, object]:
    """The entry's facts; those of a waived task say whose it was, as its own steps do."""
    task = tasks.get(str(entry.facts.get("part")))
    if task is None:
        return entry.facts
    return {**entry.facts, "step": "waive", "agency": task.agency.code, "work": task.work}


def _told(entry: Written, facts: Mapping[str, object], agencies: Mapping[str, str]) -> Happened:
    code, level, step = str(facts.get("agency", "")), facts.get("level"), str(facts.get("step", ""))
    fills = {
        "work": work_name(str(facts.get("work", ""))),
        "level": domain.LEVELS.get(level, "") if isinstance(level, int) else "",
        "lead": agencies.get(str(facts.get("lead", "")), ""),
    }
    text = STEPS.get(step) or MOVES.get(entry.move, "")
    what, why = gettext(text) % fills if text else entry.move, _why(step, facts)
    if why:
        what = gettext("%(what)s (%(why)s)") % {"what": what, "why": why}
    return Happened(entry.at, agencies.get(code, code), what)


def _why(step: str, facts: Mapping[str, object]) -> str:
    """Why a step was taken, what came of a task, or how the incident ended; empty where nothing was said."""
    ending = load_dispositions().get(str(facts.get("disposition")))
    result = domain.load_results().get(str(facts.get("result")))
    words = domain.load_reasons(step).get(str(facts.get("reason"))) or result or (ending and ending.name)
    return told(words) if words else ""


def work_name(code: str) -> str:
    """What an agency is asked to do, in words."""
    works = domain.load_works()
    return told(works[code].name) if code in works else code
