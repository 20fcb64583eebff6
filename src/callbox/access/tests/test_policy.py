# SPDX-License-Identifier: Apache-2.0
"""The one table of who may do what, walked whole: every role, every action, every relation."""

from pathlib import Path

import pytest

from callbox.access.domain import RESIDENT, ROLES, SYSTEM, actor, policy, powers_of, read_policy
from callbox.kernel.actor import ANY, SCOPE, Actor
from callbox.kernel.errors import NotAllowed, NotFound

EVERYBODY = (*ROLES, RESIDENT, SYSTEM)
ACTIONS = sorted({rule.action for rule in policy()})
MINE, THEIRS = ["unit:mine"], ["unit:theirs"]

# Written by hand, not derived: who may do what must not be touched, and how far. `scope` means only their own.
SENSITIVE = {
    "call.personal": {"call_taker": ANY, "dispatcher": ANY, "supervisor": ANY},
    # The system reads them for the printable list of open incidents (ADR 0017).
    "incident.personal": {
        "call_taker": ANY,
        "dispatcher": ANY,
        "supervisor": ANY,
        "crew": SCOPE,
        "agency_desk": SCOPE,
        "system": ANY,
    },
    "incident.see": {
        "call_taker": ANY,
        "dispatcher": ANY,
        "supervisor": ANY,
        "crew": SCOPE,
        "agency_desk": SCOPE,
        "system": ANY,
    },
    "incident.close": {"dispatcher": ANY, "supervisor": ANY},
    "incident.reopen": {"dispatcher": ANY, "supervisor": ANY},
    "incident.waive_part": {"dispatcher": ANY, "supervisor": ANY},
    "incident.safety_clear": {"dispatcher": ANY, "supervisor": ANY},
    "incident.recommend": {"dispatcher": ANY, "supervisor": ANY},
    "assignment.open": {"dispatcher": ANY, "supervisor": ANY, "crew": SCOPE},
    "assignment.correct": {"dispatcher": ANY, "supervisor": ANY},
    "assignment.clear": {"dispatcher": ANY, "supervisor": ANY, "crew": SCOPE},
    "unit.report_position": {"system": ANY, "crew": SCOPE},
    "unit.follow": {"call_taker": ANY, "dispatcher": ANY, "supervisor": ANY, "crew": SCOPE},
    "people.manage": {"administrator": ANY, "system": ANY},
    "config.change": {"administrator": ANY, "system": ANY},
    # The system tells residents who has read theirs (ADR 0032).
    "reads.see": {"supervisor": ANY, "administrator": ANY, "system": ANY},
    "journal.verify": {"supervisor": ANY, "administrator": ANY, "system": ANY},
    "late.see": {"supervisor": ANY, "dispatcher": ANY},
    # The legal side of the house, and an agency's system for what it has told itself (ADR 0046).
    "history.see": {"legal_officer": ANY, "supervisor": ANY, "system": ANY},
    "history.append": {"system": ANY, "agency_desk": SCOPE},
    # Findings: the unit answers, somebody else confirms, the legal officer decides (ADR 0043).
    "finding.see": {
        "supervisor": ANY,
        "legal_officer": ANY,
        "system": ANY,
        "agency_desk": SCOPE,
        "unit_lead": SCOPE,
    },
    "finding.open": {"system": ANY},
    "finding.lift": {"system": ANY},
    "finding.confirm": {"legal_officer": ANY, "unit_lead": SCOPE},
    "finding.uphold": {"legal_officer": ANY},
    "finding.turn_down": {"legal_officer": ANY},
    "finding.suppress": {"legal_officer": ANY},
    # Residents act on their own themselves, not a part of Callbox for them (ADR 48).
    "request.ask": {"call_taker": ANY, "supervisor": ANY, "resident": ANY},
    "request.withdraw": {"call_taker": ANY, "supervisor": ANY, "resident": ANY},
    # Only the command that makes a model reads words in bulk (ADR 0038).
    "request.learn": {"system": ANY},
}


def somebody(role: str) -> Actor:
    return actor(f"person:{role}", [role], MINE)


def widest(role: str, action: str) -> str | None:
    """How far the table lets a role go, read straight from its lines."""
    relations = {rule.relation for rule in policy() if rule.action == action and role in rule.roles}
    return ANY if ANY in relations else SCOPE if relations else None


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("role", EVERYBODY)
def test_an_actor_may_what_the_table_says_and_nothing_else(role: str, action: str) -> None:
    who, far = somebody(role), widest(role, action)
    assert who.may(action, MINE) is (far is not None)
    assert who.may(action, THEIRS) is (far == ANY)
    assert who.may(action) is (far == ANY)
    if far != ANY:
        with pytest.raises(NotAllowed):
            who.require(action, THEIRS)
        with pytest.raises(NotFound):
            who.require_sight(action, THEIRS)


@pytest.mark.parametrize("action", SENSITIVE)
def test_the_sensitive_ones_are_as_written_down_here(action: str) -> None:
    expected = SENSITIVE[action]
    assert {role: far for role in EVERYBODY if (far := widest(role, action))} == expected


def test_nobody_may_anything() -> None:
    who = Actor("nobody", frozenset())
    assert not any(who.may(action, MINE) for action in ACTIONS)


def test_an_administrator_sees_no_call_and_no_incident() -> None:
    kinds = ("call.", "incident.", "assignment.")
    assert not [action for action in ACTIONS if action.startswith(kinds) and widest("administrator", action)]


def test_a_resident_sees_answers_and_withdraws_a_request_and_does_nothing_else() -> None:
    may = {action for action in ACTIONS if widest("resident", action)}
    assert may == {"request.see", "request.ask", "request.withdraw"}


def test_the_wider_of_two_roles_counts() -> None:
    powers = powers_of(["crew", "dispatcher"])
    assert powers["incident.see"] == ("dispatcher", ANY)


def test_a_policy_that_cannot_be_meant_names_its_line(tmp_path: Path) -> None:
    file = tmp_path / "policy.tsv"
    file.write_text("action\troles\trelation\tnote\ncall.see\tcall_taker\tany\t\ncall.see\tstranger\tany\t\n")
    with pytest.raises(ValueError, match=r"policy\.tsv, line 3"):
        read_policy(file)
