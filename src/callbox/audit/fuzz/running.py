# SPDX-License-Identifier: Apache-2.0
"""Every parser for some seconds, each in a process of its own."""

import re
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

from callbox.audit.environment import Bench
from callbox.audit.fuzz.registry import names, target
from callbox.audit.outcome import Finding, Outcome

DONE = re.compile(r"^Done (\d+) (?:runs )?in|stat::number_of_executed_units: (\d+)", re.MULTILINE)
LONGEST_INPUT = 4096
LONGEST_S = 20  # for one input
FAULT = re.compile(r"^\s*=== Uncaught Python exception: ===\s*\n(.*)", re.MULTILINE)


def fuzz(bench: Bench, seconds: int, only: str | None) -> Iterator[tuple[Outcome, int]]:
    """Feed one after the other; what came out that should not, and how many inputs it took."""
    for name in names():
        if only in (None, name):
            yield _one(bench, name, seconds)


def _one(bench: Bench, name: str, seconds: int) -> tuple[Outcome, int]:
    with tempfile.TemporaryDirectory(prefix="callbox-fuzz-") as made:
        corpus = Path(made, "corpus")
        corpus.mkdir()
        for number, seed in enumerate(target(name).SEEDS):
            (corpus / str(number)).write_bytes(seed)
        words = [f"-max_total_time={seconds}", f"-max_len={LONGEST_INPUT}", f"-timeout={LONGEST_S}"]
        words += ["-print_final_stats=1", f"-artifact_prefix={bench.report}/fuzz-{name}-", str(corpus)]
        path = f"{bench.checkout / 'src'}:{sysconfig.get_paths()['purelib']}"
        done = bench.run(
            "python", "-m", "callbox.audit.fuzz", name, *words, PYTHONPATH=path, CALLBOX_HOME=f"{made}/home"
        )
    return read(name, done.returncode, done.stderr + done.stdout)


def read(name: str, code: int, said: str) -> tuple[Outcome, int]:
    """What libFuzzer said at its end."""
    inputs = max((int(one or other) for one, other in DONE.findall(said)), default=0)
    if code == 0 and inputs:
        return Outcome(name), inputs
    if fault := FAULT.search(said):
        return Outcome(name, (Finding(name, 0, "fuzz", fault[1].strip()[:300]),)), inputs
    if "ERROR: libFuzzer" in said:
        return Outcome(name, (Finding(name, 0, "fuzz", said.strip()[-300:]),)), inputs
    return Outcome(name, not_audited=said.strip()[-300:] or "it did not run"), inputs
