# SPDX-License-Identifier: Apache-2.0
"""Following the live log: what came and what is due is judged again, and kept. Part of the room's actions.

The truth is in PostgreSQL: how far the log was read, what was said last of each object, and when to look again. What a
process remembers of histories only saves reading them again; when it is behind, or another process was first, the
history is read anew.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from callbox.journal.actions import move_position
from callbox.journal.queries import position_of
from callbox.kernel.errors import Conflict
from callbox.oversight.domain import verdicts as v
from callbox.oversight.domain.events import Event, History
from callbox.oversight.domain.judging import judge
from callbox.oversight.domain.rules import Rule
from callbox.oversight.domain.verdicts import Outcome, Verdict
from callbox.oversight.following import ledger
from callbox.oversight.following.follower import Follower, Looked
from callbox.oversight.following.ledger import NEW, Row
from callbox.oversight.following.state import holds_any, rule_mark, unpack
from callbox.oversight.queries import Taken, events_after, histories_of

NAME, PORTION = "oversight.following", 500
STANDSTILL = timedelta(minutes=1)
REMEMBERED = 500_000  # events
NO_ACTIVATION = "it begins no activation any more"
UNREAD = Row(b"", NEW)


@dataclass(frozen=True, slots=True)
class Told:
    """What one step found. read: events and timers. verdicts: each with its rule, those that are wanted, or were."""

    read: int
    verdicts: Sequence[tuple[Rule, Verdict]]


class Watch:
    """What one process remembers: a follower for each kind of object, and how often each object was written."""

    def __init__(self, rules: Mapping[str, Rule], library: str) -> None:
        self.rules, self.library = rules, library
        self._marks = {rule_mark(code): code for code in rules}
        self._renewed = False
        self.forget()

    def forget(self) -> None:
        """Begin anew from what PostgreSQL says: after a failure, or when it remembers too much."""
        kinds = sorted({rule.over for rule in self.rules.values()})
        self.followers = {kind: Follower(kind, self.rules.values(), STANDSTILL) for kind in kinds}
        self._revs: dict[str, dict[str, int]] = {kind: {} for kind in kinds}

    def look(self, kind: str, events: Sequence[Event], at: datetime, also: Iterable[str] = ()) -> Looked:
        """Take events in, look at what they or the time may have changed, and keep what is said now.

        In a transaction of the caller; raises Conflict where another process was first.
        """
        looked = self.followers[kind].look(events, at, also)
        self._keep(kind, looked)
        return looked

    def _keep(self, kind: str, looked: Looked) -> None:
        follower, revs = self.followers[kind], self._revs[kind]
        keys = self._keys(kind, looked)
        if keys:
            known = [revs.get(key, NEW) for key in keys]
            next_at = follower.wakes.next.all[looked.which]
            ledger.keep(kind, keys, follower.states(looked.which), next_at, known, self.library)
            revs.update((key, rev + 1) for key, rev in zip(keys, known, strict=True))

    def _keys(self, kind: str, looked: Looked) -> list[str]:
        return [self.followers[kind].log.keys[number] for number in looked.which.tolist()]

    def step(self, at: datetime, limit: int = PORTION) -> Told:
        """Read what came into the live log since, and what is due, at most so many of each.

        In a transaction of the caller, together with whatever it makes of the verdicts. Raises Conflict.
        """
        if not self._renewed:
            ledger.renew(list(self.followers), self.library, at)
        if sum(len(each.log) for each in self.followers.values()) > REMEMBERED:
            self.forget()
        before = position_of(NAME)
        taken, due = events_after(before, limit), ledger.due(at, limit)
        if taken and not move_position(NAME, before, taken[-1].position):
            raise Conflict
        found = [each for kind in self.followers for each in self._of_kind(kind, taken, due, at)]
        self._renewed = True
        return Told(max(len(taken), len(due)), found)

    def _of_kind(
        self, kind: str, taken: Sequence[Taken], due: Sequence[tuple[str, str]], at: datetime
    ) -> Iterator[tuple[Rule, Verdict]]:
        came = [each.event for each in taken if any(of == kind for of, _key in each.event.objects)]
        keys = {key for event in came for of, key in event.objects if of == kind}
        keys |= {key for of, key in due if of == kind}
        if not keys:
            return
        rows = ledger.rows_of(kind, keys)
        behind = self._behind(kind, keys, rows)
        read = histories_of(kind, sorted(behind))
        # As events of this object alone: of others that they concern too, not the whole history was read.
        came += [
            replace(event, objects=((kind, key),), qualifiers=())
            for key, of in read.items()
            for event in of.events
        ]
        looked = self.followers[kind].look(came, at, keys)
        concerned = self._keys(kind, looked)
        rows |= ledger.rows_of(kind, set(concerned) - rows.keys())
        self._keep(kind, looked)
        for key, now in self.followers[kind].said_of(looked.which).items():
            row = rows.get(key, UNREAD)
            if holds_any(row.state, v.NEWS) or not v.NEWS.isdisjoint(now.values()):
                yield from self._wanted(kind, key, row, now, at)

    def _behind(self, kind: str, keys: Iterable[str], rows: Mapping[str, Row]) -> set[str]:
        """Of which objects the whole history must be read: they were written by another process, or before this one."""
        revs = self._revs[kind]
        if any(revs.get(key, NEW) != NEW and key not in rows for key in keys):
            raise Conflict  # erased meanwhile: what is remembered of it must go, and with it all
        behind = {key for key in keys if revs.get(key, NEW) != rows.get(key, UNREAD).rev}
        revs.update((key, rows[key].rev) for key in behind)
        return behind

    def _wanted(
        self, kind: str, key: str, row: Row, now: Mapping[tuple[str, str], str], at: datetime
    ) -> Iterator[tuple[Rule, Verdict]]:
        history = self.followers[kind].history(key, at)
        was = unpack(row.state, self._marks, (event.id for event in history.events))
        wanted = {each for said in (now, was) for each, verdict in said.items() if verdict in v.NEWS}
        for code in sorted({code for code, _event in wanted}):
            rule, activations = self.rules[code], {event for of, event in wanted if of == code}
            judged = {each.activation: each for each in judge(rule, history, at)}
            for activation in sorted(activations):
                yield rule, judged.get(activation) or _gone(rule, history, activation)


def _gone(rule: Rule, history: History, activation: str) -> Verdict:
    """What was said of an event that begins nothing any more, by later evidence: nothing is broken."""
    (event,) = (each for each in history.events if each.id == activation)
    day = rule.calendar.day_of(event.happened) if event.happened else None
    version = (rule.version_on(day) if day else None) or rule.versions[-1]
    outcome = Outcome(v.FINE, why=NO_ACTIVATION)
    return Verdict(
        rule.code, version.begins, history.key, activation, outcome, version.source, version.certainty
    )


def is_idle() -> bool:
    """Whether there is nothing to follow: no event was ever taken in."""
    return not events_after((0, 0), 1)
