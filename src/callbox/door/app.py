# SPDX-License-Identifier: Apache-2.0
"""The door as an ASGI application: a few paths of its own, everything else is web's."""

import asyncio
import ipaddress
import logging
import secrets
from collections.abc import Coroutine, MutableMapping
from typing import Any

from callbox.door.accept import DATABASE_DEADLINE_S, Acceptor
from callbox.door.condition import Condition
from callbox.door.contacts import take_contact
from callbox.door.domain import lane_of
from callbox.door.drain import Drain
from callbox.door.health import health
from callbox.door.http import Receive, Scope, Send, answer_json, headers_of, problem, read_away, too_many
from callbox.door.hub import Hub
from callbox.door.keys import keep_making, make_first
from callbox.door.limits import Limits
from callbox.door.meter import Meter
from callbox.door.notify import Notifier
from callbox.door.options import Options
from callbox.door.positions import Positions
from callbox.door.proxy import Proxy
from callbox.door.screens import Screens
from callbox.door.sealing import Sealer
from callbox.door.spool import Spool
from callbox.door.store import Store
from callbox.door.stream import Streams
from callbox.door.watch import Watch
from callbox.host.config import HTTPS_ONLY
from callbox.host.logs import request_id
from callbox.host.vault import vault_at

log = logging.getLogger(__name__)

CONTACTS = "/door/contacts/"
HSTS = (b"strict-transport-security", HTTPS_ONLY.encode())


class Door:
    """All parts of one door, and the way of a request to them."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.screens = Screens()
        self.limits = Limits(behind_proxy=options.behind_proxy, gateways=options.gateways)
        self.meter = Meter()
        self._tasks: list[asyncio.Task[None]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the life of the process."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            request_id.set(secrets.token_hex(8))
            await self._route(scope, receive, self._on_its_way(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close"})

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, method = scope["path"], scope["method"]
        if method == "POST" and path.startswith(CONTACTS):  # under whatever name
            channel = path.removeprefix(CONTACTS)
            if wait := self.limits.wait_for_contact(scope, lane_of(channel)):
                await read_away(receive)
                await too_many(send, scope, wait, self.options.emergency_number, "not_kept")
                return
            await take_contact(scope, receive, send, channel, self.acceptor, self.options, self.meter)
        elif not self._is_ours(headers_of(scope).get("host", "")):
            await problem(send, scope, 421, "wrong_host")
        elif method == "GET" and path in self._own:
            await self._own[path](scope, receive, send)
        elif path.startswith("/door/"):
            await problem(send, scope, 404, "not_found")
        elif wait := self.limits.wait_for_page(scope):
            await read_away(receive)
            await too_many(send, scope, wait, self.options.emergency_number, "too_many")
        else:
            await self.proxy.serve(scope, receive, send)

    def _on_its_way(self, send: Send) -> Send:
        """Each answer is counted, and says with all others that there is only https, where that is so."""

        async def sending(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                self.meter.answered(message["status"])
                if self.options.https and HSTS[0] not in {name.lower() for name, _ in message["headers"]}:
                    message["headers"] = [*message["headers"], HSTS]
            await send(message)

        return sending

    def _is_ours(self, host: str) -> bool:
        """Known names and bare numbers only: a stranger's name that leads here could read as our pages do."""
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        name = name.strip("[]").lower()
        if name in self.options.hosts:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    async def _health(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await answer_json(send, 200, health(self.store, self.spool, self.hub))

    async def open(self) -> None:
        """Start all parts. Keys and spool first: without them nothing is promised."""
        options = self.options
        sealer = Sealer(vault_at(options.keys))
        await asyncio.to_thread(make_first, sealer)
        self.spool = await asyncio.to_thread(Spool, options.spool, options.spool_size)
        self.store = Store(options.database_url, deadline_s=DATABASE_DEADLINE_S)
        self.hub = Hub(options.database_url, self.screens)
        self.watch = Watch(options.database_url, self.screens)
        self.notifier = Notifier(options.database_url)
        self.acceptor = Acceptor(self.store, self.spool, self._on_new, sealer.seal)
        self.streams = Streams(options.database_url, options.secret, self.hub, self.watch)
        self.proxy = Proxy(options)
        self.condition = Condition(options, self.store, self.spool, self.hub, self.watch, self.meter)
        parts = (self.hub, self.watch, self.notifier, Drain(self.spool, self.store, sealer))
        self._keep(self.hub.beat())
        self._keep(keep_making(sealer))
        self._keep(Positions(options.database_url, self.screens).run())
        self._own = {
            "/door/stream": self.streams.serve,
            "/door/health": self._health,
            "/health": self.condition.health,
            "/door/state": self.condition.state,
            "/door/metrics": self.condition.metrics,
        }
        self._keep(self.condition.gauges.run())
        for part in parts:
            self._keep(part.run())

    async def close(self) -> None:
        """End all parts; what was promised is durable already."""
        self.screens.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.streams.close()
        await self.store.close()
        await self.proxy.close()
        await asyncio.to_thread(self.spool.close)

    def _on_new(self) -> None:
        self.hub.wake()
        self.notifier.wake()

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        task.add_done_callback(_say_why)
        self._tasks.append(task)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await self.open()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.close()
        await send({"type": "lifespan.shutdown.complete"})


def _say_why(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.critical("A part of the door ended.", exc_info=error)
