# SPDX-License-Identifier: Apache-2.0
"""The clock of door, worker or web leaps an hour forward or back, and later stands right again."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from callbox.door.condition import BEARER, state_secret
from callbox.door.tickets import Ticket, sign
from callbox.drills.folders import scratch
from callbox.drills.ledger import Ledger
from callbox.drills.many_screens import Screens
from callbox.drills.result import Broken, Result
from callbox.drills.shim import PARTS, LeapingClock
from callbox.drills.site import Site, await_true
from callbox.drills.trouble import Fault, troubled

HELP = "the clock of door, worker or web leaps an hour either way; --times: how many leaps"
TIMES = 6
HOUR_S = 3_600
LEAST_S, MOST_S = 1.0, 2.5
PATIENCE_S = 60.0
# Each of these counts what is stamped, due or told ten minutes off or more; a busy machine is late by seconds.
OFF = {
    "entries are stamped wrongly": """
        SELECT count(*) FROM (SELECT least(at, recorded_at) AS said,
          max(greatest(at, recorded_at)) OVER (ORDER BY xid, seq) AS newest FROM journal_entry) AS entry
        WHERE newest - said > interval '10 minutes' OR newest > clock_timestamp() + interval '10 minutes'""",
    "contacts are stamped wrongly": """
        SELECT count(*) FROM (SELECT received_at AS said, max(received_at) OVER (ORDER BY xid, seq) AS newest
          FROM door_contact) AS contact
        WHERE newest - said > interval '10 minutes' OR newest > clock_timestamp() + interval '10 minutes'""",
    "promises were called late too early": """
        SELECT count(*) FROM matters_clock WHERE fired_at < due_at - interval '10 minutes'""",
    "promises were called late too late, or not": """
        SELECT count(*) FROM matters_clock
        WHERE coalesce(stopped_at, fired_at, clock_timestamp()) > due_at + interval '10 minutes'""",
}
SIGNED_IN = (
    "SELECT p.id, s.id, p.epoch FROM access_signin s JOIN access_person p ON p.id = s.person_id LIMIT 1"
)


def run(seed: int, times: int) -> Result:
    """So many leaps: each part forward, then each back."""
    result = Result("clock-leap", seed)
    with scratch() as folder:
        return leaps(result, times, folder)


def leaps(result: Result, times: int, folder: Path) -> Result:
    """So many leaps, the shim in that folder. Raises Skipped without a compiler."""
    clock = LeapingClock(folder)
    faults = [leap(clock, part, seconds, result) for seconds in (HOUR_S, -HOUR_S) for part in PARTS]
    return troubled(result, faults, times, "leaps", environment=clock.environment)


def leap(clock: LeapingClock, part: str, seconds: int, result: Result) -> Fault:
    """That part's clock is so many seconds off for a while: screens join as ever, and the page of states says it."""

    @contextmanager
    def off(here: Site, dice: random.Random) -> Iterator[None]:
        clock.put_off(part, seconds)
        try:
            with Screens(here, Ledger(), 1).there():
                time.sleep(dice.uniform(LEAST_S, MOST_S))
            await_true(
                lambda: _times(here) == "differ", PATIENCE_S, f"the page of states says nothing of {part}"
            )
        finally:
            clock.put_off(part, 0)
        await_true(lambda: _times(here) == "agree", PATIENCE_S, "the page of states does not calm down")
        result.broken += _wrong(here, f"{part} {seconds:+d} s")
        yield

    return off


def _wrong(here: Site, when: str) -> list[Broken]:
    counts = {what: here.rows(text)[0][0] for what, text in OFF.items()}
    return [Broken("clocks", f"{count} {what} ({when})") for what, count in counts.items() if count]


def _times(here: Site) -> str:
    """What the page of states says of the clocks."""
    parts = {part["part"]: part["case"] for part in here.ask("/door/state", headers=_pass(here))["parts"]}
    return str(parts["times"])


def _pass(here: Site) -> dict[str, str]:
    """The header that web would give to somebody who is signed in."""
    person, sign_in, epoch = here.rows(SIGNED_IN)[0]
    now = int(here.rows("SELECT extract(epoch FROM clock_timestamp())::bigint")[0][0])
    ticket = Ticket(person=person, signin=sign_in, epoch=epoch, iat=now, exp=now + 60)
    secret = state_secret((here.folder / "secret").read_bytes())
    return {"Authorization": BEARER + sign(ticket, secret)}
