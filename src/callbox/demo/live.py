# SPDX-License-Identifier: Apache-2.0
"""The play beside real people: residents call at the door over HTTP, and the clock is the wall's."""

import http.client
import logging
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from callbox.demo.civic import Civic
from callbox.demo.crews import Crews
from callbox.demo.dispatchers import Dispatcher
from callbox.demo.domain import Sending, Town, sendings
from callbox.demo.everybody import act
from callbox.demo.play import Play
from callbox.demo.queries import staff
from callbox.demo.roads import spots
from callbox.demo.sending import bytes_of, headers_of
from callbox.door.domain import contact_from
from callbox.door.queries import identity_of
from callbox.geo.queries import City

log = logging.getLogger(__name__)

TICK_S = 0.4
EVERY_S = 1.4
DOOR_PATIENCE_S = 3.0
RUSH_S = 480.0  # city seconds


class Residents:
    """Residents who call as the seed says, from a moment on."""

    def __init__(self, play: Play, told: Iterator[Sending], door_port: int, begun: datetime) -> None:
        self._play = play
        self._told = told
        self._port = door_port
        self._begun = begun
        self._run = f"{play.seed}/{begun.isoformat()}"
        self._next = next(told, None)

    def call(self, at: datetime) -> None:
        """Send what is due; what the door does not take is tried again in the next round."""
        while self._next is not None and self._moment(self._next) <= at:
            if not self._send(self._next, at):
                return
            self._next = next(self._told, None)

    def _moment(self, sending: Sending) -> datetime:
        return self._begun + timedelta(seconds=sending.after_s / self._play.speed)

    def _send(self, sending: Sending, at: datetime) -> bool:
        headers, body = headers_of(self._run, sending), bytes_of(sending)
        self._play.known[self._contact_id(sending, at)] = sending
        link = http.client.HTTPConnection("127.0.0.1", self._port, timeout=DOOR_PATIENCE_S)
        try:
            link.request("POST", f"/door/contacts/{sending.channel}", body, dict(headers))
            return link.getresponse().status == 201
        except (OSError, http.client.HTTPException) as error:
            log.warning("The door does not answer (%s); the resident calls again.", type(error).__name__)
            return False
        finally:
            link.close()

    def _contact_id(self, sending: Sending, at: datetime) -> UUID:
        headers = headers_of(self._run, sending)
        return identity_of(contact_from(sending.channel, headers, bytes_of(sending), received_at=at))


def live(city: City, town: Town, seed: int, speed: float, door_port: int, stop: threading.Event) -> None:
    """Play until `stop`. Errors end it: whoever started this process starts it again, and it goes on."""
    begun = timezone.now()
    play = Play(city, staff(begun), f"live/{seed}", speed, patience=True, every_s=EVERY_S)
    told = sendings(play.seed, town, town.live, spots(city), rush_s=RUSH_S)
    residents = Residents(play, told, door_port, begun)
    dispatcher, crews, civic = Dispatcher(play), Crews(play, begun), Civic(play, town, begun)
    while not stop.is_set():
        at = timezone.now()
        residents.call(at)
        act(play, dispatcher, crews, at)
        civic.work(at)
        stop.wait(TICK_S)
