# SPDX-License-Identifier: Apache-2.0
"""A connection that the server ends between a request's reads and its change is replaced; nothing is half done."""

import os

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from callbox.access.seeing import seeing
from callbox.access.sight import sight_of
from callbox.matters.models import Matter
from tests import world
from tests.world import dispatcher

pytestmark = pytest.mark.usefixtures("committed")


def end_own_connection() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (own,) = cursor.fetchone()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as link:
        link.execute("SELECT pg_terminate_backend(%s, 5000)", [own])


def test_a_change_after_a_read_whose_connection_was_ended_has_a_new_one() -> None:
    incident = world.incident()
    with seeing(sight_of(dispatcher())):
        assert Matter.objects.filter(pk=incident.pk).exists()
        end_own_connection()
        with transaction.atomic():
            assert Matter.objects.filter(pk=incident.pk).exists()


def test_with_the_server_gone_a_change_is_a_fault_that_pages_can_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    incident = world.incident()
    with seeing(sight_of(dispatcher())):
        assert Matter.objects.filter(pk=incident.pk).exists()
        end_own_connection()
        with monkeypatch.context() as patched:
            patched.setitem(connection.settings_dict, "HOST", "/nowhere")
            with pytest.raises(OperationalError), transaction.atomic():
                pass
