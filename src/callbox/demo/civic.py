# SPDX-License-Identifier: Apache-2.0
"""The line that is not for emergencies: residents complain, an agency deals with it, a call-taker asks at the end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from random import Random

from callbox.demo.dice import dice
from callbox.demo.domain import MADE_UP, Town
from callbox.demo.play import Play
from callbox.demo.queries import agency_desk
from callbox.demo.roads import spots
from callbox.incidents.actions import Where
from callbox.kernel.actor import Actor
from callbox.kernel.tables import Row, read_table
from callbox.requests.actions import accept_request, feed_back
from callbox.requests.asking import note_said
from callbox.requests.domain import ACCEPTED, ANSWERED, ASSIGNED
from callbox.requests.models import Request
from callbox.requests.queries import Wanted, inbox
from callbox.requests.taking import Report, open_request

FIRST = 3  # complaints come at once, so that no desk begins empty
EVERY_S = 900.0  # city seconds between two complaints, half to one and a half times as much
PATIENCE_S = (60.0, 120.0)  # what is new is left to people for so long
OPEN_MOST = 40  # nobody complains any more while so many are open
UNSATISFIED = 0.1


@dataclass(frozen=True, slots=True)
class Complaint:
    """What somebody complains about, to which category it belongs, and how it may end."""

    weight: int
    category: str
    answers: Mapping[str, str]
    ends: tuple[str, ...]
    words: Mapping[str, str]


@cache
def complaints() -> tuple[Complaint, ...]:
    """All complaints; raises TableError."""
    return tuple(_complaint(row) for row in read_table("callbox.demo", "complaints.tsv"))


def _complaint(row: Row) -> Complaint:
    return Complaint(
        weight=row.whole("weight", 1, 100),
        category=row.need("category"),
        answers=dict(pair.split("=") for pair in row.several("answers")),
        ends=row.several("ends"),
        words={language: row.need(language) for language in MADE_UP},
    )


class Civic:
    """Residents who complain, the agency that deals with it, and the call-taker who asks them at the end."""

    def __init__(self, play: Play, town: Town, begun: datetime) -> None:
        self._play, self._languages = play, town.languages
        self._draw = spots(play.city)
        self._seed, self._told = f"{play.seed}/{begun.isoformat()}", 0
        self._taker, self._agency = play.staff.takers[0], agency_desk(begun)

    def work(self, at: datetime) -> None:
        """What they do now."""
        going = inbox(self._taker, Wanted(), limit=OPEN_MOST)
        self._complain(len(going), at)
        for request in going:
            self._look_at(request, at)

    def _complain(self, going: int, at: datetime) -> None:
        play, random = self._play, dice(self._seed, "complaint", self._told)
        key = f"complaint/{self._told}"
        wait_s = EVERY_S * random.uniform(0.5, 1.5) if self._told >= FIRST or going >= FIRST else 0.0
        if play.is_due(key, at, wait_s) and going < OPEN_MOST:
            report = self._report(random)
            play.do(key, at, lambda: open_request(report, by=self._taker, at=at))
            self._told += 1

    def _report(self, random: Random) -> Report:
        some = complaints()
        [one] = random.choices(some, [each.weight for each in some])
        language, spot = random.choice(self._languages), self._draw(random)
        words = f"{MADE_UP[language]} {one.words[language]}"
        where = Where(spot.lon, spot.lat, spot.street)
        return Report(one.category, where, words, one.answers)

    def _look_at(self, request: Request, at: datetime) -> None:
        """The next step of one of them, when its moment has come."""
        state, agency, taker = request.matter.state, self._agency, self._taker
        key = f"{request.pk}/{state}/{request.matter.round}"
        if state == ASSIGNED and self._is_due(key, "sign_for", at):
            self._play.do(key, at, lambda: accept_request(request.pk, by=agency, at=at))
        elif state == ACCEPTED and self._is_due(key, "solve", at):
            result = dice(key).choice(_ends(request))
            self._play.do(key, at, lambda: feed_back(request.pk, result, by=agency, at=at))
        elif state == ANSWERED and self._is_due(key, "call_back", at):
            self._play.do(key, at, lambda: self._ask(request, taker, at))

    def _is_due(self, key: str, what: str, at: datetime) -> bool:
        return self._play.is_due(key, at, self._play.time(key, what), PATIENCE_S)

    def _ask(self, request: Request, by: Actor, at: datetime) -> None:
        """Ask the resident; who is satisfied ends it, who is not has it opened again."""
        complains = request.matter.round == 1 and dice(request.pk, "said").random() < UNSATISFIED
        said = "unsatisfied" if complains else "satisfied"
        note_said(request.pk, said, by=by, at=at)


def _ends(request: Request) -> tuple[str, ...]:
    """How it may end: as its complaint says, or explained where a person has reported it."""
    return next((each.ends for each in complaints() if each.category == request.category), ("explained",))
