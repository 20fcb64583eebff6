# SPDX-License-Identifier: Apache-2.0
"""Loading agencies from their folders: first what would change, then all of it or nothing. Part of the actions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from callbox.access.actions import agency_id, define_agency
from callbox.access.models import Agency
from callbox.access.queries import agencies_by_code
from callbox.coordination import queries
from callbox.coordination.editions import Planned, load_plans
from callbox.coordination.folders import CONTACTS, SYSTEM, Folder, plans_of
from callbox.coordination.plans import changes
from callbox.kernel.actor import Actor
from callbox.messages.actions import set_reach
from callbox.messages.queries import address_of, reaches_of
from callbox.messages.ways import WAYS, WEBHOOK

NEW, ALTERED, LEFT_ALONE, REACH, PLAN = "new", "altered", "left_alone", "reach", "plan"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that loading would change. what: of the agency itself, its address (never which) or a plan."""

    kind: str
    what: str


def differences(folders: Sequence[Folder], *, by: Actor) -> list[Difference]:
    """What loading would change, by agency; nothing is changed. Raises NotAllowed, TableError."""
    by.require("config.change")
    known = agencies_by_code()
    found = [each for folder in folders for each in _of_agency(folder, known.get(folder.code))]
    gone = sorted(known.keys() - {folder.code for folder in folders})
    found += [Difference(LEFT_ALONE, code) for code in gone]
    _text, plans = plans_of(folders)
    altered = changes(queries.plans_in_force(), plans) if plans.lines else []
    return [*found, *(Difference(PLAN, f"{kind} {key}") for kind, key in altered)]


def _of_agency(folder: Folder, known: Agency | None) -> Iterator[Difference]:
    if known is None:
        yield Difference(NEW, folder.code)
    elif (known.name_en, known.name_zh, known.kind) != (folder.name_en, folder.name_zh, folder.kind):
        yield Difference(ALTERED, folder.code)
    for end, way, _to in _reach_changes(folder):
        yield Difference(REACH, f"{folder.code}{end} {way}")


def _reach_changes(folder: Folder) -> Iterator[tuple[str, str, str]]:
    """Where the agency is reached otherwise from now on: end of the holder's key, way, address or nothing."""
    for end in CONTACTS.values():
        holder = _holder(folder, end)
        held = {row.way: address_of(row) for row in reaches_of([holder]).get(holder, ())}
        for way in WAYS:
            wanted = folder.reach.get((end, way), "")
            if held.get(way, ("", ""))[0] != wanted or (wanted and held[way][1] != folder.language):
                yield end, way, wanted


def _holder(folder: Folder, end: str) -> str:
    return f"agency:{agency_id(folder.code)}{end}"


@transaction.atomic
def load_folders(folders: Sequence[Folder], *, by: Actor, at: datetime) -> None:
    """Define the agencies, say where each is reached, and put their plans in force. Who has no folder is left alone.

    Raises NotAllowed, Invalid, Conflict or TableError; nothing is changed then.
    """
    known = agencies_by_code()
    for folder in folders:
        for each in _of_agency(folder, known.get(folder.code)):
            if each.kind in (NEW, ALTERED):
                define_agency(folder.code, folder.name_en, folder.name_zh, folder.kind, by=by, at=at)
        for end, way, to in list(_reach_changes(folder)):
            set_reach(_holder(folder, end), way, to, folder.language, by=by, at=at)
    text, plans = plans_of(folders)
    altered = changes(queries.plans_in_force(), plans) if plans.lines else []
    if altered:
        version = queries.version_in_force() + 1
        load_plans(Planned(version, text, altered, plans.agencies), by=by, at=at)


def set_webhook(agency: Agency, address: str, *, by: Actor, at: datetime) -> None:
    """Where the agency's system is told of its tasks from now on; empty: nowhere. Raises NotAllowed, Invalid."""
    set_reach(f"{queries.key_of(agency)}{SYSTEM}", WEBHOOK, address, "en", by=by, at=at)
