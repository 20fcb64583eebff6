# SPDX-License-Identifier: Apache-2.0
"""The simulated dispatcher: sends what is offered, and closes when everybody is clear."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from callbox.demo.dice import dice
from callbox.demo.domain import stories
from callbox.demo.play import Play
from callbox.demo.takers import UNKNOWN
from callbox.dispatch.actions import assign_unit
from callbox.dispatch.models import Assignment
from callbox.dispatch.recommend import recommendation_for
from callbox.incidents import queries as incidents
from callbox.incidents.actions import Kind, classify_incident, close_incident
from callbox.incidents.catalogue import load_dispositions, load_types
from callbox.incidents.domain import ASSESSED, REPORTED
from callbox.incidents.models import Incident

SEND_PATIENCE_S = (5.0, 12.0)
CLOSE_PATIENCE_S = (5.0, 10.0)
OTHERS_PATIENCE_S = (45.0, 60.0)  # what a person opened is left to people for longer
AGAIN_S = 45.0
MOST_TRIES = 40
PASSED_ON = "passed_on"
HANDLED = "handled"


class Dispatcher:
    """One dispatcher, who remembers how often nobody could be sent."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.by = play.staff.dispatcher
        self._tries: dict[UUID, int] = {}

    def work(self, open_now: Sequence[Assignment], at: datetime) -> None:
        """What the dispatcher does now. open_now: all assignments that are not over."""
        going = {assignment.incident_id for assignment in open_now}
        for incident in incidents.open_incidents(self.by):
            if incident.pk not in going:
                self._look_at(incident, at)

    def _look_at(self, incident: Incident, at: datetime) -> None:
        """An open incident with no unit on it: classify, send or close."""
        matter, play = incident.matter, self.play
        key = f"{incident.pk}/{matter.state}/{matter.round}"
        is_ours = incident.pk.version == 5  # simulated people name theirs; a person's has an id of its time
        if matter.state == REPORTED:
            if play.is_due(key, at, 0, OTHERS_PATIENCE_S) and not is_ours:
                play.do(key, at, lambda: classify_incident(incident.pk, Kind(UNKNOWN), by=self.by, at=at))
        elif matter.state == ASSESSED:
            patience = SEND_PATIENCE_S if is_ours else OTHERS_PATIENCE_S
            if play.is_due(key, at, play.time(key, "send"), patience):
                self._send(incident, key, at)
        else:
            patience = CLOSE_PATIENCE_S if is_ours else OTHERS_PATIENCE_S
            if play.is_due(key, at, play.time(key, "close"), patience):
                self._close(incident, key, self._disposition(incident), at)

    def _send(self, incident: Incident, key: str, at: datetime) -> None:
        sent: list[UUID] = []
        if self.play.do(key, at, lambda: sent.extend(self._assign(incident, at))) and not sent:
            tries = self._tries[incident.pk] = self._tries.get(incident.pk, 0) + 1
            if tries < MOST_TRIES:
                self.play.later(key, at, AGAIN_S)
            else:
                self._close(incident, key, PASSED_ON, at)

    @transaction.atomic
    def _assign(self, incident: Incident, at: datetime) -> Sequence[UUID]:
        advice = recommendation_for(self.by, incident.pk, at)
        units = [offer.unit.id for offer in advice.ranked.offers]
        for unit in units:
            identity = uuid5(incident.pk, f"{unit}/{incident.matter.version}")
            assign_unit(incident.pk, unit, assignment_id=identity, by=self.by, at=at)
        return units

    def _close(self, incident: Incident, key: str, disposition: str, at: datetime) -> None:
        self.play.do(key, at, lambda: close_incident(incident.pk, disposition, by=self.by, at=at))

    def _disposition(self, incident: Incident) -> str:
        """One of the story's ends, or the plainest one."""
        ends = [end for story in stories() if story.type == incident.type for end in story.ends]
        group = load_types()[incident.type].group if incident.type else "other"
        fitting = [end for end in ends if load_dispositions()[end].fits(group)]
        return dice(self.play.seed, incident.pk, "end").choice(fitting or [HANDLED])
