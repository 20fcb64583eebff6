# SPDX-License-Identifier: Apache-2.0
"""The two halves of `callbox audit`."""

import json
import tempfile
from pathlib import Path

from callbox.audit.environment import Bench, made
from callbox.audit.fuzz.registry import names
from callbox.audit.fuzz.running import fuzz
from callbox.audit.outcome import line_of
from callbox.audit.registry import all_tools
from callbox.host.config import CHECKOUT, load


def scanned(report: Path | None, only: str | None) -> int:
    """Every tool, or one; 0 when none found anything, 2 when there is no such tool."""
    chosen = [tool for tool in all_tools() if only in (None, tool.NAME)]
    if not chosen:
        print(f"callbox: there is no tool {only}. Choose one of: {', '.join(t.NAME for t in all_tools())}")
        return 2
    folder = (report or load().home).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    bench = Bench(made(), CHECKOUT, folder)
    outcomes = []
    for tool in chosen:
        outcome = tool.run(bench)
        outcomes.append(outcome)
        print(f"{outcome.tool}: {outcome.state} {outcome.not_audited}".rstrip(), flush=True)
        for finding in outcome.findings:
            print(f"  {finding}")
    print(line_of(outcomes))
    return 1 if any(outcome.findings for outcome in outcomes) else 0


def fuzzed(seconds: int, only: str | None) -> int:
    """Every parser, or one, for so many seconds; an input that breaks one stays in a folder that is named."""
    from callbox.commands._setup import use_django

    if only not in (None, *names()):
        print(f"callbox: there is no parser {only}. Choose one of: {', '.join(names())}")
        return 2
    use_django()
    bench = Bench(made(), CHECKOUT, Path(tempfile.mkdtemp(prefix="callbox-fuzz-")))
    inputs, broken, not_run = 0, [], []
    for outcome, taken in fuzz(bench, seconds, only):
        print(
            f"{outcome.tool:18} {outcome.state:12} {taken:8} inputs {outcome.not_audited}".rstrip(),
            flush=True,
        )
        inputs += taken
        broken += [f"{each.path}: {each.text}" for each in outcome.findings]
        not_run += [outcome.tool] if outcome.not_audited else []
    print(json.dumps({"inputs": inputs, "broken": broken, "not_run": not_run, "kept_in": str(bench.report)}))
    return 1 if broken or not_run else 0
