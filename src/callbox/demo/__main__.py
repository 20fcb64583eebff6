# SPDX-License-Identifier: Apache-2.0
"""`python -m callbox.demo CITY SEED SPEED`: the simulated people of a live demo."""

import os
import signal
import sys
import threading


def main() -> None:
    """Play until told to stop."""
    import django

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callbox.settings")
    django.setup()

    from callbox.demo.domain import towns
    from callbox.demo.live import live
    from callbox.geo.queries import current_city
    from callbox.host.config import load

    city, seed, speed = sys.argv[1:]
    live(current_city(), towns()[city], int(seed), float(speed), load().door_port, stop)


if __name__ == "__main__":
    main()
