# SPDX-License-Identifier: Apache-2.0
"""The work behind `callbox city`."""

import argparse
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from callbox.geo import queries
from callbox.geo.actions import import_city, use_city
from callbox.geo.check import check_city
from callbox.geo.demo_source import import_recipe
from callbox.geo.domain.things import ImportReport
from callbox.host.config import load

SHOWN = 12


def run(args: argparse.Namespace) -> int:
    """Do one of the sub-commands."""
    return {"import": _import, "list": _list, "check": _check, "use": _use}[args.city_action](args)


def _import(args: argparse.Namespace) -> int:
    config, now = load(), datetime.now(UTC)
    if args.city:
        report = import_recipe(config.home, config.data, args.city, at=now)
    else:
        name = args.name or args.roads.name.split(".")[0].lower()
        report = import_city(
            config.cities,
            name,
            args.roads,
            args.areas,
            args.addresses,
            args.places,
            at=now,
            time_zone=args.time_zone,
        )
    for line in report_lines(report):
        print(line)
    return 0


def report_lines(report: ImportReport) -> list[str]:
    """The report of an import as lines to read."""
    fallen, turns = report.fallen_out, report.restrictions
    streets = fallen["streets"] if isinstance(fallen["streets"], Mapping) else {}
    lines = [f"{report.name}, version {report.version}, is in force."]
    lines += [f"  {what.replace('_', ' ')}: {count:,}" for what, count in sorted(report.counts.items())]
    lines.append(f"  strong component: {100 * report.strong_share:.1f} % of the length of the roads")
    lines.append(f"  fallen out: {fallen['edges']:,} road pieces, {fallen['metres']:,} m")
    lines += [f"    {name or '(no name)'}: {metres:,} m" for name, metres in list(streets.items())[:SHOWN]]
    if len(streets) > SHOWN:
        lines.append(f"    and {len(streets) - SHOWN} more streets; all are in report.json")
    lines.append(f"  turn restrictions: {turns['used']} obeyed, {turns['unused']} not used")
    reasons = turns["reasons"] if isinstance(turns["reasons"], Mapping) else {}
    lines += [f"    {count} because {why}" for why, count in reasons.items()]
    lines += [f"  note: {note}" for note in report.notes[:SHOWN]]
    if len(report.notes) > SHOWN:
        lines.append(f"  and {len(report.notes) - SHOWN} more notes; all are in report.json")
    lines.append(f"  {report.seconds:.1f} s, at most {report.peak_mib:.0f} MiB of memory")
    return lines


def _list(_args: argparse.Namespace) -> int:
    found = queries.cities_in(load().cities)
    for city in found:
        print(f"{'*' if city.in_force else ' '} {city.name} {city.version}")
    if not found:
        print("No city yet. Import one: callbox city import ROADS")
    return 0


def _check(args: argparse.Namespace) -> int:
    wrong = check_city(queries.open_city(Path(load().cities), args.name))
    for line in wrong:
        print(line)
    print(f"{args.name}: {'not in order' if wrong else 'in order'}")
    return 1 if wrong else 0


def _use(args: argparse.Namespace) -> int:
    use_city(load().cities, args.name, args.version)
    print(f"{args.name} {args.version} is in force.")
    return 0
