# SPDX-License-Identifier: Apache-2.0
"""The agency task's states and moves, the response levels, and what an agency may be asked to do. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from callbox.kernel.tables import Row, Words, read_table
from callbox.kernel.workflow import Workflow, step
from callbox.matters.domain import register

KIND = "task"
ROOM = "callbox.coordination"
ALERTED, ACCEPTED, ON_SITE, FED_BACK = "alerted", "accepted", "on_site", "fed_back"
UNABLE, CLOSED, WITHDRAWN = "unable", "closed", "withdrawn"
AT_WORK = f"{ACCEPTED} {ON_SITE}"
TAKING_PART = f"{ALERTED} {ACCEPTED} {ON_SITE} {FED_BACK}"
OPEN = f"{TAKING_PART} {UNABLE}"
ENDED = (CLOSED, WITHDRAWN)
LEFT = (UNABLE, WITHDRAWN)
ACCEPT, ARRIVE, FEED_BACK = "accept", "arrive", "feed_back"
LADDERS = {ACCEPT: "task_alert", ARRIVE: "task", FEED_BACK: "task"}
LEVELS = {1: "I", 2: "II", 3: "III", 4: "IV"}
LOWEST = 4
LONGEST = 7 * 24 * 60  # minutes

WORKFLOW = register(
    Workflow(
        KIND,
        version=1,
        start=ALERTED,
        final=frozenset(ENDED),
        moves=(
            step("accept", ALERTED, ACCEPTED, stops=ACCEPT, starts=f"{ARRIVE} {FEED_BACK}"),
            # Not final: a mandatory task that its agency cannot do holds the incident until somebody decides.
            step("cannot", f"{ALERTED} {AT_WORK}", UNABLE, needs="reason", closes=True),
            step("pass_on", f"{ALERTED} {UNABLE}", ALERTED, needs="agency reason", starts=ACCEPT),
            step("arrive", ACCEPTED, ON_SITE, stops=ARRIVE),
            step("feed_back", AT_WORK, FED_BACK, needs="result", stops=f"{ARRIVE} {FEED_BACK}"),
            step("close", FED_BACK, CLOSED, closes=True),
            step("relevel", OPEN, needs="level"),
            step("withdraw", OPEN, WITHDRAWN, needs="reason", closes=True),
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Within:
    """In how many minutes an agency is to accept, to be on site and to feed back; 0: nothing is promised."""

    accept: int
    arrive: int
    feed_back: int

    def but(self, other: "Within") -> "Within":
        """These, where they say something, else the other's."""
        return Within(
            self.accept or other.accept, self.arrive or other.arrive, self.feed_back or other.feed_back
        )


NO_TIMES = Within(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Work:
    """What an agency may be asked to do, and its usual times."""

    code: str
    name: Words
    within: Within


def within_of(row: Row) -> Within:
    """The three columns of minutes, each of which may be empty; raises TableError."""
    minutes = [row.whole(name, 1, LONGEST) if row[name] else 0 for name in (ACCEPT, ARRIVE, FEED_BACK)]
    return Within(*minutes)


@cache
def load_works() -> Mapping[str, Work]:
    """What agencies are asked to do, by code, in the order of the file; raises TableError."""
    return {
        row.need("code"): Work(row["code"], row.words(), within_of(row))
        for row in read_table(ROOM, "works.tsv")
    }


@cache
def load_results() -> Mapping[str, Words]:
    """What may come of a task, by code; raises TableError."""
    return {row.need("code"): row.words() for row in read_table(ROOM, "results.tsv")}


@cache
def load_reasons(move: str) -> Mapping[str, Words]:
    """Why an agency cannot, or why a task is withdrawn, passed on or waived; by code. Raises TableError."""
    rows = read_table(ROOM, "reasons.tsv")
    return {row.need("code"): row.words() for row in rows if move in row.several("moves")}
