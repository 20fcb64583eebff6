# SPDX-License-Identifier: Apache-2.0
"""Call-takers, dispatchers and a supervisor: they act on what they saw a moment ago, as people do."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from callbox.access.domain import actor
from callbox.dispatch import actions as dispatch
from callbox.dispatch.units import set_availability
from callbox.drills.sim.tables import Values
from callbox.drills.sim.world import World
from callbox.incidents import actions as incidents
from callbox.incidents.actions import Kind, Where
from callbox.incidents.linking import link_call_to_incident, open_for_call, waive_incident_part
from callbox.incidents.queries import incident_for
from callbox.intake import actions as intake
from callbox.intake.domain import CIVIC, Said
from callbox.intake.queries import answered_by, queue
from callbox.kernel.actor import Actor
from callbox.matters import handover

DESKS = ("desk:dispatch", "desk:medical")
KIND = Kind("FIRE.BUILDING")
ANSWER_WITHIN = timedelta(seconds=20)


def person(number: int, *roles: str, keys: tuple[str, ...] = ()) -> Actor:
    """Somebody of these roles."""
    return actor(f"person:{UUID(int=number)}", roles, keys)


class Staff:
    """Everybody at a desk."""

    def __init__(self, world: World, units: list[UUID]) -> None:
        self._world = world
        self._units = units
        self.busy_until = 0.0
        for number in range(3):
            who = person(100 + number, "call_taker")
            world.process(f"taker{number}", "web", lambda who=who: self._answer(who), 0.1 * number)  # type: ignore[misc]
        for number in range(2):
            who = person(200 + number, "dispatcher", keys=(DESKS[number], "desk:dispatch"))
            world.process(f"desk{number}", "web", lambda who=who: self._dispatch(who), 0.1 * number)  # type: ignore[misc]

    def _rest(self, who: Actor) -> None:
        """Until something new is on the screen; in a hurry while something is going on, else there is time."""
        world = self._world
        pause = 1.5 if world.now < self.busy_until else 60.0
        if world.schedule.wait(world.bell, pause * world.dice.uniform(0.5, 1.5)):
            world.schedule.sleep(world.dice.choice((0.0, 0.0, 0.005, 0.3)))

    def _answer(self, who: Actor) -> None:
        world = self._world
        while True:
            self._rest(who)
            if not world.of_kind("intake_call", "waiting", "lost", "answered"):
                continue
            if not world.attempt("mine", lambda: self._go_on(who)):
                world.attempt("queue", lambda: self._take_next(who))

    def _go_on(self, who: Actor) -> Any:
        """What this person has in hand comes first."""
        mine = answered_by(who)
        if not mine:
            return False
        call = mine[0]
        choice, at = self._world.dice.random(), self._world.schedule.wall
        if choice < 0.15:
            return intake.release_call(call.pk, "busy", by=who, at=at)
        if choice < 0.3:
            return intake.note_words(call.pk, Said(words="more"), by=who, at=at)
        if call.incident_id is None and choice < 0.75:
            return self._incident(call.pk, who)
        outcome = "incident" if call.incident_id else "information"
        return intake.wrap_up_call(call.pk, outcome, by=who, at=at)

    def _incident(self, call: UUID, who: Actor) -> Any:
        at = self._world.schedule.wall
        known = self._world.of_kind("incidents_incident", "assessed", "dispatched", "on_scene")
        if known and self._world.dice.random() < 0.4:
            return link_call_to_incident(call, known[-1]["matter_id"], by=who, at=at)
        return open_for_call(Where(address="there"), KIND, call=call, by=who, at=at)

    def _take_next(self, who: Actor) -> Any:
        world = self._world
        waiting = queue(who)
        if not waiting:
            return None
        first = waiting[0]
        if first.lane == CIVIC and any(call.lane != CIVIC for call in waiting):
            world.record.note("emergency first: a civic contact is offered before an emergency")
        return intake.claim_call(first.pk, by=who, at=world.schedule.wall)

    def _dispatch(self, who: Actor) -> None:
        world = self._world
        while True:
            self._rest(who)
            found = world.of_kind(
                "incidents_incident", "reported", "assessed", "dispatched", "on_scene", "closed"
            )
            if found:
                row = found[-1 - min(int(world.dice.expovariate(0.7)), len(found) - 1)]
                world.attempt("desk", lambda row=row: self._act(row, who))  # type: ignore[misc]
            if world.dice.random() < 0.4:
                world.attempt("handover", lambda: self._hand_over(who))
            if world.dice.random() < 0.1:
                world.attempt("duty", lambda: self._duty(who))

    def _act(self, row: Values, who: Actor) -> Any:
        """One step for an incident, as it looked when it was drawn on the screen."""
        world, incident = self._world, row["matter_id"]
        state, choice, at = world.matter(incident)["state"], world.dice.random(), world.schedule.wall
        if state == "closed":
            again = choice < 0.25 and not world.ending
            return incidents.reopen_incident(incident, "more", by=who, at=at) if again else None
        if world.ending:
            return self._finish(incident, who)
        if state == "assessed" or choice < 0.35:
            unit = self._units[min(int(world.dice.expovariate(1.2)), len(self._units) - 1)]
            return dispatch.assign_unit(incident, unit, stack=world.dice.random() < 0.4, by=who, at=at)
        if choice < 0.5:
            return self._change_mind(incident, who)
        if choice < 0.65:
            return incidents.add_remark(incident, "seen", by=who, at=at)
        return self._finish(incident, who)

    def _change_mind(self, incident: UUID, who: Actor) -> Any:
        world, at = self._world, self._world.schedule.wall
        mine = [row for row in self._open_parts(incident) if row["on_scene_at"] is None]
        if not mine:
            return None
        chosen, others = world.dice.choice(mine)["matter_id"], world.of_kind("incidents_incident", "assessed")
        if others and world.dice.random() < 0.5:
            return dispatch.divert_unit(chosen, others[0]["matter_id"], by=who, at=at)
        return dispatch.withdraw_assignment(chosen, "recall", "error", by=who, at=at)

    def _open_parts(self, incident: UUID) -> list[Values]:
        found = self._world.tables.tables["dispatch_assignment"].found("incident_id", (incident,))
        rows = [row.committed for row in found if row.committed]
        return [row for row in rows if not self._world.matter(row["matter_id"])["final"]]

    def _finish(self, incident: UUID, who: Actor) -> Any:
        """Close it; sometimes the other way: a part that nobody waits for is waived first."""
        world, at = self._world, self._world.schedule.wall
        parts = self._open_parts(incident)
        if parts and world.dice.random() < 0.1:
            waive_incident_part(incident, parts[0]["matter_id"], "error", by=who, at=at)
        found = incidents.close_incident(incident, "handled", by=who, at=at)
        if world.dice.random() < 0.3 and not world.ending:
            return incidents.reopen_incident(incident, "more", by=who, at=at)
        return found

    def _hand_over(self, who: Actor) -> Any:
        world, at = self._world, self._world.schedule.wall
        offers = [row for row in world.rows("matters_handover") if row["state"] == "offered"]
        for offer in offers:
            if offer["taker"] in who.keys and world.dice.random() < 0.5:
                return handover.answer_offer(offer["id"], world.dice.random() < 0.6, by=who, at=at)
        found = world.of_kind("incidents_incident", "assessed", "dispatched", "on_scene")
        if not found:
            return None
        matter = incident_for(who, world.dice.choice(found)["matter_id"]).matter
        taker = DESKS[1] if matter.owner == DESKS[0] else DESKS[0]
        return handover.offer_matter(matter, taker, ANSWER_WITHIN, by=who, at=at)

    def _duty(self, who: Actor) -> Any:
        """A unit goes off duty, if it may, and comes back."""
        unit, at = self._world.dice.choice(self._units), self._world.schedule.wall
        state = self._world.matter(unit)["state"]
        return set_availability(unit, "begin_duty" if state == "off_duty" else "end_duty", by=who, at=at)
