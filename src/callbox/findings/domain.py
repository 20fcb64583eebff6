# SPDX-License-Identifier: Apache-2.0
"""The finding's states and moves, what a verdict does to it, and whom it is sent to at which age. Pure."""

import hashlib
import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import cache
from uuid import UUID, uuid5

from callbox.kernel.errors import Invalid
from callbox.kernel.tables import TableError, Words, read_table
from callbox.kernel.text import gettext_noop as _
from callbox.kernel.workflow import Workflow, step
from callbox.matters.domain import register
from callbox.oversight.domain import verdicts as v
from callbox.oversight.domain.forms import SHARES
from callbox.oversight.domain.rules import GRADES, Rule
from callbox.oversight.domain.verdicts import Limit, Outcome, Verdict

KIND, ROOM = "finding", "callbox.findings"
JUDGING = "judging"  # the journal's kind of entries about passes over all histories
DESK = "desk:oversight"
SPACE = UUID("6d3e0f0c-58e2-5a83-9a51-2b1e3d6d0043")
WARNED, RAISED, SENT, ACKNOWLEDGED = "warned", "raised", "sent", "acknowledged"
EXPLAINED, RECTIFIED, DISPUTED = "explained", "rectified", "disputed"
CLOSED, HEEDED, SUPPRESSED = "closed", "heeded", "suppressed"
ANSWERABLE = (SENT, ACKNOWLEDGED)
UNANSWERED = (RAISED, *ANSWERABLE)
ANSWERED = (EXPLAINED, RECTIFIED)
BROKEN = (*UNANSWERED, *ANSWERED, DISPUTED)
OPEN = (WARNED, *BROKEN)
ENDED = (CLOSED, HEEDED, SUPPRESSED)
STATES = (*OPEN, *ENDED)
# What became of it: the last word of a finding that has ended.
UPHELD, LIFTED = "upheld", "lifted"
OUTCOMES = (EXPLAINED, RECTIFIED, UPHELD, LIFTED, HEEDED, SUPPRESSED)
HANDLER, UNIT_LEAD, LEGAL_OFFICER = "handler", "unit_lead", "legal_officer"
RECIPIENTS = (HANDLER, UNIT_LEAD, LEGAL_OFFICER)
WARNING = "warning"
LONGEST_WORDS = 1000  # characters of what is written with one step
TURNING = frozenset(
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)  # they show a text in another order
NO_WORDS = _("Write what there is to say.")
TOO_LONG = _(
    "%(found)s characters are too many: at most %(most)s. Shorten it; what needs more goes into the file of the case."
)
ILLEGIBLE = _("There are characters in it that nobody can read, or nothing but signs. Write it in words.")

WORKFLOW = register(
    Workflow(
        KIND,
        version=1,
        start=RAISED,
        final=frozenset(ENDED),
        moves=(
            step("warn", WARNED, needs="share"),
            step("heed", WARNED, HEEDED, closes=True),
            step("break", WARNED, RAISED, needs="verdict"),
            step("update", BROKEN, needs="verdict"),
            step("cure", UNANSWERED, RECTIFIED, needs="verdict"),
            # Later evidence says that nothing was broken.
            step("lift", BROKEN, CLOSED, needs="verdict", closes=True),
            step("reopen", ENDED, RAISED, needs="verdict", new_round=True),
            # Its unit has become known: it goes there.
            step("route", OPEN, needs="unit"),
            step("send", RAISED, SENT, needs="step"),
            step("climb", ANSWERABLE, needs="step"),
            step("acknowledge", SENT, ACKNOWLEDGED),
            step("explain", ANSWERABLE, EXPLAINED, needs="reason"),
            step("rectify", ANSWERABLE, RECTIFIED, needs="event"),
            step("dispute", ANSWERABLE, DISPUTED, needs="reason"),
            step("confirm", ANSWERED, CLOSED, closes=True),
            step("turn_back", ANSWERED, ACKNOWLEDGED, needs="reason"),
            step("uphold", DISPUTED, CLOSED, needs="reason", closes=True),
            step("turn_down", DISPUTED, ACKNOWLEDGED, needs="reason"),
            # Words alone: nothing is answered by them, and nothing waits for them.
            step("reply", BROKEN, needs="words"),
            step("ask_suppression", BROKEN, needs="reason"),
            step("refuse_suppression", BROKEN),
            step("suppress", BROKEN, SUPPRESSED, needs="reason", closes=True),
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict as it is handed to this room. over: the kind of object; unit: `agency:<uuid>`, or "" if unknown.

    share: how much of the time has passed, in per cent, for a verdict of `warned`: the last share that was reached.
    """

    verdict: Verdict
    over: str
    grade: str
    share: int = 0
    unit: str = ""

    @property
    def id(self) -> UUID:
        """The finding's id: one for a rule's version, a case and an activation."""
        told = self.verdict
        name = [told.rule, told.version.isoformat(), self.over, told.key, told.activation]
        return uuid5(SPACE, json.dumps(name, ensure_ascii=False))


def judged_of(rule: Rule, verdict: Verdict, at: datetime, unit: str = "") -> Judged:
    """A verdict of this rule as it is handed to this room at this moment."""
    version = rule.version_on(verdict.version)
    shares: Sequence[int] = getattr(version.form, "warn", SHARES) if version else SHARES
    share = share_of(verdict.outcome, at, shares) if verdict.verdict == v.WARNED else 0
    return Judged(verdict, rule.over, rule.grade, share, unit)


def limits_of(outcome: Outcome) -> Iterator[Limit]:
    """The limit of an outcome and those of its parts."""
    if outcome.limit is not None:
        yield outcome.limit
    for part in outcome.parts:
        yield from limits_of(part)


def share_of(outcome: Outcome, at: datetime, shares: Sequence[int]) -> int:
    """The largest of the shares that has been reached; the least where the log alone names the limit."""
    passed = [
        int((at - limit.reckoned.start) * 100 / (limit.at - limit.reckoned.start))
        for limit in limits_of(outcome)
        if limit.reckoned is not None and limit.reckoned.start < limit.at
    ]
    return max((share for share in shares if share <= max(passed, default=0)), default=min(shares))


def evidence_of(verdict: Verdict) -> dict[str, object]:
    """What anybody needs to add it up again: events, the limit with its arithmetic, the article; no floats."""
    return {
        "verdict": verdict.verdict,
        "source": verdict.source,
        "certainty": verdict.certainty,
        **_told(verdict.outcome),
    }


def _told(outcome: Outcome) -> dict[str, object]:
    return {
        "events": dict(outcome.events),
        "limit": _limit(outcome.limit) if outcome.limit else None,
        "why": outcome.why,
        "parts": [{"verdict": part.verdict, **_told(part)} for part in outcome.parts],
    }


def _limit(limit: Limit) -> dict[str, object]:
    said: dict[str, object] = {
        "at": limit.at.isoformat(),
        "inclusive": limit.inclusive,
        "step": limit.step,
        "extended": list(limit.extended),
    }
    due = limit.reckoned
    if due is None:
        return said
    return said | {
        "term": asdict(due.term),
        "calendar": due.calendar,
        "start": due.start.isoformat(),
        "began": due.began.isoformat(),
        "days": [
            [day.day.isoformat(), day.number, day.why, asdict(day.name) if day.name else None]
            for day in due.days
        ],
        "pauses": [[pause.start.isoformat(), pause.end.isoformat()] for pause in due.pauses],
        "unknown_years": sorted(due.unknown_years),
    }


def digest_of(evidence: Mapping[str, object]) -> str:
    """What names this evidence: the same evidence twice is no news."""
    text = json.dumps(evidence, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Known:
    """A finding as far as the next verdict is decided by it. share: the last that was warned of."""

    state: str
    verdict: str
    digest: str
    outcome: str
    share: int
    erased: bool = False


def decide_verdict(known: Known | None, verdict: str, digest: str, share: int) -> tuple[str, ...]:
    """The moves that this verdict makes, in order; none where it is no news.

    Unknown is neither fine nor broken: it moves nothing. What was erased at its date stays closed.
    """
    if known is None:
        return _first(verdict)
    if verdict == v.UNKNOWN or known.erased:
        return ()
    broken = verdict in (*v.BROKEN, v.CURED)
    if known.state == WARNED:
        return _on_warned(known, verdict, share)
    if known.state in ENDED:
        return _on_ended(known, verdict, digest)
    if not broken:
        return ("lift",)
    if verdict == v.CURED and known.state in UNANSWERED:
        return ("cure",)
    return ("update",) if digest != known.digest else ()


def _first(verdict: str) -> tuple[str, ...]:
    if verdict in v.BROKEN:
        return ("open",)
    return {v.WARNED: ("open",), v.CURED: ("open", "cure")}.get(verdict, ())


def _on_warned(known: Known, verdict: str, share: int) -> tuple[str, ...]:
    if verdict in v.BROKEN:
        return ("break",)
    if verdict == v.CURED:
        return ("break", "cure")
    if verdict in (v.FINE, v.WAIVED):
        return ("heed",)
    return ("warn",) if verdict == v.WARNED and share > known.share else ()


def _on_ended(known: Known, verdict: str, digest: str) -> tuple[str, ...]:
    """New evidence opens it again: still owed, or broken after all. That it was done late, as was said, is no news."""
    if verdict not in v.BROKEN or digest == known.digest:
        return ()
    was_unbroken = known.outcome in (LIFTED, UPHELD, HEEDED)
    return ("reopen",) if verdict == v.OVERDUE or was_unbroken else ()


def becomes_known(state: str, unit: str, told: str) -> bool:
    """Whether an open finding of nobody's unit goes to the one that is told now. One that has a unit stays there."""
    return state in OPEN and not unit and bool(told)


def can_be_rectified(verdict: str) -> bool:
    """Whether anything is still owed: what came late or out of turn cannot be undone, and only be explained."""
    return verdict != v.BROKEN_LATE


@dataclass(frozen=True, slots=True)
class Telling:
    """One step: so long after it was raised, these recipients are told."""

    after: timedelta
    recipients: tuple[str, ...]


def tellings(grade: str, on: date) -> tuple[Telling, ...]:
    """Whom a finding of this grade (or a warning) is sent to at which age, in force on a day. Raises TableError."""
    found = [
        Telling(timedelta(days=row.whole("after", 0, 3650)), row.several("recipients"))
        for row in read_table(ROOM, "recipients.tsv")
        if row.one_of("grade", (*GRADES, WARNING)) == grade and row.in_force(on)
    ]
    if not found or found != sorted(found, key=lambda each: each.after):
        raise TableError(f"recipients.tsv: nothing, or no order of age, for {grade} on {on}")
    return tuple(found)


def limit(name: str, on: date) -> int:
    """A number of limits.tsv that the authority sets, as in force on a day. Raises TableError."""
    for row in read_table(ROOM, "limits.tsv"):
        if row["limit"] == name and row.in_force(on):
            return row.whole("value", 1, 1_000_000)
    raise TableError(f"limits.tsv: nothing says {name} on {on}")


@cache
def load_reasons(move: str) -> Mapping[str, Words]:
    """Why a finding is explained, disputed, suppressed and so on; by code. Raises TableError."""
    rows = read_table(ROOM, "reasons.tsv")
    return {row.need("code"): row.words() for row in rows if move in row.several("moves")}


def check_words(text: str) -> str:
    """What somebody wrote with a step, without blanks around it; "" for nothing. Raises Invalid."""
    words = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(words) > LONGEST_WORDS:
        raise Invalid(TOO_LONG, fields={"words": TOO_LONG}, found=len(words), most=LONGEST_WORDS)
    if words and not _is_legible(words):
        raise Invalid(ILLEGIBLE, fields={"words": ILLEGIBLE})
    return words


def _is_legible(words: str) -> bool:
    """Some letter or digit, and nothing that hides, or shows itself as something else."""
    unseen = {"Cc", "Cs", "Co", "Cn"}
    return any(each.isalnum() for each in words) and not any(
        each in TURNING or (each not in "\n\t" and unicodedata.category(each) in unseen) for each in words
    )
