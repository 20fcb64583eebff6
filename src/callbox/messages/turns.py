# SPDX-License-Identifier: Apache-2.0
"""A gateway's turn, again and again: what its loop in the worker does. Part of the room's actions."""

from dataclasses import dataclass
from datetime import datetime

from callbox.access.domain import system_actor
from callbox.messages.gateways import configured, settings_of
from callbox.messages.sending import end_cut_off, give_up_unserved, hand_on, send_next
from callbox.messages.telling import tell_steps
from callbox.messages.ways import WAYS, Gateway, gateways_for, gateways_on

ACTOR = system_actor("messages")
PATIENCE = 3  # failures in a row after which the next gateway gets what waits


@dataclass
class Turn:
    """One gateway's. failures: tries in a row in which it did not do its part."""

    gateway: Gateway
    failures: int = 0

    def step(self, at: datetime) -> int:
        """Try one message; 1 when the next may follow at once."""
        if self.failures >= PATIENCE:
            self._hand_on(at)
        settings = settings_of(self.gateway)
        tried = send_next(self.gateway, settings, by=ACTOR, at=at) if settings else None
        if tried is None:
            return 0
        self.failures = 0 if tried.well else self.failures + 1
        return int(tried.well)

    def _hand_on(self, at: datetime) -> None:
        """To those of a higher rank alone: two that are both away would hand on in a circle."""
        for way in self.gateway.ways:
            ring = configured(gateways_for(way, at.date()))
            after = [each for each in ring if each.rank > self.gateway.rank]
            if after:
                hand_on(self.gateway.name, [way], after[0].name, keep=1, by=ACTOR, at=at)


def served(at: datetime) -> list[Gateway]:
    """The gateways that have a place. Raises ConfigError."""
    return configured(gateways_on(at.date()))


def look_after(at: datetime) -> int:
    """What is no gateway's: steps of ladders are told, cut-off tries end, what nobody serves goes on or ends."""
    done = tell_steps(by=ACTOR, at=at) + end_cut_off(by=ACTOR, at=at)
    names = {gateway.name for gateway in served(at)}
    for way in WAYS:
        ring = gateways_for(way, at.date())
        there = [gateway for gateway in ring if gateway.name in names]
        for gateway in ring:
            if there and gateway.name not in names:
                done += hand_on(gateway.name, [way], there[0].name, keep=0, by=ACTOR, at=at)
    return done + give_up_unserved(names, by=ACTOR, at=at)
