# SPDX-License-Identifier: Apache-2.0
"""A bad line between door, web, worker and PostgreSQL: delays, half messages, and COMMITs whose outcome is unknown."""

import random
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from callbox.drills.proxy import Line, Weather
from callbox.drills.result import Result
from callbox.drills.site import Site
from callbox.drills.trouble import troubled
from callbox.host.processes import free_port

HELP = "delays, half messages and unanswered COMMITs between the processes and PostgreSQL"
TIMES = 4
LEAST_S, MOST_S = 1.0, 2.5


def run(seed: int, times: int) -> Result:
    """So many bad spells: slow, then torn, in turn."""
    lines: list[Line] = []

    @contextmanager
    def before_the_database(here: Site) -> Iterator[None]:
        here.database_port = free_port(0, but=here.port)
        with Line(seed, here.database_port, here.cluster.layout.socket).laid() as line:
            lines.append(line)
            yield

    @contextmanager
    def spell(weather: Weather, dice: random.Random) -> Iterator[None]:
        lines[0].weather = weather
        time.sleep(dice.uniform(LEAST_S, MOST_S))
        lines[0].weather = Weather()
        yield

    def slow(_here: Site, dice: random.Random) -> AbstractContextManager[None]:
        return spell(Weather(delay_s=0.2), dice)

    def torn(_here: Site, dice: random.Random) -> AbstractContextManager[None]:
        return spell(Weather(half=0.03, deaf=0.02, deaf_ending=0.4), dice)

    result = Result("bad-database-line", seed)
    troubled(result, [torn, slow], times, "spells", lines=before_the_database)
    result.extra |= lines[0].counts
    return result
