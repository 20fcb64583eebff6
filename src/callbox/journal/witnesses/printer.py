# SPDX-License-Identifier: Apache-2.0
"""Paper: a line printer's device, or any other that prints what is written to it."""

import os

NAME = "printer"


def configured() -> str | None:
    """The device's path, from CALLBOX_SEALS_PRINTER (for instance /dev/usb/lp0)."""
    return os.environ.get("CALLBOX_SEALS_PRINTER") or None


def tell(where: str, line: str) -> None:
    """Print one line. Raises OSError; nothing is waited for that does not take it at once."""
    descriptor = os.open(where, os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK)
    try:
        os.write(descriptor, f"{line}\r\n".encode())
    finally:
        os.close(descriptor)
