# SPDX-License-Identifier: Apache-2.0
"""People who are signed in: a test client with a session of its own, as the sign-in page would give it."""

import json
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client
from django.utils import timezone

from callbox.access import middleware
from callbox.access.actions import create_person, define_agency, grant_role
from callbox.access.models import Person
from callbox.access.sessions import SessionStore
from callbox.access.sign_ins import begin_sign_in
from tests.world import AT, SETUP

PASSWORD = "made-up password 1"  # pragma: allowlist secret


def person(
    username: str,
    *roles: str,
    keys: tuple[str, ...] = (),
    agency: str | None = None,
    password: str | None = None,
) -> Person:
    """Somebody with these roles; the scope keys come with each. Without a password only `signed_in` lets them in."""
    of = define_agency(agency, agency.title(), agency, agency, by=SETUP, at=AT) if agency else None
    made = create_person(username, f"Name of {username}", of, password=password, by=SETUP, at=AT)
    for role in roles:
        grant_role(made, role, keys, by=SETUP, at=AT)
    return Person.objects.get(pk=made.pk)


class Signed(Client):
    """A client that speaks JSON. `post_json` answers with the response as Django gives it."""

    def post_json(self, path: str, body: object | None = None) -> Any:
        return self.post(path, json.dumps({} if body is None else body), content_type="application/json")


def signed_in(who: Person | None, *, csrf: bool = False) -> Signed:
    """A client for this person, who has proven a second factor just now, or for nobody."""
    client = Signed(enforce_csrf_checks=csrf, raise_request_exception=True)
    if who is not None:
        session = SessionStore()
        session[SESSION_KEY] = str(who.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = who.get_session_auth_hash()
        session[middleware.SESSION_KEY] = str(begin_sign_in(who, at=timezone.now(), factor=True))
        session.save(must_create=True)
        client.cookies[settings.SESSION_COOKIE_NAME] = cast("str", session.session_key)
    return client
