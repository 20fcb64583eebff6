# SPDX-License-Identifier: Apache-2.0
"""Simulated crews: acknowledge, turn out, drive along the roads, work, clear, and drive home."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from callbox.access.domain import system_actor
from callbox.demo.play import Play
from callbox.demo.roads import Drive, route
from callbox.dispatch import domain
from callbox.dispatch import queries as dispatch
from callbox.dispatch.actions import move_assignment
from callbox.dispatch.models import Assignment, Unit
from callbox.dispatch.units import report_positions
from callbox.geo.domain.things import Route
from callbox.incidents import queries as incidents
from callbox.incidents.catalogue import load_types
from callbox.incidents.models import Incident

SHARED_PATIENCE_S = (15.0, 20.0)  # the unit on which a person may ride
IDLE_EVERY = timedelta(seconds=120)
NOBODY_KNOWS_S = 300.0  # on the road to a place that is not on the map


class Crews:
    """All crews of the city."""

    def __init__(self, play: Play, at: datetime) -> None:
        self.play = play
        self.by = play.staff.dispatcher
        self.units: dict[UUID, Unit] = {unit.pk: unit for unit in dispatch.units(self.by)}
        self._here: dict[UUID, tuple[float, float]] = self._first_places()
        self._on_way: dict[UUID, tuple[str, Drive]] = {}
        self._reported: dict[UUID, datetime] = {}
        self._groups: dict[UUID, str] = {}
        self._reporter = system_actor("crews")
        self._steps: dict[str, Callable[[Assignment, datetime], None]] = {
            domain.ASSIGNED: self._acknowledge,
            domain.ACKNOWLEDGED: self._turn_out,
            domain.EN_ROUTE: self._drive,
            domain.ON_SCENE: self._work,
        }

    def _first_places(self) -> dict[UUID, tuple[float, float]]:
        found = {
            unit.pk: (unit.station.lon, unit.station.lat) for unit in self.units.values() if unit.station
        }
        return found | {each.unit_id: (each.lon, each.lat) for each in dispatch.positions(self.by)}

    def work(self, open_now: Sequence[Assignment], at: datetime) -> None:
        """What the crews do now. open_now: all assignments that are not over."""
        busy = set()
        for assignment in open_now:
            if not assignment.active or assignment.unit_id not in self.play.staff.crews:
                continue
            busy.add(assignment.unit_id)
            self._steps[assignment.matter.state](assignment, at)
        for unit_id in self.units.keys() - busy:
            self._go_home(unit_id, at)
        self._report(at)

    def _step(self, assignment: Assignment, name: str, at: datetime, city_s: float) -> bool:
        key = f"{assignment.pk}/{name}"
        is_shared = assignment.unit_id == self.play.staff.shared
        if not self.play.is_due(key, at, city_s, SHARED_PATIENCE_S if is_shared else (0, 0)):
            return False
        crew = self.play.staff.crews[assignment.unit_id]
        return self.play.do(key, at, lambda: move_assignment(assignment.pk, name, by=crew, at=at))

    def _acknowledge(self, assignment: Assignment, at: datetime) -> None:
        self._step(assignment, "acknowledge", at, self.play.time(str(assignment.pk), "acknowledge"))

    def _turn_out(self, assignment: Assignment, at: datetime) -> None:
        agency = assignment.unit.agency.kind
        self._step(assignment, "go", at, self.play.time(str(assignment.pk), "turnout", agency))

    def _drive(self, assignment: Assignment, at: datetime) -> None:
        drive = self._drive_to(assignment, at)
        left = (drive.arrives_at - at).total_seconds() if drive else NOBODY_KNOWS_S
        arrived = self._step(assignment, "arrive", at, max(0.0, left) * self.play.speed)
        if arrived and drive is not None:
            self._on_way.pop(assignment.unit_id, None)
            self._stand(assignment.unit_id, drive.place_at(drive.arrives_at), at)

    def _drive_to(self, assignment: Assignment, at: datetime) -> Drive | None:
        name, drive = self._on_way.get(assignment.unit_id, ("", None))
        if drive is None or name != str(assignment.pk):
            place = self._incident(assignment).place
            if place.lon is None or place.lat is None:
                return None
            drive = self._set_off(assignment.unit_id, str(assignment.pk), (place.lon, place.lat), at)
        return drive

    def _set_off(self, unit_id: UUID, name: str, end: tuple[float, float], at: datetime) -> Drive:
        start = self._place(unit_id, at)
        way = route(self.play.city, start, end, at) or Route([start, end], [], NOBODY_KNOWS_S, 0.0)
        drive = Drive(way, at, way.seconds / self.play.speed)
        self._on_way[unit_id] = name, drive
        return drive

    def _place(self, unit_id: UUID, at: datetime) -> tuple[float, float]:
        held = self._on_way.get(unit_id)
        return held[1].place_at(at) if held else self._here[unit_id]

    def _incident(self, assignment: Assignment) -> Incident:
        return incidents.incident_for(self.by, assignment.incident_id)

    def _work(self, assignment: Assignment, at: datetime) -> None:
        if assignment.pk not in self._groups:
            kind = load_types().get(self._incident(assignment).type)
            self._groups[assignment.pk] = kind.group if kind else "other"
        group = self._groups[assignment.pk]
        scene_s = self.play.time(str(assignment.pk), "scene", assignment.unit.agency.kind, group)
        self._step(assignment, "clear", at, scene_s)

    def _go_home(self, unit_id: UUID, at: datetime) -> None:
        """A free unit drives back to its station; it can be sent elsewhere on the way."""
        station = self.units[unit_id].station
        name, drive = self._on_way.get(unit_id, ("", None))
        if station is None:
            return
        if drive is not None and name != "home":  # called back on its way
            self._stand(unit_id, drive.place_at(at), at)
            drive = None
        home = (station.lon, station.lat)
        if drive is None and self._here[unit_id] != home:
            drive = self._set_off(unit_id, "home", home, at)
        if drive is not None:
            left = max(0.0, (drive.arrives_at - at).total_seconds())
            if self.play.is_due(f"{unit_id}/home/{drive.begun}", at, left * self.play.speed):
                self._stand(unit_id, home, at)
                self.play.did += 1

    def _stand(self, unit_id: UUID, where: tuple[float, float], at: datetime) -> None:
        self._on_way.pop(unit_id, None)
        self._here[unit_id] = where
        self._reported.pop(unit_id, None)

    def _report(self, at: datetime) -> None:
        """Positions of those on their way, and now and then of those that stand."""
        due = [unit for unit in self.units.values() if self._is_due(unit.pk, at)]
        if not due:
            return
        places = [(unit, *self._place(unit.pk, at)) for unit in due]
        report_positions(places, by=self._reporter, at=at)
        self._reported |= {unit.pk: at for unit in due}

    def _is_due(self, unit_id: UUID, at: datetime) -> bool:
        last, every = self._reported.get(unit_id), self.play.every_s
        if last is None:
            return True
        if every is None:
            return False
        moving = unit_id in self._on_way
        return at - last >= (timedelta(seconds=every) if moving else IDLE_EVERY)
