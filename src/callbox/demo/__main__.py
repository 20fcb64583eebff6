# SPDX-License-Identifier: Apache-2.0
"""`python -m callbox.demo CITY SEED SPEED`: the simulated people of a live demo."""

import os
import sys
import threading


def main() -> None:
    """Play until ended: whatever is half done then is undone by the database."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callbox.settings")
    django.setup()

    from callbox.access.seeing import work_as_system
    from callbox.demo.domain import towns
    from callbox.demo.live import live
    from callbox.demo.past import begin_past
    from callbox.geo.queries import current_city
    from callbox.host.config import load

    work_as_system()  # it acts for many people, each with their own powers
    begin_past()
    city, seed, speed = sys.argv[1:]
    live(current_city(), towns()[city], int(seed), float(speed), load().door_port, threading.Event())


if __name__ == "__main__":
    main()
