# SPDX-License-Identifier: Apache-2.0
"""Loading the catalogue, the areas and the rules: first what would change, then the edition. Part of the actions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from callbox.access.queries import agencies
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Invalid
from callbox.kernel.ids import new_id
from callbox.kernel.tables import TableError
from callbox.kernel.text import gettext_noop as _
from callbox.matters.editions import POWER, put_in_force
from callbox.requests import areas, catalogue, queries, routing
from callbox.requests.areas import Fault
from callbox.requests.models import Edition
from callbox.requests.queries import AREAS, CATEGORIES, RULES

NAMESPACE = UUID("0a6a5d34-33c8-4b86-9c0c-7f3d2f0ca112")
UNREADABLE = _("This cannot be loaded: %(problem)s")
NO_AGENCY = _("The rules name agencies that are not defined: %(codes)s. Define them first.")
NO_KIND = _("There are no %(kind)s to load. Known: %(known)s.")


@dataclass(frozen=True, slots=True)
class Plan:
    """An edition that could be loaded: what differs from the one in force, and what is odd about it."""

    kind: str
    version: int
    text: str
    changes: Sequence[tuple[str, str]]
    faults: Sequence[Fault] = ()


def plan_edition(kind: str, text: str, *, by: Actor) -> Plan:
    """Read it and say what would change; nothing is changed. Raises NotAllowed or Invalid."""
    by.require(POWER)
    version = queries.version_of(kind) + 1
    if kind not in _PLANS:
        raise Invalid(NO_KIND, kind=kind, known=", ".join(_PLANS))
    try:
        return _PLANS[kind](version, text)
    except TableError as problem:
        raise Invalid(UNREADABLE, problem=str(problem)) from problem


def _plan_areas(version: int, text: str) -> Plan:
    book = areas.parse_areas(text)
    found = [(change.kind, change.code) for change in areas.changes(queries.areas_in_force(), book)]
    return Plan(AREAS, version, areas.written(book), found, book.faults())


def _plan_categories(version: int, text: str) -> Plan:
    found = catalogue.changes(queries.catalogue_in_force(), catalogue.parse_catalogue(text))
    return Plan(CATEGORIES, version, text, found)


def _plan_rules(version: int, text: str) -> Plan:
    rules = routing.parse_rules(text)
    missing = rules.agencies - {agency.code for agency in agencies()}
    if missing:
        raise Invalid(NO_AGENCY, codes=", ".join(sorted(missing)))
    found = [(change.kind, change.key) for change in routing.changes(queries.rules_in_force(), rules)]
    return Plan(RULES, version, text, found)


_PLANS = {AREAS: _plan_areas, CATEGORIES: _plan_categories, RULES: _plan_rules}


def chain_of(kind: str) -> UUID:
    """The journal's chain of the editions of one kind."""
    return uuid5(NAMESPACE, f"edition/{kind}")


@transaction.atomic
def load_edition(plan: Plan, *, by: Actor, at: datetime) -> None:
    """Put the planned edition in force. Raises NotAllowed, or Conflict when another one came in between."""
    row = Edition(id=new_id(), kind=plan.kind, version=plan.version, text=plan.text, loaded_at=at)
    facts = {
        "edition": plan.kind,
        "version": plan.version,
        "changes": len(plan.changes),
        "faults": len(plan.faults),
    }
    put_in_force(row, chain_of(plan.kind), "edition", facts, text=plan.text, by=by, at=at)
