# SPDX-License-Identifier: Apache-2.0
"""The work behind `callbox report`."""

import argparse
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from callbox.analysis.comparison import Difference, compare
from callbox.analysis.reference import reference_figures
from callbox.commands._databases import chosen_database
from callbox.commands._options import REPLAY
from callbox.commands._report_lines import share_lines, table_lines
from callbox.commands._setup import use_django
from callbox.kernel.errors import NotFound
from callbox.kernel.text import gettext_noop as _

if TYPE_CHECKING:
    from callbox.analysis.queries import Report

SHOWN = 20


def run(args: argparse.Namespace) -> int:
    """Read the journal once, print, compare."""
    if args.compare and not args.compare.is_file():
        raise NotFound(_("There is no file %(file)s."), file=str(args.compare))
    if args.city or args.database == REPLAY:
        os.environ["CALLBOX_CITY"] = args.city or "sf"
    with chosen_database(args.database):
        use_django()
        report = _report(args)
    _print_json(report) if args.json else _print_table(report)
    return _compare(report, args.compare) if args.compare else 0


def _report(args: argparse.Namespace) -> "Report":
    from callbox.access.domain import ADMINISTRATOR, actor
    from callbox.analysis.queries import report_for, zone_of_city

    whoever_has_the_shell = actor("system:report", [ADMINISTRATOR], ())
    limits = args.limits_of or datetime.now(UTC).date()
    return report_for(
        whoever_has_the_shell, zone_of_city(), since=args.since, until=args.until, limits=limits
    )


def _print_json(report: "Report") -> None:
    from callbox.analysis.rows import report_row

    print(report_row(report, "en").model_dump_json())


def _print_table(report: "Report") -> None:
    from callbox.analysis.queries import measures

    names = {code: row.words().en for code, row in measures().items()}
    for line in (*table_lines(report.figures, names), "", *share_lines(report.shares, names)):
        print(line)


def _compare(report: "Report", file: Path) -> int:
    found = compare(report.figures, reference_figures(file))
    for difference in found.different[:SHOWN]:
        print(_difference(difference))
    said = {"agree": found.agrees, "compared": found.compared, "different": len(found.different)}
    print(json.dumps(said))
    return 0 if found.agrees else 1


def _difference(each: Difference) -> str:
    by, value, measure = each.key
    where = f"{by} {value}".strip()
    return f"{measure}, {where}: the journal says {each.ours}, the file {each.theirs} (count, median, 90th)"
