# SPDX-License-Identifier: Apache-2.0
"""A simulated PostgreSQL server: sessions, statements that take time, commits that a crash makes or unmakes."""

from collections.abc import Callable, Generator, Mapping
from typing import Any

from callbox.drills.sim.schedule import Schedule, Signal
from callbox.drills.sim.sql_running import Answer, Plan, plan_of
from callbox.drills.sim.sql_statements import Select, Simple, statement
from callbox.drills.sim.sql_values import At
from callbox.drills.sim.tables import MustWait, Row, Table, Tables, Tx, Values, Violation

COMMIT_S = 0.001
FLUSHED_AFTER_S = 0.6  # wal_writer_delay, three times: what synchronous_commit=off may lose
# What is not simulated, and why it may be left out: an age that only whoever watches reads; digests of rows that
# triggers note, which only verifying reads.
LEFT_OUT: Mapping[str, list[tuple[Any, ...]]] = {
    "SELECT extract(epoch": [(0.0,)],
    "INSERT INTO journal_row": [],
}
Work = Generator[float | Signal, None, Answer]


class Fault(Exception):  # noqa: N818 - an answer, made an error of the driver's by the driver
    """What the client hears instead of an answer. kind: gone, refused, unique, deadlock, failed."""

    def __init__(self, kind: str, text: str = "") -> None:
        super().__init__(f"{kind} {text}")
        self.kind = kind
        self.text = text


class Request:
    """One thing asked of the server. The server goes on with it whether or not anybody still waits."""

    def __init__(self, session: "Session", what: str, work: Work) -> None:
        self.session = session
        self.what = what
        self.work = work
        self.done = Signal()
        self._answer: Answer | Fault = Answer()

    def settle(self, answer: Answer | Fault) -> None:
        """The client hears this, once."""
        if not self.done.happened:
            self._answer = answer
            self.done.happen()

    def result(self) -> Answer:
        """What the client heard. Raises Fault."""
        if isinstance(self._answer, Fault):
            raise self._answer
        return self._answer


class Session:
    """One connection. host: the machine at the other end, which the network may cut off."""

    def __init__(self, name: str, host: str, settings: Mapping[str, str]) -> None:
        self.name = name
        self.host = host
        self.lazy = settings.get("synchronous_commit") == "off"
        self.tx: Tx | None = None
        self.closed = False
        self.busy: Request | None = None
        self.ears: list[Callable[[], object]] = []


class Server:
    """The server. roughness: the share of statements and answers that take a while."""

    def __init__(self, schedule: Schedule, tables: Tables) -> None:
        self.schedule = schedule
        self.tables = tables
        self.up = True
        self.roughness = 0.0
        self.frozen: Signal | None = None
        self.cuts: dict[str, Signal] = {}
        self.sessions: dict[Session, None] = {}
        self.crashes = 0
        self.on_commit: Callable[[list[tuple[Table, Row, Values | None]]], None] = lambda changed: None
        self._plans: dict[str, Plan | Simple] = {}
        self._reads: set[str] = set()  # SELECTs without locks, which neither wait nor change anything
        self._answers: dict[tuple[str, Any], Answer] = {}
        self._seen_at = 0
        self._unflushed: list[tuple[float, list[tuple[Table, Row, Values | None]]]] = []
        self._committing: dict[Tx, Session] = {}

    def connect(self, name: str, host: str, settings: Mapping[str, str] | None = None) -> Request:
        """Ask for a session; it is the request's."""
        session = Session(name, host, settings or {})
        return self._begin(session, "connect", self._connecting(session))

    def ask(self, session: Session, sql: str, params: Any = ()) -> Request:
        """Ask for a statement to be run."""
        return self._begin(session, sql, self._running(session, sql, params))

    def at_once(self, session: Session, sql: str, params: Any = ()) -> Answer | None:
        """The answer, if it takes no time and nothing can come between, else None: then ask. Raises Fault.

        So it is with nearly all that is asked while all is calm, and the way by `ask` would come to the same.
        """
        if self.roughness or self.frozen or self.cuts or session.closed or session not in self.sessions:
            return None
        plan = self._plans.get(sql) or self._plan(sql)
        if isinstance(plan, Simple):
            return self._simple_at_once(session, sql, plan.words)
        tx = session.tx
        answer: Answer | None = None
        if sql in self._reads and (tx is None or not tx.undo):
            answer = self._remembered(session, sql, plan, params)
        elif tx is not None:  # else its commit takes time
            answer = self._tried(tx, plan, params)
        if answer is not None:
            self.schedule.note(f"{session.name} {sql[:10]}")
        return answer

    def _simple_at_once(self, session: Session, sql: str, words: tuple[str, ...]) -> Answer | None:
        if words[0].upper() == "COMMIT" and session.tx is not None and session.tx.xid is not None:
            return None
        self.schedule.note(f"{session.name} {sql[:10]}")
        for wait in self._simple(session, words):
            raise AssertionError(f"{sql} waits {wait}")
        return Answer()

    def _remembered(self, session: Session, sql: str, plan: Plan, params: Any) -> Answer:
        """What a read without locks answers: where nothing was written since the last such, the same."""
        tx = session.tx or Tx(session.name, 0)
        if tx.failed:
            raise Fault("failed")
        if self._seen_at != self.tables.changes:
            self._answers.clear()
            self._seen_at = self.tables.changes
        try:
            answer = self._answers.get((sql, params))
        except TypeError:  # a list among the parameters
            return plan(At(self.tables, tx, params))
        if answer is None:
            answer = self._answers[sql, params] = plan(At(self.tables, tx, params))
        return answer

    def _tried(self, tx: Tx, plan: Plan, params: Any) -> Answer | None:
        """Run in a transaction; None when somebody has to be waited for, or it is refused, and nothing was done."""
        if tx.failed:
            raise Fault("failed")
        mark = len(tx.undo)
        try:
            return plan(At(self.tables, tx, params))
        except (MustWait, Violation):
            self.tables.roll_back(tx, mark)
            return None

    def close(self, session: Session) -> None:
        """The client is gone. What the server is doing for it, it finishes first."""
        session.closed = True
        session.ears.clear()
        if session.busy is None:
            self._leave(session)

    def crash(self) -> None:
        """All at once, nobody remembers anything but what is on the disk."""
        self.crashes += 1
        self.up = False
        lost = [changed for at, changed in self._unflushed if self.schedule.now - at < FLUSHED_AFTER_S]
        for changed in reversed(lost):
            self.tables.unmake(changed)
        self._unflushed.clear()
        for tx in tuple(self.tables.active):
            self._finish(tx, commit=tx in self._committing and self.schedule.chance(0.5))
        self._committing.clear()
        for session in tuple(self.sessions):
            self._lose(session)
        self.sessions.clear()

    def restart(self) -> None:
        """It takes connections again."""
        self.up = True

    def freeze(self) -> None:
        """Nothing moves, and nobody is told."""
        self.frozen = self.frozen or Signal()

    def thaw(self) -> None:
        """It goes on where it was."""
        frozen, self.frozen = self.frozen, None
        if frozen is not None:
            frozen.happen()

    def cut(self, host: str) -> None:
        """Nothing passes between that machine and the server any more."""
        self.cuts.setdefault(host, Signal())

    def join(self, host: str) -> None:
        """The network is whole again; what was under way arrives."""
        cut = self.cuts.pop(host, None)
        if cut is not None:
            cut.happen()

    def break_links(self, host: str) -> None:
        """Every connection of that machine ends with an error; the server may or may not have been done."""
        for session in tuple(self.sessions):
            if session.host == host:
                self._lose(session)
                self.close(session)

    def _lose(self, session: Session) -> None:
        session.closed = True
        if session.busy is not None:
            session.busy.settle(Fault("gone"))

    def _begin(self, session: Session, what: str, work: Work) -> Request:
        request = Request(session, what, work)
        session.busy = request
        cut = self.cuts.get(session.host)
        if cut is not None:
            cut.then(lambda: self._advance(request))
        else:
            self._advance(request)
        return request

    def _advance(self, request: Request) -> None:
        if self.frozen is not None:
            self.frozen.then(lambda: self.schedule.after(0.0, lambda: self._advance(request)))
            return
        if request.session.closed and request.session not in self.sessions and request.what != "connect":
            request.settle(Fault("gone"))
            return
        try:
            wait = next(request.work)
        except StopIteration as end:
            self._answer(request, end.value)
        except Fault as fault:
            self._answer(request, fault)
        else:
            if isinstance(wait, Signal):
                wait.then(lambda: self.schedule.after(0.0, lambda: self._advance(request)))
            else:
                self.schedule.after(wait, lambda: self._advance(request))

    def _answer(self, request: Request, answer: Answer | Fault) -> None:
        session = request.session
        session.busy = None
        if session.closed:
            self._leave(session)
        cut = self.cuts.get(session.host)
        if cut is not None:
            cut.then(lambda: request.settle(answer))
        elif self.roughness and self.schedule.chance(self.roughness):
            self.schedule.after(self._a_while(), lambda: request.settle(answer))
        else:
            request.settle(answer)

    def _a_while(self) -> float:
        """Mostly milliseconds, now and then a tenth of a second."""
        dice = self.schedule.dice
        return dice.expovariate(1 / 0.1) if dice.random() < 0.1 else dice.expovariate(1 / 0.003)

    def _rough(self) -> bool:
        return bool(self.roughness) and self.schedule.chance(self.roughness)

    def _connecting(self, session: Session) -> Work:
        if self._rough():
            yield self._a_while()
        if not self.up:
            raise Fault("refused")
        self.sessions[session] = None
        return Answer()

    def _running(self, session: Session, sql: str, params: Any) -> Work:
        if self._rough():
            yield self._a_while()
        if session not in self.sessions:
            raise Fault("gone")
        plan = self._plan(sql)
        self.schedule.note(f"{session.name} {sql[:10]}")
        if isinstance(plan, Simple):
            return (yield from self._simple(session, plan.words))
        single = session.tx is None
        tx = session.tx or self.tables.begin(session.name)
        if tx.failed:
            raise Fault("failed")
        mark = len(tx.undo)
        try:
            answer = yield from self._trying(tx, plan, params, mark)
        except Fault:
            if single:
                self._finish(tx, commit=False)
            else:
                tx.failed = True
            raise
        if single:
            yield from self._commit(session, tx)
        return answer

    def _trying(self, tx: Tx, plan: Plan, params: Any, mark: int) -> Work:
        while True:
            try:
                return plan(At(self.tables, tx, params))
            except MustWait as wait:
                self.tables.roll_back(tx, mark)
                tx.waits_for = wait.tx
                if _in_a_circle(tx):
                    raise Fault("deadlock") from None
                yield wait.tx.ended
                tx.waits_for = None
            except Violation as violation:
                self.tables.roll_back(tx, mark)
                raise Fault("unique", str(violation)) from None

    def _plan(self, sql: str) -> Plan | Simple:
        plan = self._plans.get(sql)
        if plan is None:
            rows = next((rows for text, rows in LEFT_OUT.items() if sql.startswith(text)), None)
            if rows is not None:
                answer = Answer(["age"], rows, len(rows))
                plan = lambda at: answer  # noqa: E731
            else:
                read = statement(sql)
                plan = read if isinstance(read, Simple) else plan_of(read, self.tables)
                if isinstance(read, Select) and not read.lock:
                    self._reads.add(sql)
            self._plans[sql] = plan
        return plan

    def _simple(self, session: Session, words: tuple[str, ...]) -> Work:
        first, tx = words[0].upper(), session.tx
        if first == "BEGIN":
            session.tx = tx or self.tables.begin(session.name)
        elif first == "NOTIFY":
            self._notify()
        elif tx is not None and first == "COMMIT":
            session.tx = None
            if tx.failed:
                self._finish(tx, commit=False)
            else:
                yield from self._commit(session, tx)
        elif tx is not None and first == "SAVEPOINT":
            tx.savepoints[words[1]] = len(tx.undo)
        elif tx is not None and first == "ROLLBACK" and len(words) > 1:
            self.tables.roll_back(tx, tx.savepoints[words[-1]])
            tx.failed = False
        elif tx is not None and first == "ROLLBACK":
            session.tx = None
            self._finish(tx, commit=False)
        return Answer()

    def _commit(self, session: Session, tx: Tx) -> Generator[float | Signal]:
        if tx.xid is not None:
            self._committing[tx] = session
            if not session.lazy:
                yield COMMIT_S + (self._a_while() if self._rough() else 0.0)
            self._committing.pop(tx, None)
        changed = self._finish(tx, commit=True)
        if session.lazy:
            self._unflushed.append((self.schedule.now, changed))
        elif tx.xid is not None:
            self._unflushed.clear()

    def _finish(self, tx: Tx, *, commit: bool) -> list[tuple[Table, Row, Values | None]]:
        changed = self.tables.end(tx, commit=commit)
        if changed:
            self.on_commit(changed)
        tx.ended.happen()
        return changed

    def _leave(self, session: Session) -> None:
        self.sessions.pop(session, None)
        tx, session.tx = session.tx, None
        if tx is not None and tx in self.tables.active:
            self._finish(tx, commit=False)

    def _notify(self) -> None:
        for session in self.sessions:
            if session.ears and session.host not in self.cuts:
                for ear in session.ears:
                    self.schedule.after(0.0, ear)


def _in_a_circle(tx: Tx) -> bool:
    other, steps = tx.waits_for, 0
    while other is not None and steps < 50:
        if other is tx:
            return True
        other, steps = other.waits_for, steps + 1
    return False
