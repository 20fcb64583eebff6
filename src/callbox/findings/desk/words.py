# SPDX-License-Identifier: Apache-2.0
"""What the findings desk calls states, moves, ends and those who take part."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from callbox.access.queries import agencies
from callbox.findings import domain
from callbox.findings.domain import load_reasons
from callbox.kernel.tables import Words
from callbox.kernel.text import gettext_noop as _
from callbox.oversight.desk.words import in_words
from callbox.oversight.library import shipped_rules

STATES = {
    domain.WARNED: _("Warned before the limit"),
    domain.RAISED: _("Raised"),
    domain.SENT: _("Sent to the unit"),
    domain.ACKNOWLEDGED: _("Taken note of"),
    domain.EXPLAINED: _("Explained, to be confirmed"),
    domain.RECTIFIED: _("Put right, to be confirmed"),
    domain.DISPUTED: _("Disputed"),
    domain.CLOSED: _("Finding closed"),
    domain.HEEDED: _("Warning heeded"),
    domain.SUPPRESSED: _("Suppressed"),
}
# Shape and tone of each state: never colour alone.
SIGNS = {
    domain.WARNED: ("conditional", "late"),
    domain.RAISED: ("alarm", "wrong"),
    domain.SENT: ("alarm", "wrong"),
    domain.ACKNOWLEDGED: ("acknowledged", ""),
    domain.EXPLAINED: ("waiting", ""),
    domain.RECTIFIED: ("waiting", ""),
    domain.DISPUTED: ("conditional", ""),
    domain.CLOSED: ("clear", "quiet"),
    domain.HEEDED: ("clear", "quiet"),
    domain.SUPPRESSED: ("none", "quiet"),
}
OUTCOMES = {
    domain.EXPLAINED: _("It was explained, and somebody else confirmed that."),
    domain.RECTIFIED: _("It was put right, and somebody else confirmed that."),
    domain.UPHELD: _("The dispute was right: nothing was broken."),
    domain.LIFTED: _("Later evidence says that nothing was broken."),
    domain.HEEDED: _("It was done in time, after the warning."),
    domain.SUPPRESSED: _("It was suppressed, with a reason, by two people."),
}
STEPS = {
    "open": _("Found"),
    "warn": _("A further share of the time passed"),
    "heed": _("The warning was heeded"),
    "break": _("The limit passed"),
    "update": _("Further evidence came"),
    "cure": _("The history says that it was put right"),
    "lift": _("The history says that nothing was broken"),
    "reopen": _("Opened again by new evidence"),
    "route": _("Its unit became known"),
    "send": _("Sent"),
    "climb": _("Sent further"),
    "acknowledge": _("Took note"),
    "explain": _("Explained it"),
    "rectify": _("Said by which event it was put right"),
    "dispute": _("Disputed it"),
    "confirm": _("Confirmed the answer"),
    "turn_back": _("Turned the answer back"),
    "uphold": _("Upheld the dispute"),
    "turn_down": _("Turned the dispute down"),
    "reply": _("Wrote"),
    "ask_suppression": _("Asked to suppress it"),
    "refuse_suppression": _("Refused to suppress it"),
    "suppress": _("Suppressed it"),
}
RECIPIENTS = {
    domain.HANDLER: _("the unit"),
    domain.UNIT_LEAD: _("the head of the unit"),
    domain.LEGAL_OFFICER: _("the legal officer"),
}
ROLES = {
    "agency_desk": _("Agency desk"),
    "unit_lead": _("Head of unit"),
    "legal_officer": _("Legal officer"),
    "supervisor": _("Supervisor"),
    "system": _("Callbox itself"),
}


def rule_name(code: str) -> str:
    """What a rule is called; its code where Callbox has it no more."""
    rule = shipped_rules().get(code)
    return in_words(rule.name) if rule else code


def reasons(move: str) -> list[tuple[str, str]]:
    """Code and text of each reason that a step may be given for."""
    return [(code, in_words(words)) for code, words in load_reasons(move).items()]


def reason_text(code: str, moves: Iterable[str]) -> str:
    """What a reason of one of these steps is called; its code where it has no name any more."""
    found = (load_reasons(move).get(code) for move in moves)
    return next((in_words(words) for words in found if words), code)


def unit_names() -> Mapping[str, str]:
    """What each unit is called, by its scope key."""
    return {f"agency:{each.pk}": in_words(Words(each.name_en, each.name_zh)) for each in agencies()}


def moment(at: datetime, zone: ZoneInfo) -> str:
    """A limit by the clock of a zone: midnight is the 24:00 of the day that ends with it, as the law says it."""
    local = at.astimezone(zone)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return f"{(local - timedelta(days=1)).date().isoformat()} 24:00"
    return local.strftime("%Y-%m-%d %H:%M")


def number_of(finding_id: object) -> str:
    """The number that letters and pages call a finding by."""
    return str(finding_id)[-8:]


def state_row(state: str) -> dict[str, str]:
    """A state in words, with its shape and tone."""
    sign, tone = SIGNS[state]
    return {"state": state, "state_name": gettext(STATES[state]), "sign": sign, "tone": tone}
