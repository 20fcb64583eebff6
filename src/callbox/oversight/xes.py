# SPDX-License-Identifier: Apache-2.0
"""Event logs in XES (IEEE 1849), as rows: one an event, in constant memory however long the log. An edge: reads files.

The attributes of an event stand under their keys, those of its trace under `case:` and their keys, `event:number` says
which of its trace it is. Nested attributes say nothing here. A document type is refused, and with it every entity.
"""

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

from callbox.kernel.tables import TableError
from callbox.oversight.mapping import Row

SUFFIXES = (".xes", ".xes.gz")
COLUMNS = [
    "case:concept:name",
    "concept:name",
    "time:timestamp",
    "event:number",
]  # what a shipped mapping may ask for
TYPES = frozenset({"string", "date", "int", "float", "boolean", "id"})
PORTION = 65_536  # bytes
LONGEST = 2**24  # bytes of one tag
# An encoding that nobody knows is a LookupError, one that expat cannot read a ValueError.
BROKEN = (expat.ExpatError, OSError, EOFError, zlib.error, LookupError, ValueError)
DEEPEST, MOST = 64, 1_000  # tags within tags; attributes of one event or trace


def is_xes(path: Path) -> bool:
    """Whether the file's name says so."""
    return path.name.endswith(SUFFIXES)


def rows_of(path: Path) -> Iterator[tuple[int, Row]]:
    """The events with their lines. Raises TableError where it is no such file, also after some of them."""
    reader = _Reader()
    try:
        with _opened(path) as file:
            while portion := file.read(PORTION):
                reader.feed(portion)
                yield from reader.taken()
        reader.end()
    except BROKEN as problem:
        raise TableError(f"{path.name}: it cannot be read: {problem}") from problem
    yield from reader.taken()


def _opened(path: Path) -> BinaryIO:
    return io.BufferedReader(gzip.open(path)) if path.suffix == ".gz" else path.open("rb")


class _Reader:
    """What has been read of the trace and the event that are open now, and the events that are whole."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._begins
        self.parser.EndElementHandler = self._ends
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.tags: list[str] = []
        self.trace: dict[str, str] = {}
        self.event: dict[str, str] = {}
        self.number, self.line, self.fed, self.is_log = 0, 0, 0, False
        self.open: list[tuple[int, dict[str, str]]] = []
        self.whole: list[tuple[int, Row]] = []

    def feed(self, portion: bytes) -> None:
        """Read on."""
        self.fed += len(portion)
        self.parser.Parse(portion, False)
        if self.fed - self.parser.CurrentByteIndex > LONGEST:
            raise TableError(f"line {self.parser.CurrentLineNumber}: a tag is longer than {LONGEST} bytes")

    def end(self) -> None:
        """Nothing more comes."""
        self.parser.Parse(b"", True)
        if not self.is_log:
            raise TableError("it is XML, and no XES log")

    def taken(self) -> list[tuple[int, Row]]:
        """The events that are whole since it was asked last."""
        found, self.whole = self.whole, []
        return found

    def _refuse(self, *_said: object) -> None:
        raise TableError("a document type is not read: what it names could be anything")

    def _begins(self, name: str, said: dict[str, str]) -> None:
        tag, within = name.rpartition(":")[2], self.tags[-1] if self.tags else ""
        self.tags.append(tag)
        if len(self.tags) > DEEPEST:
            raise TableError(
                f"line {self.parser.CurrentLineNumber}: more than {DEEPEST} tags within each other"
            )
        if tag == "log" and not within:
            self.is_log = True
        elif tag == "trace" and within == "log":
            self.trace, self.number = {}, 0
        elif tag == "event" and within in ("trace", "log"):
            self.event, self.line = {}, self.parser.CurrentLineNumber
        elif tag in TYPES and within in ("trace", "event"):
            self._keep(within, said.get("key", ""), said.get("value", ""))

    def _keep(self, within: str, key: str, value: str) -> None:
        held, name = (self.event, key) if within == "event" else (self.trace, f"case:{key}")
        if len(held) < MOST:
            held[name] = value

    def _ends(self, _name: str) -> None:
        tag, within = self.tags.pop(), self.tags[-1] if self.tags else ""
        if tag == "event" and within == "trace":
            self.number += 1
            self.open.append((self.line, self.event | {"event:number": str(self.number)}))
        elif tag == "event" and within == "log":
            self.whole.append((self.line, self.event))
        elif tag == "trace":
            self.whole += [(line, self.trace | event) for line, event in self.open]
            self.open = []
