# SPDX-License-Identifier: Apache-2.0
"""The system of an agency, as whoever builds one would: it signs by what the how-to says, not by our own function."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.test import Client
from django.utils import timezone
from tests.world import SETUP

from callbox.access.agency_keys import give_key
from callbox.access.queries import agency_of

HERE = "/api/systems"


@dataclass
class System:
    """Whose key it has, and from which address it asks."""

    key: str
    secret: str
    source: str = "203.0.113.7"
    here: str = HERE
    sent: list[dict[str, Any]] = field(default_factory=list)

    def ask(
        self,
        method: str,
        path: str,
        said: object = None,
        *,
        off_s: int = 0,
        once: str = "",
        change: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Any:
        """Send a signed request. off_s: how far its clock is off; change, body: put in after it was signed."""
        signed = json.dumps(said).encode() if method == "POST" else b""
        return self._ask(method, path, said, signed, off_s, once, change, body)

    def raw(self, method: str, path: str, signed: bytes) -> Any:
        """Send a request that is signed right, whatever its body is."""
        return self._ask(method, path, None, signed, 0, "", None, None)

    def _ask(
        self,
        method: str,
        path: str,
        said: object,
        signed: bytes,
        off_s: int,
        once: str,
        change: Mapping[str, str] | None,
        body: bytes | None,
    ) -> Any:
        stamp, once = str(int(timezone.now().timestamp()) + off_s), once or uuid4().hex
        lines = "\n".join([stamp, method, self.here + path, once, hashlib.sha256(signed).hexdigest()])
        headers = {
            "Callbox-Key": self.key,
            "Callbox-Timestamp": stamp,
            "Idempotency-Key": once,
            "Callbox-Signature": "v1=" + hmac.new(self.secret.encode(), lines.encode(), "sha256").hexdigest(),
            "X-Forwarded-For": self.source,
            **(change or {}),
        }
        self.sent.append({"method": method, "path": path, "said": said, "once": once, "headers": headers})
        return self.send(method, path, signed if body is None else body, headers)

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Any:
        """Send exactly this."""
        return Client().generic(
            method, self.here + path, body, content_type="application/json", headers=headers
        )

    def post(self, path: str, said: object = None) -> Any:
        """A signed POST."""
        return self.ask("POST", path, {} if said is None else said)

    def get(self, path: str) -> Any:
        """A signed GET."""
        return self.ask("GET", path)


def system_of(code: str) -> System:
    """An agency's system with a new key."""
    key, secret = give_key(agency_of(code), by=SETUP, at=timezone.now())
    return System(str(key), secret)


def key_id(system: System) -> UUID:
    """Its key."""
    return UUID(system.key)
