# SPDX-License-Identifier: Apache-2.0
"""Playing recorded steps through the actions that a person's screen calls, each at its recorded time."""

from collections.abc import Callable

from callbox.analysis.replay import Played, Step, assignment_id, call_id, ending_of, incident_id
from callbox.analysis.replay_world import People
from callbox.analysis.sffd import UnitRow
from callbox.analysis.sffd_codes import disposition_of, priority_of, type_of
from callbox.dispatch.actions import activate_assignment, assign_unit, move_assignment, withdraw_assignment
from callbox.dispatch.units import unit_id
from callbox.incidents.actions import Kind, Where, close_incident
from callbox.incidents.linking import open_for_call
from callbox.intake.actions import Arrived, claim_call, take_contact, wrap_up_call
from callbox.intake.domain import EMERGENCY, Said
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Refusal

RECORDED = "recorded"  # the reason of what the file says and nobody decided
MILESTONES = {"en_route": "go", "on_scene": "arrive"}


class Player:
    """Plays steps one after another. A refusal ends that row and is kept; nothing is dropped in silence."""

    def __init__(self) -> None:
        self.played = Played()
        self._people = People()
        self._crews: dict[str, Actor] = {}
        self._over: set[tuple[str, int]] = set()
        self._plays: dict[str, Callable[[Step], None]] = {
            "received": self._receive,
            "entered": self._enter,
            "closed": self._close,
        }
        self._plays_row: dict[str, Callable[[Step, UnitRow], None]] = {
            "assigned": self._assign,
            "en_route": self._follow,
            "on_scene": self._follow,
            "clear": self._end,
        }

    def play(self, step: Step) -> None:
        """Play one step; a refusal is kept with its words, and ends the row, or the call with all its rows."""
        number, line = step.call.number, step.row.line if step.row else 0
        if (number, line) in self._over:
            return
        if (number, 0) in self._over:
            self._refuse(number, line, f"{step.kind}: its call was refused")
            return
        try:
            self._do(step)
            self.played.steps += 1
        except Refusal as refusal:
            self._refuse(number, line, f"{step.kind}: {refusal}")

    def _do(self, step: Step) -> None:
        if step.row:
            self._plays_row[step.kind](step, step.row)
        else:
            self._plays[step.kind](step)

    def _refuse(self, number: str, line: int, why: str) -> None:
        self._over.add((number, line))
        self.played.refused.append((number, line, why))

    def _receive(self, step: Step) -> None:
        call = step.call
        said = Said(place=call.address, lon=call.lon, lat=call.lat)
        arrived = Arrived("exchange", EMERGENCY, call.received, call_id(call))
        take_contact(arrived, said, by=self._people.intake, at=step.at)

    def _enter(self, step: Step) -> None:
        call, by, at = step.call, self._people.call_taker, step.at
        kind = Kind(type_of(call.call_type), priority=priority_of(call.priority), reason=RECORDED)
        claim_call(call_id(call), recorded=False, by=by, at=at)
        where = Where(call.lon, call.lat, call.address)
        open_for_call(where, kind, call=call_id(call), incident_id=incident_id(call), by=by, at=at)
        wrap_up_call(call_id(call), "incident", by=by, at=at)

    def _assign(self, step: Step, row: UnitRow) -> None:
        made = assign_unit(
            incident_id(step.call),
            unit_id(row.unit),
            reason=RECORDED,
            stack=True,
            assignment_id=assignment_id(step.call, row),
            by=self._people.dispatcher,
            at=step.at,
        )
        self.played.stacked += not made.active

    def _follow(self, step: Step, row: UnitRow) -> None:
        """A milestone by the crew. What was stacked is taken up first: the crew evidently did that."""
        crew, assignment = self._crew(row), assignment_id(step.call, row)
        try:
            move_assignment(assignment, MILESTONES[step.kind], by=crew, at=step.at)
        except Conflict:
            activate_assignment(assignment, by=crew, at=step.at)
            move_assignment(assignment, MILESTONES[step.kind], by=crew, at=step.at)

    def _end(self, step: Step, row: UnitRow) -> None:
        assignment, ending = assignment_id(step.call, row), ending_of(row)
        if ending == "clear":
            move_assignment(assignment, ending, by=self._crew(row), at=step.at)
        else:
            withdraw_assignment(assignment, ending, RECORDED, by=self._people.dispatcher, at=step.at)

    def _close(self, step: Step) -> None:
        ended = disposition_of(step.call.disposition)
        close_incident(incident_id(step.call), ended, by=self._people.dispatcher, at=step.at)

    def _crew(self, row: UnitRow) -> Actor:
        if row.unit not in self._crews:
            self._crews[row.unit] = self._people.crew(unit_id(row.unit))
        return self._crews[row.unit]
