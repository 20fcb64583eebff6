# SPDX-License-Identifier: Apache-2.0
"""No list, sort, filter or figure of the room gives findings by officer: there is nothing to ask it with."""

import ast
import inspect
import re
from dataclasses import fields
from pathlib import Path

from callbox.findings import queries
from callbox.findings.desk.list_views import ASKED
from callbox.findings.models import Finding
from callbox.findings.queries import Wanted

WHO = re.compile(r"officer|handler|person|actor|approver|employee|staff|^by$|_by$|score|rank|owner")
ROOM = Path(queries.__file__).parent
# Whom the room tells, and who may look: never what a finding is looked for by.
MAY = {"actor", "who"}


def test_no_column_of_a_finding_says_who() -> None:
    assert not [each.name for each in Finding._meta.get_fields() if WHO.search(each.name)]


def test_nothing_that_a_list_is_asked_with_says_who() -> None:
    assert not [each.name for each in fields(Wanted) if WHO.search(each.name)]
    asked = {
        f"{name}({parameter})"
        for name, function in inspect.getmembers(queries, inspect.isfunction)
        if function.__module__ == queries.__name__
        for parameter in inspect.signature(function).parameters
        if WHO.search(parameter) and parameter not in MAY
    }
    assert not asked


def test_no_query_of_the_room_filters_sorts_or_groups_by_who() -> None:
    """Neither by a column, nor through the matter's owner or the journal's actor."""
    methods = {"filter", "exclude", "order_by", "values", "values_list", "annotate", "get", "distinct"}
    found = [
        f"{path.name}:{node.lineno}"
        for path in [*ROOM.glob("*.py"), *ROOM.glob("desk/*.py")]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in methods
        for name in [
            *(word.arg for word in node.keywords),
            *(word.value for word in ast.walk(node) if isinstance(word, ast.Constant)),
        ]
        if isinstance(name, str) and WHO.search(name)
    ]
    assert not found, found


def read_from_addresses() -> set[str]:
    """What the desk's pages read from an address: `request.GET.get(name)`, or `name in request.GET`."""
    found = set()
    for path in ROOM.glob("desk/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "request.GET.get":
                found.add(ast.unparse(node.args[0]))
            elif isinstance(node, ast.Compare) and ast.unparse(node.comparators[0]) == "request.GET":
                found.add(ast.unparse(node.left))
    return found


def test_the_pages_read_nothing_else_from_an_address() -> None:
    """`name` is each of ASKED; a page asked with anything more has to be named here."""
    assert read_from_addresses() == {"name", "'after'", "'rows'", "'month'"}
    others = [
        f"{path.name}:{node.lineno}"
        for path in ROOM.glob("desk/*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("GET", "META", "headers", "body")
        if not (node.attr == "GET" and path.name in ("list_views.py", "figures_views.py"))
    ]
    assert not others, others
    assert not [name for name in ASKED if WHO.search(name)]
    assert set(ASKED) <= {each.name for each in fields(Wanted)}


def test_no_form_that_asks_for_findings_has_a_field_for_who() -> None:
    """Forms that only read (`method="get"`), and every link with a question mark, in the room's templates."""
    asked = set()
    for path in ROOM.glob("templates/**/*.html"):
        text = path.read_text(encoding="utf-8")
        for form in re.findall(r'<form[^>]*method="get".*?</form>', text, re.DOTALL):
            asked |= set(re.findall(r'name="(\w+)"', form))
        asked |= set(re.findall(r"\?(\w+)=", text))
    assert asked == {"state", "grade", "unit", "rule", "month"}
