# SPDX-License-Identifier: Apache-2.0
"""/health, /door/state and /door/metrics: how the installation is, for programs and for those who watch over it."""

import hashlib

from callbox.door import states
from callbox.door.gauges import Gauges
from callbox.door.http import Receive, Scope, Send, answer, answer_json, headers_of, problem
from callbox.door.hub import Hub
from callbox.door.meter import Meter
from callbox.door.options import Options
from callbox.door.readings import add_readings, may_read
from callbox.door.spool import Spool
from callbox.door.store import Store
from callbox.door.tickets import TicketRefused, verify
from callbox.door.watch import Watch
from callbox.host.clock import CLOCK

METRICS = b"text/plain; version=0.0.4; charset=utf-8"
BEARER = "Callbox "


def state_secret(secret: bytes) -> bytes:
    """What signs passes for the state: such a pass opens no stream."""
    return hashlib.sha256(b"callbox state pass 1" + secret).digest()


class Condition:
    """Puts together what all parts of the door know."""

    def __init__(
        self, options: Options, store: Store, spool: Spool, hub: Hub, watch: Watch, meter: Meter
    ) -> None:
        self.gauges = Gauges(options)
        self._options, self._store, self._spool, self._hub, self._watch = options, store, spool, hub, watch
        self._meter = meter
        add_readings(meter, self.gauges, store, spool, hub)

    def seen(self) -> states.Seen:
        """Everything known at this moment."""
        gauges, facts = self.gauges, self.gauges.database
        return states.Seen(
            database_down=self._store.down,
            database_age_s=gauges.database_age_s,
            answer_s=facts.answer_s if facts else None,
            worker_age_s=facts.worker_age_s if facts else None,
            behind=facts.behind if facts else {},
            clock_s=facts.clock_s if facts else 0.0,
            web_answers=gauges.web_answers,
            web_clock_s=gauges.web_clock_s,
            spool_waiting=self._spool.waiting,
            spool_fill=self._spool.fill,
            spool_broken=self._spool.broken,
            spool_aside=self._spool.aside,
            stream_age_s=self._hub.age_s,
            screens=len(self._hub.screens),
            unread_s=self._hub.oldest_unread_s,
            free=gauges.free.get("home"),
            size=gauges.size.get("home", 0),
            standbys=facts.standbys if facts else 0,
            lag_s=facts.lag_s if facts else None,
            backup_age_s=gauges.backup_age_s(),
            backup_has_database=gauges.backup is not None and gauges.backup.with_database,
            city=self._options.city,
            city_version=gauges.city,
            keys=gauges.keys,
        )

    async def health(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Live: this process answers. Ready (200, else 503): a contact sent now would be kept."""
        found = {state.part: state.case for state in states.states(self.seen())}
        ready = found["accepting"] != "refused"
        said = {
            "live": True,
            "ready": ready,
            **{part: found[part] for part in ("accepting", "database", "web", "worker")},
        }
        await answer_json(send, 200 if ready else 503, said)

    async def state(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Every part in words, for whoever holds a pass; also while the database is gone."""
        if not await self._may_see(scope):
            await problem(send, scope, 403, "no_pass")
            return
        language = "zh" if headers_of(scope).get("accept-language", "").lower().startswith("zh") else "en"
        parts = [states.told(state, language) for state in states.states(self.seen())]
        await answer_json(send, 200, {"at": CLOCK.now().isoformat(), "parts": parts})

    async def metrics(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Prometheus' text, for this machine or whoever has the token."""
        if may_read(scope, self._options):
            await answer(send, 200, self._meter.text(), METRICS)
        else:
            await problem(send, scope, 403, "no_metrics")

    async def _may_see(self, scope: Scope) -> bool:
        """The pass is ours; and while it can be asked, its sign-in is still in force."""
        said = headers_of(scope).get("authorization", "").removeprefix(BEARER)
        try:
            ticket = verify(said, state_secret(self._options.secret), CLOCK.now().timestamp())
        except TicketRefused:
            return False
        return not await self._watch.has_ended(ticket)
