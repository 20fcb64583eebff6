# SPDX-License-Identifier: Apache-2.0
"""What the answering desk says, in the language of the request."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from callbox.incidents.catalogue import load_types
from callbox.intake.domain import BECAME, OUTCOMES
from callbox.intake.rows import OUTCOME_NAMES
from callbox.pictures.words import shown_words

type Pairs = list[tuple[str, str]]


def types() -> list[tuple[str, str, str]]:
    """All incident types: code, name, and the code once more as a hint to type by."""
    language = get_language() or "en"
    return [(code, kind.name.in_language(language), code) for code, kind in load_types().items()]


def outcomes() -> Pairs:
    """How a call may end of which nothing was made. Handed over it is by handing it over, or nobody would have it."""
    return [(code, _(OUTCOME_NAMES[code])) for code in OUTCOMES if code not in BECAME]


def priorities() -> Pairs:
    """From the table, or by hand."""
    return [("", _("From the answers")), *((str(number), str(number)) for number in range(1, 6))]


def answer_words() -> dict[str, str]:
    """Key -> text for static/incidents; `%(name)s` places are filled by words.js."""
    return _queue_words() | _call_words() | shown_words()


def _queue_words() -> dict[str, str]:
    return {
        "queue_answered": _("In hand"),
        "queue_waiting": _("Waiting"),
        "queue_lost": _("Lost, to ring back"),
        "channel_phone": _("Telephone"),
        "channel_web": _("Web form"),
        "channel_text": _("Text message"),
        "channel_sos": _("SOS"),
        "channel_app": _("App"),
        "channel_civic": _("Complaint or fault"),
        "channel_exchange": _("Telephone exchange"),
        "channel_other": _("Other way"),
        "lane_emergency": _("Emergency"),
        "lane_civic": _("Civic"),
        "unreadable": _("Read it yourself"),
        "answer_late": _("Not answered in time"),
        "of_incident": _("incident %(number)s"),
        "no_incident_yet": _("no incident yet"),
        "nobody_waits": _("Nobody is waiting."),
        "one_moment": _("One moment"),
        "no_number": _("No number known"),
    }


def _call_words() -> dict[str, str]:
    return {
        "nothing_similar": _("No open incident is near in place, time and kind."),
        "incident_number": _("Incident %(number)s"),
        "join": _("Join %(number)s"),
        "priority_unknown": _("The priority follows from type and answers."),
        "priority_is": _("Priority %(priority)s"),
        "point_on_map": _("Point on the map"),
        "type_first": _("Say what happened first: the type decides who is sent."),
        "place_first": _("Say where it is first."),
        "opened": _("Incident %(number)s opened, priority %(priority)s. Dispatch has it."),
        "joined": _("The call belongs to incident %(number)s now."),
        "wrapped_up": _("Call finished"),
    }
