# SPDX-License-Identifier: Apache-2.0
"""What the product is made of (CycloneDX 1.6): every locked package, and PostgreSQL out of its wheel."""

import hashlib
import importlib.metadata
import json
import subprocess
from pathlib import Path
from typing import Any

from callbox.audit.environment import Bench
from callbox.audit.outcome import Outcome, parsed
from callbox.host.account import account_for_server
from callbox.host.binaries import plain_environment, programs

NAME = "sbom"
FILE = "sbom.json"


def run(bench: Bench) -> Outcome:
    """Write `sbom.json` into the folder of reports."""
    words = ("requirements", "--output-reproducible", "--of", "JSON", "--pyproject", "pyproject.toml")
    done = bench.run("cyclonedx-py", *words, "requirements.lock")
    said = parsed(done.stdout)
    if said is None:
        return Outcome(NAME, not_audited=f"no bill was written: {done.stderr.strip()[-300:]}")
    with_licences(said)
    said["components"].append(postgresql(programs(account_for_server()) / "postgres"))
    (bench.report / FILE).write_text(json.dumps(said, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return Outcome(NAME)


def postgresql(program: Path) -> dict[str, Any]:
    """The server's program: name, version as it says itself, licence, digest."""
    said = subprocess.run(  # noqa: S603 - our own program
        [str(program), "--version"], env=plain_environment(), capture_output=True, text=True, check=True
    ).stdout
    digest = hashlib.sha256(program.read_bytes()).hexdigest()
    version = said.split()[-1]
    return {
        "type": "application",
        "name": "postgresql",
        "version": version,
        "bom-ref": f"postgresql-{version}",
        "licenses": [{"license": {"id": "PostgreSQL"}}],
        "hashes": [{"alg": "SHA-256", "content": digest}],
    }


def with_licences(bill: dict[str, Any]) -> None:
    """Add what each installed package says of its licence; a lock does not know it."""
    for component in bill["components"]:
        if words := licence_of(component["name"]):
            component["licenses"] = [{"license": {"name": words}}]


def licence_of(package: str) -> str:
    """What an installed package says of its licence, in one line; "" when it is not installed or does not say."""
    try:
        about = importlib.metadata.metadata(package)
    except importlib.metadata.PackageNotFoundError:
        return ""
    kinds = [
        line.rpartition(" :: ")[2] for line in about.get_all("Classifier", []) if line.startswith("License")
    ]
    given = about.get("License-Expression") or "; ".join(kinds) or (about.get("License") or "").strip()
    return given.splitlines()[0][:100] if given else ""
