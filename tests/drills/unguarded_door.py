# SPDX-License-Identifier: Apache-2.0
"""A door without two guards: it says yes before a contact is durable, and knows no repeat by its key."""

import asyncio
from uuid import uuid4

from callbox.door import accept, domain
from callbox.door.domain import Contact
from callbox.door.main import main

LATER_S = 0.4
_accept = accept.Acceptor.accept
_under_way: set[asyncio.Task[object]] = set()


async def _hasty(acceptor: accept.Acceptor, given: Contact) -> accept.Taken:
    async def later() -> object:
        await asyncio.sleep(LATER_S)
        return await _accept(acceptor, given)

    task = asyncio.ensure_future(later())
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)
    return accept.Taken(given.id, "database", False)


if __name__ == "__main__":
    accept.Acceptor.accept = _hasty  # type: ignore[method-assign,assignment]  # the guard taken out
    domain.contact_id = lambda *_: uuid4()
    main()
