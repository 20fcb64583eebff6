# SPDX-License-Identifier: Apache-2.0
"""What requests came to, one by one and counted; and the rates made of the counts. Part of the domain: pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from callbox.kernel.tables import Words, read_table
from callbox.requests.domain import RESOLVE, ROOM, WORKFLOW, Entry, kept
from callbox.requests.endings import NO, YES, load_answers

COUNTS = (
    "taken",
    "accepted",
    "contacted",
    "fed_back",
    "solved",
    "asked",
    "answered",
    "satisfied",
    "due",
    "on_time",
)
SENDS = ("assign", "reassign", "reopen")
RESOLVES = tuple(move.name for move in WORKFLOW.moves if RESOLVE in move.stops or move.closes)


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate: of all counted as `of`, the share counted as `share`."""

    code: str
    share: str
    of: str
    words: Words


@cache
def load_rates() -> Sequence[Rate]:
    """The rates, in the order of the file; raises TableError."""
    return [
        Rate(row.need("rate"), row.one_of("share", COUNTS), row.one_of("of", COUNTS), row.words())
        for row in read_table(ROOM, "figures.tsv")
    ]


@cache
def solving() -> frozenset[str]:
    """The dispositions that count as solved; raises TableError."""
    rows = read_table(ROOM, "dispositions.tsv")
    return frozenset(row.need("code") for row in rows if row.one_of("solves", ("yes", "no")) == "yes")


def said_as(*kinds: str) -> list[str]:
    """The answers of residents that count as one of these kinds."""
    return [code for code, answer in load_answers().items() if answer.counts in kinds]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one request came to: the groups it is counted in, and the counts in which it is one."""

    agency: str
    category: str
    area: str
    counted: frozenset[str]


def outcome_of(entries: Sequence[tuple[int, Entry]], at: datetime) -> Outcome:
    """From the whole journal of one request, in its order: (round, entry) each. at: until when promises are judged.

    Agency and promise are those of its last round, as everything else that is counted is.
    """
    last = max(round_ for round_, _entry in entries)
    now = [entry for round_, entry in entries if round_ == last]
    opened = entries[0][1]
    areas = opened.facts.get("areas")
    return Outcome(
        _agency([entry for _round, entry in entries]),
        str(opened.facts.get("category", "")),
        str(areas[-1]) if isinstance(areas, list) and areas else "",
        frozenset(_counted(now, [entry for _round, entry in entries], at)),
    )


def _agency(entries: Iterable[Entry]) -> str:
    found = ""
    for entry in entries:
        if entry.move in SENDS and entry.facts.get("agency"):
            found = str(entry.facts["agency"])
        elif entry.move == "offer_accepted":
            found = str(entry.facts["taker"]).removeprefix("agency:")
    return found


def _counted(now: Sequence[Entry], everything: Sequence[Entry], at: datetime) -> Iterable[str]:
    moves, said = {entry.move for entry in now}, _last(now, "ask", "said")
    promise = kept(RESOLVE, everything)
    was = {
        "taken": True,
        "accepted": "accept" in moves,
        "contacted": "contact" in moves,
        "fed_back": "feed_back" in moves,
        "solved": _last(now, "feed_back", "result") in solving(),
        "asked": bool(said),
        "answered": said in said_as(YES, NO),
        "satisfied": said in said_as(YES),
        "due": promise.due_at is not None and (promise.answered_at is not None or promise.overdue(at)),
        "on_time": promise.due_at is not None and promise.answered_at is not None and not promise.late,
    }
    return [name for name, is_so in was.items() if is_so]


def _last(entries: Iterable[Entry], move: str, fact: str) -> str:
    return next(
        (
            str(each.facts[fact])
            for each in reversed(list(entries))
            if each.move == move and each.facts.get(fact)
        ),
        "",
    )


type Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Group:
    """The requests of one agency, category or area, or all of them. counts: None when they are too few to be shown."""

    by: str
    code: str
    counts: Counts | None


def percent(rate: Rate, counts: Counts) -> float | None:
    """The rate as a percentage with one decimal; None of nothing."""
    return round(100 * counts[rate.share] / counts[rate.of], 1) if counts[rate.of] else None


def counted(outcomes: Iterable[Outcome]) -> dict[tuple[str, str], dict[str, int]]:
    """The counts of all, and by agency, category and area: (which, code) -> counts."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for each in outcomes:
        groups = (("", ""), ("agency", each.agency), ("category", each.category), ("area", each.area))
        for group in groups:
            counts = found.setdefault(group, dict.fromkeys(COUNTS, 0))
            for name in each.counted:
                counts[name] += 1
    return found
