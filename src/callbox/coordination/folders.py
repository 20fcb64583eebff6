# SPDX-License-Identifier: Apache-2.0
"""Agencies as folders of data: one folder each, named by its code. Part of the domain: pure but for reading the files.

`agency.toml`: name_en, name_zh, kind, language, the tables [reach] and [second] with an address for each way, and
[system] with the address (webhook) of a system of its own.
`plans.tsv`: its lines of the plans (columns of plans.py without `agency`). `duties.tsv`: what requests it deals with:
valid_from, valid_to, category, area, hours, role (lead, assisting or backstop), source. Both may be absent.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from callbox.coordination.plans import COLUMNS, Plans, parse_plans
from callbox.incidents.catalogue import AGENCY_KINDS
from callbox.kernel.errors import Invalid
from callbox.kernel.tables import Row, TableError, parse_table
from callbox.messages.domain import check_to
from callbox.messages.ways import OF_PEOPLE, WEBHOOK

ROLES = LEAD, ASSISTING, BACKSTOP = "lead", "assisting", "backstop"
SYSTEM = "/system"
CONTACTS = {
    "reach": "",
    "second": "/second",
    "system": SYSTEM,
}  # the table in the file, what ends the holder's key
LANGUAGES = ("en", "zh-hans")
KNOWN = {"name_en", "name_zh", "kind", "language", *CONTACTS}
OF_RULE = ("valid_from", "valid_to", "category", "area", "hours")
RULE_COLUMNS = (*OF_RULE, *ROLES, "source")


@dataclass(frozen=True, slots=True)
class Folder:
    """One agency as its folder says. reach: (end of the holder's key, way) -> address."""

    code: str
    name_en: str
    name_zh: str
    kind: str
    language: str
    reach: Mapping[tuple[str, str], str]
    plans: Sequence[Row] = field(default=())
    duties: Sequence[Row] = field(default=())


def read_folders(root: Path) -> list[Folder]:
    """All agencies of a folder, by code. Raises TableError, naming the file and what is wrong."""
    if not root.is_dir():
        raise TableError(f"{root.name}: there is no such folder")
    found = [_read(path) for path in sorted(root.iterdir()) if path.is_dir() and path.name[0] not in "._"]
    if not found:
        raise TableError(f"{root.name}: no folder of an agency in it")
    return found


def _read(path: Path) -> Folder:
    where = f"{path.name}/agency.toml"
    try:
        said = tomllib.loads((path / "agency.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as problem:
        raise TableError(f"{where}: {problem}") from problem
    if unknown := said.keys() - KNOWN:
        raise TableError(f"{where}: nobody knows {', '.join(sorted(unknown))}")
    return Folder(
        path.name,
        _text(said, "name_en", where),
        _text(said, "name_zh", where),
        _one_of(said, "kind", AGENCY_KINDS, where),
        _one_of({"language": "zh-hans", **said}, "language", LANGUAGES, where),
        dict(_reach(said, where)),
        _rows(path / "plans.tsv"),
        _rows(path / "duties.tsv"),
    )


def _text(said: Mapping[str, Any], name: str, where: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise TableError(f"{where}: {name} is needed, as words on one line")
    return value.strip()


def _one_of(said: Mapping[str, Any], name: str, allowed: Sequence[str], where: str) -> str:
    value = _text(said, name, where)
    if value not in allowed:
        raise TableError(f"{where}: {name} is {value!r}, expected one of {', '.join(allowed)}")
    return value


def _reach(said: Mapping[str, Any], where: str) -> Iterator[tuple[tuple[str, str], str]]:
    for contact, end in CONTACTS.items():
        ways, may = said.get(contact, {}), (WEBHOOK,) if end == SYSTEM else OF_PEOPLE
        if not isinstance(ways, dict) or not ways.keys() <= set(may):
            raise TableError(f"{where}: [{contact}] may say {' and '.join(may)}")
        for way in ways:
            try:
                yield (end, way), check_to(way, _text(ways, way, where))
            except Invalid:
                raise TableError(f"{where}: [{contact}] {way} is no address") from None


def _rows(path: Path) -> list[Row]:
    if not path.is_file():
        return []
    try:
        return list(parse_table(path.read_text(encoding="utf-8"), f"{path.parent.name}/{path.name}"))
    except (OSError, UnicodeDecodeError) as problem:
        raise TableError(f"{path.parent.name}/{path.name}: {problem}") from problem


def plans_of(folders: Sequence[Folder]) -> tuple[str, Plans]:
    """The plans of all agencies as one table, and read. Raises TableError, also where a plan has no lead or two."""
    lines = ["\t".join(COLUMNS)]
    for folder in folders:
        lines += ["\t".join(_cells(row, COLUMNS, {"agency": folder.code})) for row in folder.plans]
    text = "\n".join(lines) + "\n"
    return text, parse_plans(text)


def rules_of(folders: Sequence[Folder]) -> str:
    """The duties of all agencies as the table of routing rules. Raises TableError where a rule has no lead or two."""
    found: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for folder in folders:
        for row in folder.duties:
            cells = _cells(row, (*OF_RULE, "role", "source"), {})
            role = row.one_of("role", ROLES)
            found.setdefault(tuple(cells[: len(OF_RULE)]), {name: [] for name in ROLES})[role].append(
                folder.code
            )
    lines = ["\t".join(RULE_COLUMNS)]
    for which, agencies in sorted(found.items()):
        if len(agencies[LEAD]) != 1 or len(agencies[BACKSTOP]) > 1:
            raise TableError(f"duties.tsv: {' '.join(which)} has {len(agencies[LEAD])} leads, expected one")
        held = (" ".join(agencies[role]) for role in ROLES)
        lines.append("\t".join([*which, *held, "folders of agencies"]))
    return "\n".join(lines) + "\n"


def _cells(row: Row, columns: Sequence[str], given: Mapping[str, str]) -> list[str]:
    """The cells of these columns. Raises TableError for a column that is missing."""
    missing = [name for name in columns if name not in row.cells and name not in given]
    if missing:
        raise row.wrong(f"columns are missing: {', '.join(missing)}")
    return [given.get(name, row.cells.get(name, "")) for name in columns]
