# SPDX-License-Identifier: Apache-2.0
"""Figures over the API."""

from django.utils import timezone
from django.utils.translation import get_language
from ninja import Router

from callbox.analysis.queries import SEE, report_for, zone_of_city
from callbox.analysis.rows import ReportRow, report_row
from callbox.web.fields import Asked, Moment
from callbox.web.signed_in import needs

router = Router(tags=["figures"])


@router.get("/figures", response=ReportRow, openapi_extra=needs(SEE))
def figures(request: Asked, since: Moment | None = None, until: Moment | None = None) -> ReportRow:
    """The response-time table of what was received in a span of time, beside the limits in force today."""
    report = report_for(request.actor, zone_of_city(), since=since, until=until, limits=timezone.now().date())
    return report_row(report, get_language() or "en")
