# SPDX-License-Identifier: Apache-2.0
"""OSRM as the peer of `callbox bench recommend`: prepared once for a road file, then asked in a child process."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from callbox.geo.fetch import CHECKOUT, packages

Points = Sequence[Sequence[float]]
STEPS = {"CH": (("contract",),), "MLD": (("partition",), ("customize",))}


def install(home: Path) -> Path:
    """The packages of requirements-bench.lock, in a folder of their own; fetched at the first bench."""
    return packages(CHECKOUT / "requirements-bench.lock", home / "cache" / "bench")


def prepare(home: Path, roads: Path, algorithm: str) -> Path:
    """The road file made ready for one algorithm with OSRM's own car profile; kept for the next time."""
    folder = install(home)
    mark = hashlib.sha256(roads.read_bytes() + (folder / "synced.lock").read_bytes()).hexdigest()[:10]
    ready = home / "cache" / f"osrm-{algorithm.lower()}-{mark}"
    if not ready.is_dir():
        print(f"preparing OSRM's {algorithm} data, once; this takes up to some minutes", flush=True)
        with tempfile.TemporaryDirectory(dir=home / "cache", prefix=".osrm-") as draft:
            shutil.copyfile(roads, Path(draft) / "roads.osm.pbf")
            profile = next(folder.rglob("profiles/car.lua"))
            _osrm(folder, draft, "extract", "-p", str(profile), "roads.osm.pbf")
            for step in STEPS[algorithm]:
                _osrm(folder, draft, *step, "roads.osrm")
            shutil.copytree(draft, f"{draft}-made")
            Path(f"{draft}-made").rename(ready)
    return ready / "roads.osrm"


def ask(
    home: Path, prepared: Path, algorithm: str, asks: Sequence[tuple[Points, Points]]
) -> list[list[float]]:
    """Milliseconds of each question: from all units to each incident, for each pair (units, incidents)."""
    given = {
        "folder": str(prepared),
        "algorithm": algorithm,
        "asks": [{"units": units, "incidents": incidents} for units, incidents in asks],
    }
    script = Path(__file__).with_name("_osrm_child.py")
    done = subprocess.run(
        [sys.executable, str(script)],
        input=json.dumps(given, default=list),
        env=_environment(install(home)),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"callbox: OSRM failed: {done.stderr.strip()[-800:]}")
    answers: list[list[float]] = json.loads(done.stdout.splitlines()[-1])
    return answers


def _osrm(folder: Path, where: str, *command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "osrm", *command],
        cwd=where,
        env=_environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"callbox: osrm {command[0]} failed: {(done.stdout + done.stderr).strip()[-800:]}")


def _environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(folder)}
