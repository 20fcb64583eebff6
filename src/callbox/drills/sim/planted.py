# SPDX-License-Identifier: Apache-2.0
"""Bugs that are put into the product's own code on purpose: each is the text of a function with some words changed.

A run with one of them has to break an invariant, or the simulation is blind there. When the words are not in the
code any more, the bug cannot be planted, and a test says so.
"""

import importlib
import inspect
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from callbox.drills.sim.stand_ins import Change


@dataclass(frozen=True, slots=True)
class Edit:
    """`old` is `new` in a function, a method or a text. where: `module:name` or `module:Class.method`."""

    where: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Bug:
    """One planted bug. rules: the invariants of which one must break. without: constraints taken out."""

    name: str
    rules: tuple[str, ...]
    edits: tuple[Edit, ...] = ()
    without: tuple[str, ...] = ()


class Withered(Exception):  # noqa: N818 - an answer
    """The code has changed: the bug has to be planted anew."""


def changes_of(bug: Bug) -> list[Change]:
    """What has to be changed, everywhere where it is known by name. Raises Withered."""
    changes: dict[tuple[int, str], Any] = {}
    texts: dict[str, str] = {}
    for edit in bug.edits:
        owner, name = _owner(edit.where)
        value = vars(owner)[name]
        text = texts.get(edit.where) or (value if isinstance(value, str) else _source(value))
        if edit.old not in text:
            raise Withered(f"{bug.name}: {edit.where} has no {edit.old!r}")
        texts[edit.where] = text.replace(edit.old, edit.new)
    for where, text in texts.items():
        owner, name = _owner(where)
        value = vars(owner)[name]
        new = text if isinstance(value, str) else _made(text, name, _module(where))
        for target in _known_in(owner, name, value):
            changes[id(target), name] = (target, name, new)
    return list(changes.values())


def _module(where: str) -> Any:
    return importlib.import_module(where.partition(":")[0])


def _owner(where: str) -> tuple[Any, str]:
    owner = _module(where)
    *path, name = where.partition(":")[2].split(".")
    for part in path:
        owner = getattr(owner, part)
    return owner, name


def _source(value: Any) -> str:
    return textwrap.dedent(inspect.getsource(value))


def _made(text: str, name: str, module: Any) -> Any:
    found: dict[str, Any] = {}
    exec(compile(text, module.__name__, "exec"), module.__dict__, found)  # noqa: S102 - our own code, changed  # nosemgrep: code-from-data
    return found[name]


def _known_in(owner: Any, name: str, value: Any) -> Iterator[Any]:
    yield owner
    if isinstance(value, str) or inspect.isclass(owner):
        return
    for key, module in tuple(sys.modules.items()):
        if key.startswith("callbox.") and module is not owner and vars(module).get(name) is value:
            yield module


def _bug(name: str, rules: str, *edits: tuple[str, str, str], without: Sequence[str] = ()) -> Bug:
    made = tuple(Edit(f"callbox.{where}", old, new) for where, old, new in edits)
    return Bug(name, tuple(rules.split()), made, tuple(without))


UNLOCKED = ("matters.queries:DUE", " FOR NO KEY UPDATE OF matters_matter SKIP LOCKED", "")

BUGS = (
    _bug("yes before it is durable", "kept", ("door.store:Store.take", "bool(await future)", "True")),
    _bug(
        "spool without fdatasync",
        "kept",
        ("door.spoolfile:SpoolFile.append", "os.fdatasync(self._file)", "pass"),
    ),
    _bug(
        "spool forgets before the database has it",
        "kept",
        (
            "door.drain:Drain._attempt",
            "now = datetime.now(UTC)\n",
            "await self._spool.advance(len(payloads)); now = datetime.now(UTC)\n",
        ),
        (
            "door.drain:Drain._attempt",
            'step("drained")\n    await self._spool.advance(len(payloads))',
            'step("drained")',
        ),
    ),
    _bug(
        "spool forgets at a restart",
        "kept",
        ("door.spoolfile:SpoolFile._load", "self.waiting.append(place)", "pass"),
    ),
    _bug(
        "torn record believed",
        "kept",
        ("door.spoolfile:SpoolFile._record_at", "return place if ", "return place if True or "),
    ),
    _bug(
        "full spool says yes",
        "kept",
        ("door.spool:Spool._keep", "job.answer(error=SpoolFull())", "job.answer()"),
    ),
    _bug(
        "commit not waited for",
        "kept",
        ("door.connecting:_connect", "| SESSION", '| SESSION | {"synchronous_commit": "off"}'),
    ),
    _bug("no ON CONFLICT", "kept offered", ("door.store:INSERT", " ON CONFLICT (id) DO NOTHING", "")),
    _bug(
        "repeats are new contacts",
        "kept",
        ("door.domain:contact_id", "key.encode()", "secrets.token_bytes(8)"),
    ),
    _bug(
        "frozen database waited for",
        "answered",
        ("door.store:Store.take", "timeout(self._deadline_s)", "timeout(60)"),
        ("door.store:Store._insert", "timeout(self._deadline_s)", "timeout(60)"),
    ),
    _bug("stream without horizon", "streams", ("door.tail:_next", ' AND {HORIZON}"', '"')),
    _bug(
        "stream by number alone",
        "streams",
        ("door.tail:_next", "(xid, seq) > ($1::text::xid8, $2)", "$1::text IS NOT NULL AND seq > $2"),
    ),
    _bug(
        "stream begins after what was missed",
        "streams",
        ("door.stream:Streams._run", "if not await self._catch_up(screen, live_from, send)", "if False"),
    ),
    _bug(
        "stream catches up with one entry only",
        "streams",
        ("door.stream:Streams._catch_up", "for event in missed)", "for event in missed[:1])"),
    ),
    _bug(
        "screen listens too late",
        "streams",
        ("door.stream:Streams.serve", "self._hub.screens.add(screen)", "pass"),
        (
            "door.stream:Streams._run",
            "self._hub.show_horizon(screen)",
            "self._hub.screens.add(screen); self._hub.show_horizon(screen)",
        ),
    ),
    _bug(
        "hub passes over what screens wait for",
        "streams",
        ("door.hub:Hub._read", "if not self.screens and", "if"),
        ("door.hub:Hub._pass_over", "if self.screens:", "if False:"),
    ),
    _bug("age of a screen made up", "screens", ("door.hub:Hub.show_horizon", "round(self.age_s, 3)", "0.0")),
    _bug(
        "signed out goes on",
        "signed",
        ("door.watch:Watch.run", "if screen.ticket not in allowed", "if False"),
    ),
    _bug(
        "sign-in not asked for",
        "signed",
        ("door.stream:Streams.serve", "not await self._watch.may_connect(ticket)", "False"),
    ),
    _bug("unchecked screens go on", "signed", ("door.watch:Watch.run", "> BLIND_S", "> 1e9")),
    _bug("swap without state", "moves told", ("matters.actions:SWAP", " AND state = %(was)s", "")),
    _bug(
        "claim without owner",
        "owned",
        ("intake.actions:claim_call", "Change(facts, owner=by.id)", "Change(facts)"),
    ),
    _bug("release keeps the owner", "owned", ("intake.actions:release_call", "owner=domain.QUEUE,", "")),
    _bug(
        "release without clock",
        "promises",
        (
            "intake.actions:release_call",
            'clock(domain.ANSWER_CLOCK, "*", None, promises_on(at.date()))',
            "{}",
        ),
    ),
    _bug("two assignments for a unit", "units one", without=("dispatch_one_active_assignment",)),
    _bug(
        "hand-over without acceptance",
        "owned",
        ("matters.handover:offer_matter", "add=taker)", "add=taker, owner=taker)"),
    ),
    _bug(
        "nobody's answer is a yes",
        "owned",
        ("matters.handover:_settle", "state == ACCEPTED", "state != REFUSED"),
    ),
    _bug(
        "clock fires twice",
        "clocks",
        UNLOCKED,
        ("matters.clocks:FIRE", " AND stopped_at IS NULL AND fired_at IS NULL", ""),
    ),
    _bug(
        "clocks of what is over run on",
        "promises",
        ("matters.actions:move", "everything=step.closes", "everything=False"),
    ),
    _bug(
        "reader moves before the call is there",
        "offered",
        ("intake.reactions:take", "with transaction.atomic():", "if True:"),
    ),
    _bug(
        "seals without horizon",
        "sealed",
        ("journal.queries:entries_after", " AND xid < pg_snapshot_xmin(pg_current_snapshot())", ""),
    ),
    _bug("closing looks at no parts", "parts", ("matters.actions:_swap", "if step.closes", "if False")),
    _bug("waiving not journalled", "told", ("matters.actions:waive_part", "_write(whole, ", "(whole, ")),
    _bug(
        "journal not counted", "told", ("matters.actions:TOUCH", "version = version + 1", "version = version")
    ),
    _bug(
        "reopened in the old round",
        "moves",
        ("matters.actions:_swap", "matter.round + 1 if", "matter.round if"),
    ),
    _bug(
        "stacked assignment lost",
        "units",
        ("dispatch.actions:_activate_next", "if following", "if False and following"),
    ),
    _bug(
        "taken up and not active",
        "units",
        ("dispatch.actions:_activate", "update(active=True)", "update(active=False)"),
    ),
    _bug(
        "duty ends with an assignment",
        "units",
        ("dispatch.units:set_availability", 'name == "end_duty"', "False"),
    ),
    _bug(
        "last unit leaves unnoticed", "going", ("dispatch.actions:_stand_down", "if not", "if False and not")
    ),
)
