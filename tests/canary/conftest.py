# SPDX-License-Identifier: Apache-2.0
"""One night for all walks, committed: first one side alone, then with what is another's."""

from collections.abc import Iterator

import pytest
from conftest import empty_database

from tests.canary.scene import OWN, Night, first_half, second_half
from tests.canary.walking import Answers, quiet_answers


@pytest.fixture(scope="package")
def half_and_whole(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[tuple[Answers, Night]]:
    """What was answered while there was one side alone, and the night with both."""
    from django.db import connections

    from callbox.host.config import load
    from tests.city import link_sf

    link_sf(load().home)
    patch = pytest.MonkeyPatch()
    patch.setenv("CALLBOX_CITY", "sf")
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # pytest-django's blocker has no public type
        try:
            night = first_half()
            again = quiet_answers(night, OWN)
            before = {key: said for key, said in quiet_answers(night, OWN).items() if said == again[key]}
            second_half(night)
            yield before, night
        finally:
            patch.undo()
            connections.close_all()
            empty_database()


@pytest.fixture
def night(half_and_whole: tuple[Answers, Night]) -> Night:
    return half_and_whole[1]
