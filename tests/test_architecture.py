# SPDX-License-Identifier: Apache-2.0
"""What contracts over layers cannot say: the doors between rooms, where writes stand, how long a module is."""

import ast
import re
import subprocess
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

from callbox.host.config import CHECKOUT
from callbox.rooms import ROOMS

SOURCE = CHECKOUT / "src" / "callbox"
OPEN_DOORS = {"domain", "queries", "actions"}

# Pieces of a room's domain, queries or actions that have a file of their own; each says in its docstring which.
PARTS = {
    "access": {
        "agency_keys": "actions: keys of agencies' systems",
        "browsers": "edge of every page: what asks",
        "middleware": "edge of every page",
        "models": "foreign keys to people and agencies",
        "retention": "actions",
        "sealing": "queries: personal data as it is kept",
        "seeing": "whose eyes the database looks through",
        "sight": "domain: what a transaction may see",
        "sign_ins": "actions",
        "site": "base of every room's admin",
        "taking_back": "actions",
    },
    "geo": {},
    "journal": {
        "clock": "queries: what time it is, as the database says",
        "fields": "a column type for tables that are read in order",
        "watching": "actions",
        "inserting": "actions: new rows of any room",
        "fetching": "queries: rows of any room",
        "outside": "actions: seals told outside the database",
    },
    "matters": {
        "calendars": "actions: versions of calendars",
        "climbing": "actions: steps of ladders",
        "handover": "actions",
        "editions": "actions: an edition of any room's tables",
        "hanging": "actions: editions of the ladders",
        "ladders": "domain: steps, and when people are told",
        "settling": "actions: clocks follow another calendar or edition",
        "standstill": "actions: pauses and extensions",
        "terms": "actions: editions of the promises",
        "promises": "domain: dated numbers",
        "reckoning": "domain: due times as rows keep them",
        "models": "foreign keys to the matter",
    },
    "incidents": {
        "catalogue": "domain: types",
        "priorities": "domain",
        "similar": "domain",
        "models": "queries answer with its rows",
        "linking": "actions",
        "pictures": "actions and queries",
        "rows": "queries: rows as plain data",
    },
    "intake": {
        "reactions": "actions",
        "reading": "domain",
        "models": "queries answer with its rows",
        "rows": "queries: rows as plain data",
    },
    "dispatch": {
        "units": "actions",
        "retention": "actions",
        "crew": "actions",
        "recommend": "queries",
        "plans": "domain",
        "ranking": "domain",
        "models": "queries answer with its rows",
        "rows": "queries: rows as plain data",
    },
    "coordination": {
        "alerting": "actions",
        "editions": "actions: versions of the plans",
        "folders": "domain: agencies as folders",
        "loading": "actions: agencies from folders",
        "models": "queries answer with its rows",
        "plans": "domain",
        "rows": "queries: rows as plain data",
    },
    "promises": {"words": "what promises are called"},
    "messages": {
        "letters": "domain: what is told",
        "retention": "actions",
        "telling": "actions: to whom, by which way",
        "turns": "actions: a gateway's turn, again and again",
        "ways": "domain: dated numbers",
        "wording": "edge of every page that tells of messages",
    },
    "requests": {
        "answering": "actions: articles",
        "areas": "domain",
        "articles": "domain",
        "catalogue": "domain",
        "routing": "domain",
        "editions": "actions: versions of tables",
        "taking": "actions: new requests",
        "picturing": "actions: pictures",
        "figures": "domain: what requests came to",
        "counting_figures": "queries: figures",
        "outcomes": "reactions: what requests came to",
        "dividing": "actions: parts",
        "extending": "actions: more time",
        "passing": "actions: from agency to agency",
        "rows": "queries: rows as plain data",
        "asking": "actions: the end of a request",
        "endings": "domain: what the resident may say at the end",
        "telling": "reactions: what residents are told",
        "following": "actions: keys and one-time codes",
        "models": "queries answer with its rows",
    },
    "pictures": {
        "developing": "actions",
        "models": "queries answer with its rows",
        "retention": "actions",
        "rows": "queries: rows as plain data",
        "showing": "edge of every room that shows pictures",
        "upload": "edge of every room that takes pictures",
        "words": "edge of every page that shows or takes pictures",
    },
    # The page frame is there for all rooms.
    "web": dict.fromkeys(
        (
            "api",
            "context",
            "errors",
            "fields",
            "menu",
            "ranges",
            "signed_in",
            "systems",
            "terms",
            "words",
            "assets",
        ),
        "frame",
    ),
    "door": {"tickets": "pure: signed tickets", "models": "queries answer with its rows"},
    "oversight": {
        "desk": "edge of every page that draws a history",
        "following": "actions: events as they come in",
        "library": "domain: the models",
        "planting": "domain: made-up histories",
    },
    "findings": {
        "answering": "actions",
        "models": "queries answer with its rows",
        "sending": "actions",
    },
    "analysis": {},
    "demo": {},
}
EDGES_ABOVE = ("cli", "commands", "benches", "drills", "worker", "urls", "__main__", "wsgi", "settings")


def modules() -> Iterator[tuple[Path, str, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).parts
        if "migrations" in parts or "tests" in parts:
            continue
        yield path, parts[0].removesuffix(".py"), tree(path)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_rooms_meet_only_at_their_doors() -> None:
    wrong = []
    for path, room, module in modules():
        if room in EDGES_ABOVE or room not in ROOMS:
            continue
        for name in imported(module):
            parts = name.split(".")
            if (
                len(parts) < 3
                or parts[0] != "callbox"
                or parts[1] in (room, "kernel", "host")
                or parts[1] not in ROOMS
            ):
                continue
            if parts[2] not in OPEN_DOORS and parts[2] not in PARTS[parts[1]]:
                wrong.append(f"{path.relative_to(SOURCE)} reaches into {name}")
    assert not wrong, "\n".join(wrong)


def test_modules_stay_small() -> None:
    long = [
        f"{path.relative_to(CHECKOUT)}: {count} lines"
        for path in tracked("*.py", "*.js", "*.css", "*.html")
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 400
    ]
    assert not long, "\n".join(long)


def test_oversight_judges_acts_and_never_officers() -> None:
    """No history, verdict or list of an officer: whoever handled a case is at most a value that an event says."""
    from callbox.oversight.domain.events import OBJECTS
    from callbox.oversight.domain.rules import Rule
    from callbox.oversight.domain.verdicts import Outcome, Verdict

    who = re.compile(
        r"officer|handler|approver|reviewer|employee|resource|staff|score|rank|propensity|suspicion"
    )
    assert not [kind for kind in OBJECTS if who.search(kind)]
    said = [each.name for kind in (Rule, Verdict, Outcome) for each in fields(kind)]
    assert not [name for name in said if who.search(name)]
    named = [
        f"{path.relative_to(SOURCE)}: {name}"
        for path, room, module in modules()
        if room == "oversight" or path.name in ("oversight.py", "_oversight.py")
        for node in ast.walk(module)
        for name in (
            getattr(node, "id", None),
            getattr(node, "attr", None),
            getattr(node, "arg", None),
            getattr(node, "name", None),
            node.value if isinstance(node, ast.Constant) and room != "oversight" else None,
        )
        if isinstance(name, str) and who.search(name)
    ]
    assert not named, named


def test_nothing_is_saved_past_the_actions() -> None:
    found = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path, _room, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "save"
        and not node.args
        and not node.keywords
    ]
    assert not found, found


def test_no_signals() -> None:
    found = [
        str(path.relative_to(SOURCE))
        for path, _room, module in modules()
        if any(name.startswith(("django.dispatch", "django.db.models.signals")) for name in imported(module))
    ]
    assert not found, found


def test_everything_is_caught_in_the_worker_loop_only() -> None:
    found = [
        str(path.relative_to(SOURCE))
        for path, room, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.ExceptHandler) and _catches_everything(node) and room != "worker"
    ]
    assert not found, found


def _catches_everything(node: ast.ExceptHandler) -> bool:
    if isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None:
        return False  # it only tidies up and lets the fault go on
    return node.type is None or (
        isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")
    )


ROOM_CLOCKS = {  # who reads this machine's clock of the day, and why it may
    "door/gauges.py": "compares the clocks",
    "door/drain.py": "old records of the spool, by the day",
    "door/keys.py": "keys for the coming weeks",
    "web/views.py": "tells its machine's clock, to be compared",
}


def test_what_is_written_down_bears_the_databases_time() -> None:
    """ADR 19: a machine's clock may leap. Edges ask `timezone.now`, in web the database's time; the rest ask CLOCK."""
    found = set()
    for path, room, module in modules():
        calls = (node.func for node in ast.walk(module) if isinstance(node, ast.Call))
        read = {ast.unparse(func) for func in calls} & {"datetime.now", "datetime.utcnow", "time.time"}
        if read and room in ROOMS:
            found.add(str(path.relative_to(SOURCE)))
    assert found == set(ROOM_CLOCKS)


def test_every_source_file_names_its_licence() -> None:
    missing = [
        str(path.relative_to(CHECKOUT))
        for path in tracked("*.py", "*.js", "*.css")
        if "SPDX-License-Identifier: Apache-2.0" not in path.read_text(encoding="utf-8")[:300]
    ]
    assert not missing, missing


def test_no_file_names_a_registry_or_a_machine() -> None:
    wrong = re.compile(
        r"https?://(?:registry\.npmjs|pypi\.org/simple|files\.pythonhosted)|\"resolved\": *\"http|index-url"
    )
    found = [
        str(path.relative_to(CHECKOUT))
        for path in tracked()
        if path != Path(__file__)
        and path.suffix not in (".png", ".jpg")
        and wrong.search(path.read_text(encoding="utf-8"))
    ]
    assert not found, found


def test_no_unfinished_marks() -> None:
    words = "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3, "NotImplemented" + "Error", "x" + "fail"))
    found = [
        str(path.relative_to(CHECKOUT))
        for path in tracked("*.py", "*.js", "*.html", "*.md")
        if re.search(rf"\b({words})\b", path.read_text(encoding="utf-8"))
    ]
    assert not found, found


@cache
def tracked(*patterns: str) -> tuple[Path, ...]:
    listed = subprocess.run(
        ["git", "ls-files", *patterns], cwd=CHECKOUT, check=False, capture_output=True, text=True
    )
    if listed.returncode:
        pytest.skip("not a git checkout: the list of files is unknown")
    return tuple(CHECKOUT / line for line in listed.stdout.splitlines() if (CHECKOUT / line).is_file())
