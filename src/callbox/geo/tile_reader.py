# SPDX-License-Identifier: Apache-2.0
"""Reading tiles out of a city's PMTiles file, for a server that gives them one by one."""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pmtiles.reader import MmapSource, Reader


class TileReader:
    """An open PMTiles file. Thread-safe: it only reads from a map of the file."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        source: Any = MmapSource(self._file)  # type: ignore[no-untyped-call]
        self._reader: Any = Reader(source)  # type: ignore[no-untyped-call]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def tile(self, zoom: int, x: int, y: int) -> bytes | None:
        """The gzip-packed vector tile, or None where there is nothing."""
        found: bytes | None = self._reader.get(zoom, x, y)
        return found

    def tile_count(self) -> int:
        """How many tiles the file has."""
        return int(self._reader.header()["addressed_tiles_count"])
