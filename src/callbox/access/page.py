# SPDX-License-Identifier: Apache-2.0
"""The policy as a page of the reference. Part of the domain: pure."""

from itertools import groupby

from callbox.access.domain import RESIDENT, ROLES, SYSTEM, Rule, policy
from callbox.access.rows import ACTOR, PERSON, Protected, open_tables, protected
from callbox.kernel.actor import ANY

HEAD = """# Who may do what

This page is made from the policy table (`src/callbox/access/data/policy.tsv`) by `callbox policy`; a test keeps it
in step. Every read and every step asks this table, and nothing else does.

**all**: any matter. **own**: only a matter whose scope shares a key with the person: their unit, their agency.
`resident` is whoever has opened a request of their own with its key or a code; the database shows them that one and no
other (ADR 48). `system` is Callbox itself. What is not in the table, nobody may do.
"""
ROWS = """
## Rows in the database

PostgreSQL shows the rows of these tables only to who may do the action, of all matters or of their own as above
(`*.see`: that of the matter's kind), and to parts of Callbox. See [who sees what](../explanation/who-sees-what.md).

| table | shown by | also to |
|---|---|---|
"""
OPEN = """
These tables need no such rule:

| table | why |
|---|---|
"""
NAMES = {role: role.replace("_", "-") for role in (*ROLES, RESIDENT, SYSTEM)}


def policy_page() -> str:
    """The whole table in Markdown: one part for each kind, one line for each action, one column for each role."""
    kinds = groupby(sorted(policy(), key=lambda rule: _kind(rule)), key=_kind)
    return HEAD + "".join(_part(kind, list(rules)) for kind, rules in kinds) + _rows()


def _rows() -> str:
    """Which action shows the rows of which table, and which tables need none."""
    closed = "".join(f"| `{row.table}` | {_shown(row)} | {', '.join(row.parts)} |\n" for row in protected())
    free = "".join(f"| `{table}` | {reason} |\n" for table, reason in open_tables().items())
    return ROWS + closed + OPEN + free


def _shown(row: Protected) -> str:
    if row.shape == "linked":
        return f"with its row of `{row.action}`"
    shown = f"`{row.action}`" if row.action else "nobody"
    return f"{shown}, and one's own" if row.shape in (PERSON, ACTOR) else shown


def _kind(rule: Rule) -> str:
    return rule.action.partition(".")[0]


def _part(kind: str, rules: list[Rule]) -> str:
    head = f"\n## {kind}\n\n| action | {' | '.join(NAMES.values())} | what it is |\n"
    rule_line = f"|---|{'---|' * len(NAMES)}---|\n"
    actions = dict.fromkeys(rule.action for rule in rules)
    return head + rule_line + "".join(_line([r for r in rules if r.action == action]) for action in actions)


def _line(rules: list[Rule]) -> str:
    cells = " | ".join(_cell(rules, role) for role in NAMES)
    return f"| `{rules[0].action}` | {cells} | {'; '.join(rule.note for rule in rules)} |\n"


def _cell(rules: list[Rule], role: str) -> str:
    relations = {rule.relation for rule in rules if role in rule.roles}
    return "all" if ANY in relations else "own" if relations else ""
