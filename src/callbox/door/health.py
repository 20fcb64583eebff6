# SPDX-License-Identifier: Apache-2.0
"""How the door is, for whoever watches over it; no personal data."""

from callbox.door.hub import Hub
from callbox.door.spool import Spool
from callbox.door.store import Store

UNREAD_ALARM_S = 10.0


def health(store: Store, spool: Spool, hub: Hub) -> dict[str, object]:
    """database: up or down. spool: fill 0 to 1, alarm the highest share passed of 0.5, 0.8 and 0.95.

    spool.aside: how many contacts the database took in no form; each is in a file of its own.
    oldest_unread_s: how long a row has waited for its reader, None when unknown.
    alarms: the names of what needs somebody.
    """
    unread = hub.oldest_unread_s
    alarms = {
        "database-down": store.down,
        "spool-filling": spool.alarm > 0,
        "spool-broken": spool.broken,
        "spool-damaged": spool.damaged > 0,
        "contacts-aside": spool.aside > 0,
        "unread": unread is None or unread > UNREAD_ALARM_S,
    }
    return {
        "database": "down" if store.down else "up",
        "spool": {
            "fill": round(spool.fill, 4),
            "alarm": spool.alarm,
            "waiting": spool.waiting,
            "aside": spool.aside,
        },
        "oldest_unread_s": unread,
        "stream_age_s": round(hub.age_s, 3),
        "screens": len(hub.screens),
        "alarms": [name for name, raised in alarms.items() if raised],
    }
