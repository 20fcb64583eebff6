# SPDX-License-Identifier: Apache-2.0
"""Semgrep with rules of our own only: nothing is fetched, nothing is told anybody."""

from pathlib import Path

from callbox.audit.environment import Bench
from callbox.audit.outcome import Finding, Outcome, parsed

NAME = "semgrep"
RULES = Path(__file__).resolve().parents[1] / "rules"
QUIETLY = ("--metrics=off", "--disable-version-check", "--no-git-ignore", "--quiet", "--json")
LEFT_OUT = ("--exclude", "tests", "--exclude", "vendor")


def run(bench: Bench) -> Outcome:
    """Look at src, templates included."""
    done = bench.run(NAME, "scan", *QUIETLY, *LEFT_OUT, "--config", str(RULES), "src")
    return read(done.stdout)


def read(text: str) -> Outcome:
    """Its JSON report. A rule or a file that it could not read is no clean one."""
    said = parsed(text)
    if said is None or said["errors"] or not said["paths"]["scanned"]:
        return Outcome(NAME, not_audited="semgrep could not read everything")
    found = (
        Finding(
            each["path"], each["start"]["line"], each["check_id"].rpartition(".")[2], each["extra"]["message"]
        )
        for each in said["results"]
    )
    return Outcome(NAME, tuple(sorted(found)))
