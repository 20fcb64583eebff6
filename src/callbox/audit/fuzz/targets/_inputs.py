# SPDX-License-Identifier: Apache-2.0
"""What targets share: bytes as text, and as a file."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def text_of(data: bytes) -> str:
    """Any text, lone surrogates included: such come out of JSON."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")


@contextmanager
def file_of(data: bytes, name: str) -> Iterator[Path]:
    """A file with these bytes, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="callbox-fuzz-") as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        yield path
