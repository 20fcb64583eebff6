# SPDX-License-Identifier: Apache-2.0
"""The printable list of open incidents, new on the disk every 10 s; with CALLBOX_PRINTOUT=0 what is there is erased."""

import os
from datetime import datetime

from django.conf import settings

from callbox.dispatch.printout import printed
from callbox.host.printouts import erase_printouts, keep_printout
from callbox.worker.loop import Loop


def step(at: datetime) -> int:
    """Write it anew, or erase it."""
    home = settings.CONFIG.home
    if os.environ.get("CALLBOX_PRINTOUT") == "0":
        erase_printouts(home, at)
    else:
        keep_printout(home, printed(at), at)
    return 0


LOOP = Loop("printout", step, every_s=10.0, settle_s=2.0)
