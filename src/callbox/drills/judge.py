# SPDX-License-Identifier: Apache-2.0
"""The end of a drill: wait until all is well, look, and hold what is there against what was sent."""

from collections.abc import Iterator
from contextlib import contextmanager

from callbox.drills.invariants import check
from callbox.drills.ledger import Ledger
from callbox.drills.result import Broken, Result
from callbox.drills.site import Site

OFFERED_S = 2.0  # from door, web and worker at work until every contact is a call that somebody is offered


@contextmanager
def told_in(result: Result) -> Iterator[None]:
    """What does not come about within the patience of the block is told as broken, and the drill goes on to its end."""
    try:
        yield
    except TimeoutError as error:
        result.broken.append(Broken("healthy", str(error)))


def judge(site: Site, ledger: Ledger, result: Result) -> Result:
    """Fill the result in: what is broken, how long processes took to come up, and then every contact to be a call."""
    try:
        result.extra["up_s"] = round(site.await_up(), 3)
        took_s = site.await_healthy()
    except TimeoutError as error:
        result.broken.append(Broken("healthy", str(error)))
        return result
    result.offered_s = max(result.offered_s or 0.0, took_s)
    if took_s > OFFERED_S:
        result.late.append(f"contacts were calls {took_s:.1f} s after all was well again")
    found = site.look()
    result.broken += check(ledger, found)
    result.broken += [
        Broken("accepting", f"the contact {sent.key} was never accepted")
        for sent in ledger.sent
        if not sent.acks
    ]
    result.extra |= {
        "contacts": len(found.contacts),
        "acknowledged": sum(1 for _ in ledger.acknowledged()),
        "moves": len(ledger.moves),
        "shown": sum(len(screen.shown) for screen in ledger.followed),
        "refused": ledger.refused,
    }
    return result
