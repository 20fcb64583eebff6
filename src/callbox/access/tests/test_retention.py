# SPDX-License-Identifier: Apache-2.0
"""Sign-ins that ended are erased at their date, and the journal says how many."""

from datetime import timedelta

import pytest
from tests.signed_in import person
from tests.world import AT

from callbox.access.domain import system_actor
from callbox.access.limits import minutes
from callbox.access.models import SignIn
from callbox.access.retention import erase_expired
from callbox.access.sign_ins import begin_sign_in, end_sign_in
from callbox.journal.models import Entry

pytestmark = pytest.mark.django_db
ACTOR = system_actor("retention")


def test_a_sign_in_is_erased_when_it_ended_long_ago_and_not_before() -> None:
    somebody = person("somebody", "call_taker")
    ended = begin_sign_in(somebody, at=AT)
    running = begin_sign_in(somebody, at=AT)
    end_sign_in(ended, at=AT)
    kept = minutes("sign_in_kept", AT.date())
    erase_expired(by=ACTOR, at=AT + kept - timedelta(seconds=1))
    assert SignIn.objects.filter(pk__in=[ended, running]).count() == 2
    erase_expired(by=ACTOR, at=AT + kept)
    assert list(SignIn.objects.filter(pk__in=[ended, running]).values_list("pk", flat=True)) == [running]
    assert Entry.objects.get(kind="erasure", move="erase").facts == {"table": "access_signin", "rows": 1}
