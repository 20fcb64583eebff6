# SPDX-License-Identifier: Apache-2.0
"""Asks pm4py's LTL and Declare checkers what they can say of a log; run with pm4py's own Python.

Reads a JSON object {log: a CSV file with case, activity, at, within: {rule: [first, second, least, most seconds]},
after: {rule: [[first, second], ...]}, before: the same} and prints {cases: {rule: how many cases}, seconds:
{rule: CPU}, peak_mib}. `within`: cases in which the second follows the first in that time; `after` and `before`: cases
that break "the second must follow" and "the first must come before".
"""

import json
import resource
import sys
import time
from typing import Any

import pandas
import pm4py
from pm4py.algo.conformance.declare import algorithm as declare
from pm4py.algo.filtering.pandas.ltl import ltl_checker

KEY, ACTIVITY, MOMENT = "case:concept:name", "concept:name", "time:timestamp"


def main() -> None:
    """Answer what stands on standard input; what pm4py itself prints goes elsewhere."""
    given = json.load(sys.stdin)
    answers, sys.stdout = sys.stdout, sys.stderr
    log = pandas.read_csv(given["log"], dtype=str, names=[KEY, ACTIVITY, MOMENT], header=0)
    log[MOMENT] = pandas.to_datetime(log[MOMENT])
    log = pm4py.format_dataframe(log, case_id=KEY, activity_key=ACTIVITY, timestamp_key=MOMENT)
    cases: dict[str, int] = {}
    seconds: dict[str, float] = {}
    for rule, (first, second, least, most) in given["within"].items():
        began = time.process_time()
        cases[rule] = _within(log, first, second, least, most)
        seconds[rule] = time.process_time() - began
    began = time.process_time()
    cases |= _declared(log, given["after"], given["before"])
    seconds["declare"] = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    answers.write(json.dumps({"cases": cases, "seconds": seconds, "peak_mib": peak}) + "\n")


def _declared(log: Any, after: dict[str, Any], before: dict[str, Any]) -> dict[str, int]:
    """All in one model, as Declare is meant to be asked."""
    wanted = {
        (template, tuple(pair)): rule
        for template, rules in (("response", after), ("precedence", before))
        for rule, pairs in rules.items()
        for pair in pairs
    }
    model: dict[str, Any] = {"response": {}, "precedence": {}}
    for template, pair in wanted:
        model[template][pair] = {"support": 1, "confidence": 1}
    cases = dict.fromkeys(wanted.values(), 0)
    for found in declare.apply(log, model):
        for rule in {wanted[template, tuple(pair)] for template, pair in found["deviations"]}:
            cases[rule] += 1
    return cases


def _within(log: Any, first: str, second: str, least: int, most: int) -> int:
    parameters = {
        "timestamp_diff_boundaries": [[least, most]],
        ltl_checker.Parameters.TIMESTAMP_DIFF_BOUNDARIES: [[least, most]],
    }
    return int(ltl_checker.eventually_follows(log, [first, second], parameters=parameters)[KEY].nunique())


if __name__ == "__main__":
    main()
