# SPDX-License-Identifier: Apache-2.0
"""The time zone in which pages and their scripts show times: that of the calendar in force, the city's."""

from zoneinfo import ZoneInfo

from django.db import Error

from callbox.matters.queries import calendar_in_force

UNKNOWN = ZoneInfo("UTC")


def zone_shown() -> ZoneInfo:
    """The city's time zone; UTC where no database can say it, so that what went wrong can still be told."""
    try:
        return calendar_in_force().zone
    except Error:
        return UNKNOWN
