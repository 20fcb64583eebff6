# SPDX-License-Identifier: Apache-2.0
"""pip-audit: known holes in what requirements.lock names. Without a feed to ask, nothing was audited."""

from callbox.audit.environment import Bench
from callbox.audit.outcome import Finding, Outcome, parsed

NAME = "pip-audit"
LOCK = "requirements.lock"
LONGEST = 300  # characters of a complaint


def run(bench: Bench) -> Outcome:
    """Ask about every locked version."""
    words = ("--strict", "--disable-pip", "--require-hashes", "--progress-spinner", "off", "--timeout", "10")
    done = bench.run(NAME, *words, "-f", "json", "-r", LOCK)
    return read(done.stdout, done.stderr)


def read(text: str, complaint: str = "") -> Outcome:
    """Its JSON report. One version that it could not ask about is enough: then this is no audit."""
    said = parsed(text)
    packages = said["dependencies"] if isinstance(said, dict) else []
    skipped = [each["name"] for each in packages if "vulns" not in each]
    found = tuple(
        Finding(LOCK, 0, hole["id"], f"{each['name']} {each['version']}; fixed in {hole['fix_versions']}")
        for each in packages
        for hole in each.get("vulns", ())
    )
    if packages and not skipped:
        return Outcome(NAME, found)
    why = f"no answer about {', '.join(skipped)}" if skipped else complaint.strip()[-LONGEST:]
    return Outcome(NAME, found, not_audited=why or "no feed of known holes answered")
