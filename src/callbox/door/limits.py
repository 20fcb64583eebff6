# SPDX-License-Identifier: Apache-2.0
"""Limits by source, in memory: pages and API so that nobody starves the desks, complaints so that they wait in turn.

An urgent contact is never counted, slowed or refused here.
"""

import hashlib
import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from http.cookies import CookieError, SimpleCookie

from callbox.door.domain import Lane
from callbox.door.http import Scope, headers_of
from callbox.kernel.tables import read_table

SESSION_COOKIES = ("__Host-callbox_session", "callbox_session")  # over https, and else
SIGN_IN = "/sign-in"
PICTURE = (
    "/report/picture"  # of residents; nobody is signed in, and making one anew costs a second of processor
)
MOST_KEYS = 50_000  # askers remembered; the one not seen for longest is forgotten first
NETWORK_BITS = 64  # one subscriber has as many IPv6 addresses as this leaves


@dataclass(frozen=True, slots=True)
class Limit:
    """A lasting rate, and how many may come in one go."""

    a_minute: int
    at_once: int


@cache
def limits() -> Mapping[str, Limit]:
    """The limits by name, from `data/limits.tsv`. Raises TableError."""
    rows = read_table("callbox.door", "limits.tsv")
    return {
        row.need("limit"): Limit(row.whole("a_minute", 1, 1_000_000), row.whole("at_once", 1, 100_000))
        for row in rows
    }


class Buckets:
    """A token bucket for each key."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._left)

    def wait_s(self, name: str, key: str, limit: Limit) -> float:
        """0 when this one may pass, which is then counted; else the seconds until one may."""
        now = self._clock()
        left, at = self._left.get((name, key), (float(limit.at_once), now))
        left = min(float(limit.at_once), left + (now - at) * limit.a_minute / 60)
        passes = left >= 1
        self._left[name, key] = (left - passes, now)
        self._left.move_to_end((name, key))
        if len(self._left) > MOST_KEYS:
            self._left.popitem(last=False)
        return 0.0 if passes else (1 - left) * 60 / limit.a_minute


class Limits:
    """Who asks, and whether they may now. behind_proxy: a proxy of ours says who asks. gateways: not counted."""

    def __init__(self, *, behind_proxy: bool, gateways: frozenset[str] = frozenset()) -> None:
        self._behind_proxy = behind_proxy
        self._gateways = gateways
        self._buckets = Buckets()

    def wait_for_contact(self, scope: Scope, lane: Lane) -> float:
        """Seconds until this sender may send in this lane; 0 for every urgent lane, without a look."""
        if lane.urgent:
            return 0.0
        source = source_of(scope, behind_proxy=self._behind_proxy)
        if source in self._gateways:
            return 0.0
        return self._buckets.wait_s(lane.name, source, Limit(lane.a_minute, lane.at_once))

    def wait_for_page(self, scope: Scope) -> float:
        """Seconds until this asker may have a page; what a page consists of counts for its address only."""
        source = source_of(scope, behind_proxy=self._behind_proxy)
        asked = [("address", source)]
        if scope["method"] == "POST" and scope["path"].startswith(SIGN_IN):
            asked.append(("sign_in", source))
        if scope["method"] == "POST" and scope["path"] == PICTURE:
            asked.append(("picture", source))
        if not scope["path"].startswith("/static/"):
            session = _session(scope)
            asked.append(("session", session) if session else ("visitor", source))
        for name, key in asked:
            if wait := self._buckets.wait_s(name, key, limits()[name]):
                return wait
        return 0.0


def source_of(scope: Scope, *, behind_proxy: bool) -> str:
    """The address that asks: the connection's; behind a proxy of ours the one that it saw, never an earlier one."""
    said = headers_of(scope).get("x-forwarded-for", "").rsplit(",", 1)[-1].strip() if behind_proxy else ""
    address = said or (scope["client"][0] if scope.get("client") else "")
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((found, NETWORK_BITS), strict=False).network_address)


def _session(scope: Scope) -> str:
    """A short name for the session's cookie, "" without one; the cookie itself is not kept."""
    try:
        cookies = SimpleCookie(headers_of(scope).get("cookie", ""))
    except CookieError:
        return ""
    found = next((cookies[name].value for name in SESSION_COOKIES if name in cookies), "")
    return hashlib.sha256(found.encode()).hexdigest()[:16] if found else ""
