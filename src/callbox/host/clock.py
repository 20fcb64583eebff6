# SPDX-License-Identifier: Apache-2.0
"""What time it is for everything that is written down: the database's, which all processes share.

A machine's clock of the day may leap, be set wrong, or differ from the next machine's; promises would run out early or
late by as much. So the database is asked now and then, and between two answers the clock counts that nobody sets.
"""

import time
from datetime import UTC, datetime

WORTH_S = 1.0


class DatabaseClock:
    """One for each process. Until the database was asked it says what this machine's clock said at first."""

    def __init__(self) -> None:
        self._ahead_s: float | None = None
        self.learned = False

    def now(self) -> datetime:
        """The time, as the database would say it."""
        counted = time.monotonic()
        if self._ahead_s is None:
            self._ahead_s = time.time() - counted
        return datetime.fromtimestamp(counted + self._ahead_s, UTC)

    def learn(self, said: datetime, begun: float) -> None:
        """The database said this just now, asked at `begun` (monotonic seconds). A slow answer says too little."""
        ended = time.monotonic()
        if ended - begun < WORTH_S or not self.learned:
            self._ahead_s = said.timestamp() - (begun + ended) / 2
            self.learned = True


CLOCK = DatabaseClock()
