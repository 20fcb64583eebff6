# SPDX-License-Identifier: Apache-2.0
"""The program's own files as text and as syntax, without its tests: what is not there can be looked for here."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from callbox.host.config import CHECKOUT

ROOT = CHECKOUT / "src" / "callbox"
NOT_SERVED = {"benches", "drills"}  # tools of the workshop: no process of an installation loads them


@cache
def modules() -> dict[Path, ast.Module]:
    """Every module by its path below src/callbox."""
    return {
        path.relative_to(ROOT): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(ROOT.rglob("*.py"))
        if "tests" not in path.parts
    }


def served() -> Iterator[tuple[Path, ast.Module]]:
    """The modules that a running installation may load."""
    return ((path, tree) for path, tree in modules().items() if path.parts[0] not in NOT_SERVED)


@cache
def imported() -> frozenset[str]:
    """Every name that a module imports, with each of its beginnings: `a.b.c` gives a, a.b and a.b.c."""
    found: set[str] = set()
    for tree in modules().values():
        for node in ast.walk(tree):
            for name in names_of(node):
                parts = name.split(".")
                found |= {".".join(parts[: upto + 1]) for upto in range(len(parts))}
    return frozenset(found)


def names_of(node: ast.AST) -> list[str]:
    """What one statement imports, dotted."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Every call with what is called, as it is written."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


@cache
def browser_files() -> dict[Path, str]:
    """Scripts, sheets and templates that a browser gets, by their path below src/callbox; our own only."""
    kinds = {".js", ".css", ".html", ".webmanifest"}
    return {
        path.relative_to(ROOT): path.read_text(encoding="utf-8")
        for path in sorted(ROOT.rglob("*"))
        if path.suffix in kinds and "vendor" not in path.parts and "tests" not in path.parts
    }


@cache
def installed() -> frozenset[str]:
    """Names of the packages that the lock file of an installation names, in lower case."""
    lines = (CHECKOUT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    return frozenset(
        line.split("==")[0].split("[")[0].lower() for line in lines if "==" in line and line[0].isalnum()
    )
