# SPDX-License-Identifier: Apache-2.0
"""What the oversight desk calls verdicts, forms, certainties and the parts of a rule."""

from collections.abc import Mapping

from django.utils.translation import get_language, gettext

from callbox.kernel.tables import Words
from callbox.kernel.text import gettext_noop as _
from callbox.oversight.domain import deadlines, facts, judging
from callbox.oversight.domain import verdicts as v
from callbox.oversight.domain.rules import DERIVED, LAW, LOCAL, SECONDARY, UNCONFIRMED

VERDICTS = {
    v.FINE: _("Kept as promised"),
    v.RUNNING: _("Running"),
    v.WARNED: _("Due soon"),
    v.OVERDUE: _("Overdue, still owed"),
    v.BROKEN_LATE: _("Broken, too late or out of turn"),
    v.CURED: _("Broken, then made good"),
    v.WAIVED: _("No longer owed"),
    v.UNKNOWN: _("Unknown, something is missing"),
}
# The shape and the tone of each verdict: never colour alone.
SIGNS = {
    v.FINE: ("clear", ""),
    v.RUNNING: ("waiting", ""),
    v.WARNED: ("conditional", "late"),
    v.OVERDUE: ("alarm", "wrong"),
    v.BROKEN_LATE: ("unavailable", "wrong"),
    v.CURED: ("acknowledged", ""),
    v.WAIVED: ("none", "quiet"),
    v.UNKNOWN: ("conditional", "quiet"),
}
CERTAINTIES = {
    LAW: _("Law"),
    SECONDARY: _("Not read in the law itself"),
    UNCONFIRMED: _("Not confirmed, not to be taken as law"),
    LOCAL: _("Set by the authority, not law"),
    DERIVED: _("Derived, not law"),
}
GRADES = {"red": _("Red"), "yellow": _("Yellow"), "blue": _("Blue")}
OBJECTS = {
    "case": _("Case"),
    "person": _("Person in the case"),
    "item": _("Item"),
    "place": _("Place"),
    "dossier": _("Dossier"),
    "visit": _("Visit"),
    "call": _("Call"),
    "report": _("Report"),
    "interview": _("Interview"),
    "complaint": _("Complaint"),
    "document": _("Document"),
    "incident": _("Incident"),
    "request": _("Request"),
    "task": _("Agency task"),
    "finding": _("Finding"),
    "batch": _("Approvals of one minute"),
}
FORMS = {
    "within": _("comes within a limit"),
    "ladder": _("comes within a limit that can be extended step by step"),
    "at_most": _("lasts no longer than a limit"),
    "present": _("is there, looked for from a limit on"),
    "precede": _("came before"),
    "approval": _("was approved before, by the right level"),
    "not_before": _("does not come too early"),
    "not_after": _("does not come too late"),
    "holds": _("fulfils a condition"),
    "agree": _("says the same everywhere"),
    "distinct": _("is not the same person twice"),
    "absent": _("is not followed by something"),
    "count": _("does not happen too often"),
    "silence": _("is not left without an act for too long"),
    "gap": _("leaves enough time until what follows"),
    "overlap": _("does not run at the same time as another"),
    "similar": _("is no copy"),
    "both": _("fulfils all parts"),
}
FIELDS = {
    "trigger": _("Begins with"),
    "pairing": _("Which of them"),
    "target": _("What is looked for"),
    "limit": _("Limit"),
    "steps": _("Extended by"),
    "paused_by": _("Stands still from"),
    "resumed_by": _("Goes on from"),
    "restarted_by": _("Begins anew with"),
    "waived_by": _("Ends the duty"),
    "cured_by": _("Makes it good"),
    "warn": _("Warned at"),
    "required": _("Before it"),
    "anchor": _("Counted from"),
    "from_anchor": _("From which of them"),
    "on_last_day": _("Allowed on the last day already"),
    "condition": _("Condition"),
    "values": _("Values"),
    "others": _("Compared with"),
    "counted": _("What is counted"),
    "most": _("At most"),
    "window": _("In a time of"),
    "until": _("Until"),
    "following": _("What follows"),
    "end": _("Ends with"),
    "same": _("The same"),
    "span": _("Span"),
    "hashes": _("Compared by"),
    "share": _("Share from which it is a copy"),
    "parts": _("Part"),
}
CODES = {
    "first": _("the first of the history"),
    "last": _("the last of the history"),
    "each": _("each"),
    "nearest": _("the nearest before it"),
}
PARTS = {
    "answer": _("What came"),
    "waiver": _("What ended the duty"),
    "cure": _("What made it good"),
    "until": _("What ended the time"),
    "other": _("The other one"),
    "anchor": _("Counted from"),
}
EXAMPLES = {
    "firing": _("Broken"),
    "quiet": _("Nothing wrong"),
    "boundary": _("At the very limit"),
    "missing": _("Something is missing"),
}
WHY = {
    deadlines.NO_LIMIT: _("The limit is not known."),
    deadlines.DOUBTFUL_LIMIT: _("An extension, a pause or a restart is not certain."),
    deadlines.DOUBTFUL: _("An event is not certain, or has no moment."),
    facts.NOT_SAID: _("A value that the rule asks for is not said."),
    judging.NO_MOMENT: _("The event that begins it has no moment."),
    judging.NOT_CERTAIN: _("Whether the rule applies is not known."),
    judging.NO_CALENDAR: _("The working days of a year on the way are not known."),
}


def named(known: Mapping[str, str], code: str) -> str:
    """What a code is called; the code itself where it has no name."""
    return gettext(known[code]) if code in known else code


def in_words(words: Words) -> str:
    """A name in the language of the page."""
    return words.in_language(get_language() or "en")
