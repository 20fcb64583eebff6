# SPDX-License-Identifier: Apache-2.0
"""The work behind `callbox open311`."""

import json
from datetime import UTC, datetime

from callbox.commands._setup import database, use_django
from callbox.kernel.errors import Invalid
from callbox.kernel.text import gettext_noop as _

NO_NAME = _("Say what the app is called.")


def keys(do: str, name: str) -> int:
    """Give, end or list. Raises Invalid, NotFound, Conflict."""
    if do != "list" and not name.strip():
        raise Invalid(NO_NAME)
    with database():
        use_django()
        print(json.dumps(_keys(do, name.strip()[:100])))
    return 0


def _keys(do: str, name: str) -> dict[str, object]:
    from callbox.access.domain import system_actor
    from callbox.requests.open311.keys import end_key, names_of_keys, open_key

    by, at = system_actor("setup"), datetime.now(UTC)
    if do == "give":
        return {"app": name, "api_key": open_key(name, by=by, at=at)}
    if do == "end":
        end_key(name, by=by, at=at)
        return {"app": name, "ended": True}
    return {"apps": names_of_keys()}
