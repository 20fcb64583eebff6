# SPDX-License-Identifier: Apache-2.0
"""The report as plain data, for the API and for `--json`."""

from datetime import datetime

from ninja import Schema

from callbox.analysis.figures import Figure, Share
from callbox.analysis.queries import Report, measures


class MeasureRow(Schema):
    """A measure: its name, and from which milestone to which."""

    code: str
    name: str
    meaning: str


class FigureRow(Schema):
    """Count, median and 90th percentile (nearest rank) in seconds; null where nothing was counted."""

    by: str
    value: str
    measure: str
    count: int
    median_s: int | None
    p90_s: int | None


class ShareRow(Schema):
    """How many of the cases a limit holds for kept it."""

    measure: str
    scope: str
    priorities: str
    within_s: int
    wanted_percent: int
    source: str
    count: int
    kept: int
    percent: float | None
    reached: bool | None


class ReportRow(Schema):
    """The response-time table from the journal."""

    since: datetime | None
    until: datetime | None
    cases: int
    measures: list[MeasureRow]
    figures: list[FigureRow]
    shares: list[ShareRow]


def report_row(report: Report, language: str) -> ReportRow:
    """The report with its measures named in this language."""
    return ReportRow(
        since=report.since,
        until=report.until,
        cases=report.cases,
        measures=[
            MeasureRow(
                code=code,
                name=row.words().in_language(language),
                meaning=row.words("meaning", "meaning_zh").in_language(language),
            )
            for code, row in measures().items()
        ],
        figures=[_figure_row(figure) for figure in report.figures],
        shares=[_share_row(share) for share in report.shares],
    )


def _figure_row(figure: Figure) -> FigureRow:
    return FigureRow(
        by=figure.by,
        value=figure.value,
        measure=figure.measure,
        count=figure.count,
        median_s=figure.median_s,
        p90_s=figure.p90_s,
    )


def _share_row(share: Share) -> ShareRow:
    limit = share.promise
    return ShareRow(
        measure=share.measure,
        scope=limit.scope,
        priorities=f"{limit.most_urgent}-{limit.least_urgent}",
        within_s=int(limit.within.total_seconds()),
        wanted_percent=limit.percent,
        source=limit.source,
        count=share.count,
        kept=share.kept,
        percent=None if share.percent is None else round(share.percent, 2),
        reached=share.is_reached,
    )
