# SPDX-License-Identifier: Apache-2.0
"""What the pages of requests call states, steps and promises, and the reasons that they offer. For the room's edges."""

from collections.abc import Mapping
from functools import cache

from django.utils.translation import gettext

from callbox.kernel.tables import Words, read_table
from callbox.kernel.text import gettext_noop as _
from callbox.promises.words import CLOCKS as CLOCKS
from callbox.requests.domain import BY_ARTICLE, ROOM, load_dispositions
from callbox.requests.endings import load_answers
from callbox.requests.rows import in_words

type Pairs = list[tuple[str, str]]

STATES = {
    "received": _("To be sent on"),
    "returned": _("Returned"),
    "assigned": _("To be signed for"),
    "accepted": _("In work"),
    "suspended": _("Stands still"),
    "answered": _("Resident to be asked"),
    "supervised": _("With the supervisors"),
    "closed": _("Closed"),
    "merged": _("Merged"),
    "withdrawn": _("Withdrawn"),
}
STEPS = {
    "open": _("Taken"),
    "assign": _("Sent"),
    "reassign": _("Sent to another agency"),
    "accept": _("Signed for"),
    "return": _("Returned"),
    "contact": _("Resident contacted"),
    "suspend": _("Put on hold"),
    "resume": _("Taken up again"),
    "pause_clock": _("Time stands still"),
    "resume_clock": _("Time goes on"),
    "settle_clock": _("Due time moved"),
    "ask_extension": _("More time asked for"),
    "grant_extension": _("More time granted"),
    "refuse_extension": _("More time refused"),
    "feed_back": _("Fed back"),
    "ask": _("Resident asked"),
    "close": _("Closed"),
    "reopen": _("Opened again"),
    "supervise": _("Given to the supervisors"),
    "remark": _("Remark"),
    "hide_reporter": _("Reporter hidden"),
    "show_reporter": _("Reporter shown"),
    "withdraw": _("Withdrawn"),
    "merge": _("Merged"),
    "late": _("Late"),
    "add_picture": _("Picture added"),
    "waive_part": _("Part waived"),
    "article": _("Answered with an article"),
    "split": _("Part given to another agency"),
    "offer": _("Offered to another agency"),
    "offer_accepted": _("Taken over"),
    "offer_refused": _("Offer refused"),
    "offer_timed_out": _("Offer not answered in time"),
    "danger": _("Danger reported to the emergency line"),
}
CHANNELS = {
    "phone": _("Telephone"),
    "counter": _("Counter"),
    "letter": _("Letter"),
    "web": _("Web form"),
    "text": _("Text message"),
    "other": _("Other way"),
}
ROLES = {
    "call_taker": _("Call-taker"),
    "agency_desk": _("Agency desk"),
    "supervisor": _("Supervisor"),
    "resident": _("Resident"),
    "system": _("Callbox itself"),
}


def named(known: Mapping[str, str], code: str) -> str:
    """What a code is called; the code itself where it has no name."""
    return gettext(known[code]) if code in known else code


@cache
def load_reasons() -> Mapping[str, Mapping[str, Words]]:
    """The reasons that forms offer, by step and code, in the order of the file; raises TableError."""
    found: dict[str, dict[str, Words]] = {}
    for row in read_table(ROOM, "reasons.tsv"):
        found.setdefault(row.need("step"), {})[row.need("code")] = row.words()
    return found


def reasons(step: str) -> Pairs:
    """What may be chosen as a reason of this step."""
    return [(code, in_words(words)) for code, words in load_reasons().get(step, {}).items()]


def dispositions() -> Pairs:
    """How a request may end, without what only an article brings with it."""
    return [(code, in_words(words)) for code, words in load_dispositions().items() if code != BY_ARTICLE]


def answers() -> Pairs:
    """What may come of asking the resident."""
    return [(code, in_words(answer.words)) for code, answer in load_answers().items()]


def coded(code: str) -> str:
    """Any code of a reason, a disposition or an answer in words."""
    for words in load_reasons().values():
        if code in words:
            return in_words(words[code])
    if code in load_dispositions():
        return in_words(load_dispositions()[code])
    return in_words(load_answers()[code].words) if code in load_answers() else code
