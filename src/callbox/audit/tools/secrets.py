# SPDX-License-Identifier: Apache-2.0
"""detect-secrets over every file that git follows. A made-up secret of a test bears a pragma in its line."""

from callbox.audit.environment import Bench
from callbox.audit.outcome import Finding, Outcome, parsed

NAME = "detect-secrets"
# Locks are hashes from end to end.
LEFT_OUT = r"requirements.*\.lock|package-lock\.json"


def run(bench: Bench) -> Outcome:
    """Look at all files, without asking any service whether a secret is in use."""
    done = bench.run(NAME, "scan", "--no-verify", "--exclude-files", LEFT_OUT)
    return read(done.stdout)


def read(text: str) -> Outcome:
    """Its JSON report. The secrets themselves are not in it."""
    said = parsed(text)
    if said is None:
        return Outcome(NAME, not_audited="detect-secrets gave no report")
    found = (
        Finding(path, each["line_number"], each["type"].replace(" ", "-").lower(), "looks like a secret")
        for path, several in said["results"].items()
        for each in several
    )
    return Outcome(NAME, tuple(sorted(found)))
