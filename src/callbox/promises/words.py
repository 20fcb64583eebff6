# SPDX-License-Identifier: Apache-2.0
"""What pages and letters call kinds of matters, clocks and ladders: the one place for the names of promises."""

from collections.abc import Mapping

from django.utils.translation import gettext, override

from callbox.kernel.tables import Words
from callbox.kernel.text import gettext_noop as _

KINDS = {
    "request": _("Request"),
    "task": _("Agency task"),
    "incident": _("Incident"),
    "call": _("Call"),
    "assignment": _("Assignment"),
}
CLOCKS = {
    "sign_for": _("Sign for it"),
    "first_contact": _("First contact"),
    "resolve": _("Solution"),
    "call_back": _("Ask the resident"),
    "supervision": _("Decide"),
    "answer": _("Answering"),
    "dispatch": _("Send units"),
    "acknowledge": _("Acknowledge"),
    "turnout": _("Turnout"),
    "travel": _("Travel"),
    "arrival": _("First on scene"),
}
ACTIONS = {"remind": _("Remind"), "supervise": _("Supervise"), "report": _("Circulate a notice")}
ROLES = {
    "*": _("everybody else"),
    "owner": _("whoever has it"),
    "supervisor": _("supervisors"),
    "call_taker": _("call-takers"),
    "dispatcher": _("dispatchers"),
    "agency_desk": _("agency desks"),
    "administrator": _("administrators"),
    "coordination.first": _("the agency's first contact"),
    "coordination.second": _("the agency's second contact"),
    "coordination.lead": _("the lead agency"),
    "coordination.supervisor": _("supervisors of incidents"),
}
EVERYONE = _("everyone")  # a promise of no kind of agency in particular
SHARE = _("%(percent)s%% of the term")  # when a step of a ladder is taken
AFTER = _("overdue by %(term)s")
DIFFERENCES = {"new": _("New"), "gone": _("Gone"), "altered": _("Altered")}


def clock_words(code: str) -> Words:
    """What a clock is called in a letter, in both languages; the code itself where it has no name."""
    said = []
    for language in ("en", "zh-hans"):
        with override(language):
            said.append(named(CLOCKS, code))
    return Words(*said)


def named(known: Mapping[str, str], code: str) -> str:
    """What a code is called; the code itself where it has no name."""
    return gettext(known[code]) if code in known else code
