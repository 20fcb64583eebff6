# SPDX-License-Identifier: Apache-2.0
"""Django's view of permissions, answered from grants: the admin is for administrators, for configuration only."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest
from django.utils import timezone

from callbox.access import queries
from callbox.access.domain import ADMINISTRATOR
from callbox.access.models import Person
from callbox.journal.fetching import fetch_one


class Grants(BaseBackend):
    """Signs in by password, and gives administrators the admin's permissions."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> Person | None:
        """The person, if the password is right and they are active. Takes the same time for unknown names."""
        person = queries.person_named(username or "")
        if person is None:
            Person().set_password(password)
            return None
        return person if person.is_active and person.check_password(password or "") else None

    def get_user(self, user_id: Any) -> Person | None:
        """The person of a session."""
        return fetch_one(Person, "id = %s AND is_active", user_id)

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Whether a person may use the admin."""
        return (
            isinstance(user_obj, Person) and ADMINISTRATOR in queries.actor_of(user_obj, timezone.now()).roles
        )

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        """The same for every room."""
        return self.has_perm(user_obj, app_label)
