# SPDX-License-Identifier: Apache-2.0
"""Whoever has a request is told when its due time was moved by a new calendar or edition. Part of the actions.

Who reports it is told by `telling`, which reads the same entries and calls this: each letter is of one key, by entry.
"""

from datetime import datetime

from callbox.access.domain import system_actor
from callbox.journal.domain import Written
from callbox.kernel.errors import Invalid
from callbox.kernel.tables import Words
from callbox.matters.queries import calendar_in_force
from callbox.messages.actions import Wanted, queue_message
from callbox.messages.telling import addresses, owner_holders
from callbox.promises.words import clock_words
from callbox.requests.models import Request

SETTLE, LETTER = "settle_clock", "requests.moved_desk"
ACTOR = system_actor("messages")


def has_moved(entry: Written) -> bool:
    """Whether the due time is another one: what was provisional may be settled where it stood."""
    return bool(entry.facts["due_at"] != entry.facts["was_due_at"])


def moved_to(entry: Written) -> str:
    """The due time that the entry tells of, in the city's time."""
    return _local(str(entry.facts["due_at"]))


def _local(moment: str) -> str:
    zone = calendar_in_force().zone
    return datetime.fromisoformat(moment).astimezone(zone).strftime("%Y-%m-%d %H:%M")


def tell_desk_of_moved(entry: Written, *, at: datetime) -> int:
    """Queue a letter to each address of whoever owns the request, if this entry moved a due time; how many.

    Nobody is told of a request that has ended meanwhile.
    """
    if entry.move != SETTLE or not has_moved(entry):
        return 0
    row = Request.objects.select_related("matter").filter(pk=entry.chain, open=True).first()
    if row is None:
        return 0
    words: dict[str, str | Words] = {
        "number": str(row.number),
        "clock": clock_words(str(entry.facts["clock"])),
        "was": _local(str(entry.facts["was_due_at"])),
        "due": moved_to(entry),
    }
    found = 0
    for holder, (way, to, language) in addresses(owner_holders(row.matter.owner, at)):
        key = f"request/{entry.chain}/{entry.number}/{holder}"
        try:
            queue_message(Wanted(key, LETTER, way, to, language, words, row.pk), by=ACTOR, at=at)
        except Invalid:
            continue  # an address of before a rule was made stricter
        found += 1
    return found
