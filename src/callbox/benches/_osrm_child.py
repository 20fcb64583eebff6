# SPDX-License-Identifier: Apache-2.0
"""Asks OSRM's table service how long every unit takes to one place; run with osrm-bindings on PYTHONPATH.

Reads a JSON object {folder, algorithm, asks: [{units: [[lon, lat]], incidents: [[lon, lat]]}]} and prints the
milliseconds of each question, a list for each ask.
"""

import json
import sys
import time

import osrm


def main() -> None:
    """Answer what stands on standard input."""
    given = json.load(sys.stdin)
    engine = osrm.OSRM(storage_config=given["folder"], algorithm=given["algorithm"], use_shared_memory=False)
    answers = []
    for ask in given["asks"]:
        units = [tuple(point) for point in ask["units"]]
        answers.append([_ask(engine, units, tuple(point)) for point in ask["incidents"]])
    print(json.dumps(answers))


def _ask(engine: "osrm.OSRM", units: list[tuple[float, float]], incident: tuple[float, float]) -> float:
    began = time.perf_counter()
    question = osrm.TableParameters(
        coordinates=[incident, *units],
        sources=list(range(1, len(units) + 1)),
        destinations=[0],
        generate_hints=False,
    )
    times = [row[0] for row in engine.Table(question)["durations"]]
    sorted(range(len(times)), key=lambda row: (times[row] is None, times[row]))
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
