# SPDX-License-Identifier: Apache-2.0
"""Bandit over what serves. Its rules are ruff's S rules too: a line that was reviewed for one is for the other."""

import re
from collections.abc import Sequence
from pathlib import Path

from callbox.audit.environment import Bench
from callbox.audit.outcome import Finding, Outcome, parsed

NAME = "bandit"
# B404 is the import alone, the calls are looked at one by one. B311: ruff's S311 knows the module from a generator
# of that name, and so does our rule guessable-secret. B608 reads text, our rule built-sql follows values.
LEFT_OUT = "B311,B404,B608"
# Measuring, simulating, feeding: never a part of a serving process.
NOT_SERVING = "*/tests/*,src/callbox/benches/*,src/callbox/drills/sim/*,src/callbox/audit/fuzz/targets/*"
REVIEWED = re.compile(r"#.*\bnoqa: ([A-Z0-9, ]+)")


def run(bench: Bench) -> Outcome:
    """Look at src."""
    done = bench.run(NAME, "-q", "-r", "src", "-x", NOT_SERVING, "-s", LEFT_OUT, "-f", "json")
    return read(done.stdout, bench.checkout)


def read(text: str, checkout: Path) -> Outcome:
    """Its JSON report, without the lines that bear the same rule of ruff as reviewed."""
    said = parsed(text)
    if said is None or said["errors"]:
        return Outcome(NAME, not_audited="bandit could not read everything")
    found = []
    for each in said["results"]:
        lines = (checkout / each["filename"]).read_text(encoding="utf-8").splitlines()
        first, last = each["line_range"][0], each["line_range"][-1]
        if not _reviewed(lines[first - 1 : last], each["test_id"]):
            found.append(Finding(each["filename"], first, each["test_id"], each["issue_text"]))
    return Outcome(NAME, tuple(sorted(found)))


def _reviewed(lines: Sequence[str], rule: str) -> bool:
    return any(f"S{rule.removeprefix('B')}" in match[1] for line in lines if (match := REVIEWED.search(line)))
