# SPDX-License-Identifier: Apache-2.0
"""The kinds of value that the API takes, bounded so that the database can keep each of them."""

from datetime import UTC, datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from callbox.kernel.actor import Actor
from callbox.kernel.text import gettext_noop as _

FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
NO_NUL = r"^[^\x00]*$"  # PostgreSQL keeps every character but this one


class Asked(HttpRequest):
    """A request with the actor that the middleware puts on it."""

    actor: Actor


def _within_centuries(value: datetime) -> datetime:
    if not FIRST <= value <= LAST:
        raise ValueError(_("This time is not between the years 1900 and 2200."))
    return value


Code = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")]
Short = Annotated[str, StringConstraints(max_length=200, pattern=NO_NUL)]
Long = Annotated[str, StringConstraints(max_length=4000, pattern=NO_NUL)]
Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False, description="degrees, WGS84")]
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False, description="degrees, WGS84")]
Moment = Annotated[AwareDatetime, AfterValidator(_within_centuries)]
Seen = Annotated[int, Field(ge=1, le=2**53, description="the version that the person looked at")]


class Reason(Schema):
    """Why, in a few words without personal data: it stands in the journal."""

    reason: Annotated[Short, Field(min_length=1)]
