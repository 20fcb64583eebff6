# SPDX-License-Identifier: Apache-2.0
"""What the machine does not allow, told on the command line like any other refusal."""

from collections.abc import Iterator
from contextlib import contextmanager

from callbox.host.errors import HostError
from callbox.kernel.errors import Unavailable


@contextmanager
def asking_the_machine() -> Iterator[None]:
    """Raises Unavailable, with the reason, for what the machine or its files refuse in the block."""
    try:
        yield
    except (HostError, OSError) as error:
        raise Unavailable("%(why)s", why=error) from error
