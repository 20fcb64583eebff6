# SPDX-License-Identifier: Apache-2.0
"""What time it is for promises: the database's, which all processes share. A machine's own clock may leap."""

import time
from datetime import datetime

from django.db import connection

from callbox.host.clock import CLOCK


def database_time() -> datetime:
    """Now, as the database says. Raises DatabaseError when it does not answer: nothing could be done then either."""
    begun = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
    CLOCK.learn(found, begun)  # for what is stamped on the way
    return found
