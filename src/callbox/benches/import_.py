# SPDX-License-Identifier: Apache-2.0
"""How long the import of San Francisco takes and how much memory, beside a bare read of the same files."""

import argparse
import csv
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HELP = "seconds and peak memory of the San Francisco import (roads, 219,301 addresses, areas, tiles)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No options beyond the city."""
    parser.add_argument("--city", default="sf", help="a ready-made city (default: sf)")


def run(args: argparse.Namespace) -> int:
    """Import in a child process into a throw-away folder; this process stays small, see `_child`."""
    from callbox.host.config import load

    data = load().data
    with tempfile.TemporaryDirectory(prefix="callbox-import-") as home:
        seconds, peak_mib = _child(home, args.city)
        report = json.loads(next(Path(home).glob("cities/*/*/report.json")).read_text(encoding="utf-8"))
    found = {
        "bench": "import",
        "city": args.city,
        "seconds": round(seconds, 2),
        "peak_mib": round(peak_mib, 1),
        "strong_share": round(report["strong_share"], 4),
        "addresses": report["counts"]["addresses"],
        "areas": report["counts"]["areas"],
        "tiles": report["counts"]["tiles"],
        "steps_s": report["steps_s"],
    }
    if args.city == "sf":
        found["bare_read_s"] = round(_bare_read(data / "sf"), 2)
    for key, value in found.items():
        print(f"{key}: {value}")
    print(json.dumps(found))
    return 0


def _child(home: str, city: str) -> tuple[float, float]:
    """Seconds and MiB of one import.

    Linux counts the parent's memory at the fork into the child's peak: so nothing large is imported here before.
    """
    command = [sys.executable, "-m", "callbox", "city", "import", "--city", city]
    began = time.perf_counter()
    child = subprocess.Popen(command, env={**os.environ, "CALLBOX_HOME": home}, stdout=subprocess.DEVNULL)
    _pid, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"callbox: the import failed with exit code {child.returncode}")
    return seconds, usage.ru_maxrss / 1024


def _bare_read(folder: Path) -> float:
    """Seconds to read the same files and do nothing: the road file by osmium, addresses and areas by Python."""
    import osmium

    began = time.perf_counter()
    for _thing in osmium.FileProcessor(str(folder / "sf.osm.pbf")).with_locations():
        pass
    with gzip.open(folder / "sf_addresses.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for _row in csv.reader(file):
            pass
    for name in ("sf_analysis_neighborhoods.geojson", "sfpd_districts_2015.geojson"):
        json.loads((folder / name).read_text(encoding="utf-8"))
    return time.perf_counter() - began
