# SPDX-License-Identifier: Apache-2.0
"""The policy: one table of who may do what, read from `data/policy.tsv`, and what it gives a set of roles."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID

from callbox.kernel.actor import ANY, SCOPE, Actor, system

CALL_TAKER, DISPATCHER, CREW, AGENCY_DESK = "call_taker", "dispatcher", "crew", "agency_desk"
UNIT_LEAD, LEGAL_OFFICER = "unit_lead", "legal_officer"
SUPERVISOR, ADMINISTRATOR = "supervisor", "administrator"
SYSTEM, RESIDENT = (
    "system",
    "resident",
)  # granted to nobody: parts of Callbox, and who follows a matter of their own
ROLES = (CALL_TAKER, DISPATCHER, CREW, AGENCY_DESK, UNIT_LEAD, LEGAL_OFFICER, SUPERVISOR, ADMINISTRATOR)

POLICY_FILE = Path(__file__).parent / "data" / "policy.tsv"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the policy: these roles may do this to matters of this relation."""

    action: str
    roles: tuple[str, ...]
    relation: str
    note: str


def read_policy(path: Path) -> tuple[Rule, ...]:
    """The rules of a policy file. Raises ValueError, naming the line, for one that cannot be meant."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    rules = tuple(
        Rule(row["action"], tuple(row["roles"].split()), row["relation"], row["note"]) for row in rows
    )
    for number, rule in enumerate(rules, start=2):
        if rule.relation not in (ANY, SCOPE) or not set(rule.roles) <= {*ROLES, SYSTEM, RESIDENT}:
            raise ValueError(f"{path.name}, line {number}: unknown role or relation in {rule}")
    return rules


@cache
def policy() -> tuple[Rule, ...]:
    """The policy in force."""
    return read_policy(POLICY_FILE)


def powers_of(roles: Iterable[str], rules: Sequence[Rule] | None = None) -> Mapping[str, tuple[str, str]]:
    """What a set of roles may do: action -> (role, relation). The widest relation wins, then the table's order."""
    held = set(roles)
    found: dict[str, tuple[str, str]] = {}
    for rule in policy() if rules is None else rules:
        for role in rule.roles:
            if role in held and (
                rule.action not in found or (rule.relation == ANY and found[rule.action][1] != ANY)
            ):
                found[rule.action] = (role, rule.relation)
    return found


def actor(identity: str, roles: Iterable[str], keys: Iterable[str]) -> Actor:
    """An actor with the powers that the policy gives these roles."""
    held = frozenset(roles)
    return Actor(identity, held, frozenset({*keys, identity}), powers_of(held))


def system_actor(part: str) -> Actor:
    """A part of Callbox that acts by itself."""
    return system(part, powers_of({SYSTEM}))


def resident_actor(matter_id: UUID) -> Actor:
    """Whoever has shown, by key or code, that this matter is theirs; of them the id says no more than that.

    Use it within `seeing_one` alone: what the policy lets a resident do, the database narrows to that one matter.
    """
    return actor(f"resident:{matter_id}", [RESIDENT], [])
