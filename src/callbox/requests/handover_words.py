# SPDX-License-Identifier: Apache-2.0
"""What the pages of hand-overs between the two lines call things. For the room's edges."""

from collections.abc import Mapping

from django.utils.translation import gettext

from callbox.incidents import catalogue
from callbox.intake.rows import OUTCOME_NAMES
from callbox.kernel.text import gettext_noop as _
from callbox.requests import domain, lines
from callbox.requests.desk_words import STATES, Pairs, coded, named
from callbox.requests.rows import in_words

LINES = {lines.EMERGENCY: _("Emergency line"), lines.CIVIC: _("Civic line")}
# How it stands: words, sign and tone.
STANDING: Mapping[str, tuple[str, str, str]] = {
    "offered": (_("Waits for an answer"), "waiting", "strong"),
    "refused": (_("Refused: it stays with who gave it"), "alarm", "late"),
    "timed_out": (_("Nobody answered in time: it stays with who gave it"), "alarm", "late"),
    "taken": (_("Taken on"), "clear", "quiet"),
    "kept": (_("Kept by who gave it"), "clear", "quiet"),
}
STEPS = {
    "open": _("Handed over"),
    "offer": _("Offered to the other line"),
    "offer_accepted": _("Accepted"),
    "offer_refused": _("Refused"),
    "offer_timed_out": _("The other line did not answer in time"),
    "talk": _("Both lines talked with the resident"),
    "take": _("Taken on"),
    "keep": _("Kept by who gave it"),
}
CALL_STATES = {
    "waiting": _("Waiting"),
    "answered": _("In hand"),
    "lost": _("Lost, to ring back"),
    "done": _("Call finished"),
}
INCIDENT_STATES = {
    "reported": _("Reported"),
    "assessed": _("Assessed"),
    "dispatched": _("Dispatched"),
    "on_scene": _("On scene"),
    "closed": _("Closed"),
    "merged": _("Merged"),
}
OF_KIND = {lines.CALL: CALL_STATES, lines.INCIDENT: INCIDENT_STATES, lines.REQUEST: STATES}
NAMES = {
    lines.CALL: _("Call"),
    lines.INCIDENT: _("Incident %(number)s"),
    lines.REQUEST: _("Request %(number)s"),
}


def handover_choices() -> Pairs:
    """Why something is handed over to the civic line."""
    return [(code, in_words(words)) for code, words in lines.to_civic_line().items()]


def shown_matter(found: Mapping[str, object]) -> dict[str, object]:
    """A matter in words: what it is, how it stands, how it ended."""
    kind, ended = str(found["kind"]), str(found["ended"])
    return {
        **found,
        "name": gettext(NAMES[kind]) % {"number": found["number"]},
        "state_name": named(OF_KIND[kind], str(found["state"])),
        "ended_name": _ending(kind, ended) if ended else "",
    }


def _ending(kind: str, code: str) -> str:
    if kind == lines.CALL:
        return named(OUTCOME_NAMES, code)
    if kind == lines.INCIDENT:
        known = catalogue.load_dispositions()
        return in_words(known[code].name) if code in known else code
    known_here = domain.load_dispositions()
    return in_words(known_here[code]) if code in known_here else code


def said_in_words(code: str) -> str:
    """A code of a hand-over's entry: why it was given, or what a form of its page offers."""
    known = lines.load_reasons()
    return in_words(known[code]) if code in known else coded(code)
