# SPDX-License-Identifier: Apache-2.0
"""The priority that type and answers give, before anything is written."""

from typing import Annotated

from django.utils import timezone
from django.utils.translation import get_language
from ninja import Query, Router, Schema

from callbox.incidents.catalogue import check_answers, type_for
from callbox.incidents.priorities import load_priorities, priority_for
from callbox.kernel.errors import Invalid
from callbox.kernel.text import gettext_noop as _
from callbox.web.fields import Asked, Code, Short
from callbox.web.signed_in import needs

router = Router(tags=["incidents"])


class PriorityShown(Schema):
    """A priority, 1 the most urgent, the row of the table that decided it, and why in words."""

    priority: int
    row: str
    because: str


@router.get("/priority", response=PriorityShown, openapi_extra=needs("incident.open"))
def priority(
    request: Asked,
    type: Annotated[Code, Query()],  # noqa: A002
    answers: Annotated[tuple[Short, ...], Query(max_length=50, description="each as question:answer")] = (),
) -> dict[str, object]:
    """What the table says of this type with these answers; `classify` decides the same."""
    request.actor.require("incident.open", request.actor.keys)
    type_for(type)
    given = dict(_pair(each) for each in answers)
    check_answers(given)
    decided = priority_for(type, given, load_priorities(timezone.now().date()))
    because = decided.because.in_language(get_language() or "en")
    return {"priority": decided.priority, "row": decided.row, "because": because}


def _pair(text: str) -> tuple[str, str]:
    question, colon, answer = text.partition(":")
    if not colon:
        raise Invalid(_("An answer is written as question:answer."))
    return question, answer
