# SPDX-License-Identifier: Apache-2.0
"""A door that lets every entry and position pass every ticket: what its streams still keep back, the database does."""

from callbox.access.domain import policy
from callbox.access.rows import matter_kinds
from callbox.door import screens, stream, tickets
from callbox.door.main import main

KINDS = [*matter_kinds(policy()), "widening", "person", "erasure"]


class _Shown(screens.Screens):
    def want_positions(self):  # type: ignore[no-untyped-def]
        return {screen.sight for screen in self}

    def show_positions(self, data, sight):  # type: ignore[no-untyped-def]
        for screen in self:
            if screen.sight == sight:
                screen.give(data)


if __name__ == "__main__":
    tickets.Ticket.may_see = lambda *_: True  # type: ignore[method-assign]  # the guard taken out
    stream._scopes = lambda _ticket: (KINDS, [], [])
    screens.Screens.want_positions = _Shown.want_positions  # type: ignore[method-assign]  # the same
    screens.Screens.show_positions = _Shown.show_positions  # type: ignore[method-assign]  # the same
    main()
