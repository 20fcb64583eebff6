# SPDX-License-Identifier: Apache-2.0
"""A bad network between everybody and the door: contacts twice, late, in part, their answers lost."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager

from callbox.drills.proxy import Weather
from callbox.drills.requests_line import Mishaps, RequestLine
from callbox.drills.result import Result
from callbox.drills.site import Site
from callbox.drills.trouble import troubled
from callbox.host.processes import free_port

HELP = "contacts doubled, reordered, cut short and left without an answer between senders and door"
TIMES = 4
LEAST_S, MOST_S = 2.0, 4.0


def run(seed: int, times: int) -> Result:
    """So many storms."""
    lines: list[RequestLine] = []

    @contextmanager
    def before_the_door(here: Site) -> Iterator[None]:
        here.front = free_port(0, but=here.port)
        with RequestLine(seed, here.front, here.port).laid() as line:
            lines.append(line)
            yield

    @contextmanager
    def storm(_here: Site, dice: random.Random) -> Iterator[None]:
        (line,) = lines
        line.mishaps = Mishaps(twice=0.3, late=0.3, part=0.15, unheard=0.15)
        line.weather = Weather(delay_s=0.05, half=0.02, deaf=0.02)
        time.sleep(dice.uniform(LEAST_S, MOST_S))
        line.mishaps, line.weather = Mishaps(), Weather()
        yield

    result = Result("bad-network", seed)
    troubled(result, [storm], times, "storms", lines=before_the_door)
    result.extra |= lines[0].counts
    return result
