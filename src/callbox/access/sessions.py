# SPDX-License-Identifier: Apache-2.0
"""Where sessions are kept: in the database, under the hash of the key that the browser holds.

Whoever reads the table, or a backup of it, holds nobody's session.
"""

import hashlib
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as Database
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from callbox.journal.fetching import fetch_one


def kept_as(key: str) -> str:
    """What stands in the table for a session's key: 160 bits of its SHA-256 (the column holds 40 characters)."""
    return hashlib.sha256(b"session" + key.encode(errors="replace")).hexdigest()[:40]


class SessionStore(Database):
    """Django's, except for the key in the table."""

    def load(self) -> dict[str, Any]:
        """What is kept for the browser's key; nothing for a key that is not, or no longer, known."""
        key = kept_as(self.session_key or "")
        row = fetch_one(Session, "session_key = %s AND expire_date > %s", key, timezone.now())
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row.session_data)

    def exists(self, session_key: str) -> bool:
        """Whether a session of this key is kept."""
        return super().exists(kept_as(session_key))

    def delete(self, session_key: str | None = None) -> None:
        """Forget a session; without a key this one."""
        key = session_key or self.session_key
        if key is not None:
            super().delete(kept_as(key))

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """The row to write."""
        row = super().create_model_instance(data)
        row.session_key = kept_as(row.session_key)
        return row
