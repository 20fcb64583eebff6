# SPDX-License-Identifier: Apache-2.0
"""One round of the play: everybody looks once at what there is and does what is due."""

from datetime import datetime

from callbox.demo import takers
from callbox.demo.crews import Crews
from callbox.demo.dispatchers import Dispatcher
from callbox.demo.play import Play
from callbox.dispatch.queries import open_assignments


def act(play: Play, dispatcher: Dispatcher, crews: Crews, at: datetime) -> None:
    """Call-takers, the dispatcher, then the crews; `play.did` counts what was done."""
    play.begin()
    takers.answer(play, at)
    open_now = open_assignments(play.staff.dispatcher)
    dispatcher.work(open_now, at)
    crews.work(open_now, at)
