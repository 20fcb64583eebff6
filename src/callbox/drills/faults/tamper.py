# SPDX-License-Identifier: Apache-2.0
"""Single changes by hand in tables, journal and seals, as the tables' owner; each must be found by verifying."""

import json
import os
import subprocess
import sys

from callbox.drills.result import Broken, Result
from callbox.host.config import CHECKOUT
from callbox.host.embedded import temporary_cluster
from callbox.host.provision import Urls, provision

HELP = (
    "change rows of tables, journal and seals by hand as their owner, and look whether each change is found"
)
TIMES = 1000


def run(seed: int, times: int) -> Result:
    """Make so many single changes, each in a transaction that is taken back after verifying."""
    result = Result("tamper", seed)
    with temporary_cluster() as cluster:
        urls = provision(cluster)
        _run(
            urls, "-m", "callbox", "journal", "verify"
        )  # a command of the product brings the tables up to date
        said = json.loads(
            _run(urls, "-m", "callbox.drills.tampering", str(seed), str(times)).splitlines()[-1]
        )
    if said["problem"]:
        result.broken.append(Broken("honest", f"before any change: {said['problem']}"))
    result.broken += [Broken("found", change) for change in said["missed"]]
    result.counts["changes"] = said["changes"]
    result.extra = {"found": said["changes"] - len(said["missed"]), "tables": said["tables"]}
    return result


def _run(urls: Urls, *arguments: str) -> str:
    known = {"DATABASE_URL": urls.app, "CALLBOX_OWNER_URL": urls.owner}
    if arguments[1] == "callbox.drills.tampering":
        known["DATABASE_URL"] = urls.owner
    done = subprocess.run(  # noqa: S603 - our own modules
        [sys.executable, *arguments],
        env=os.environ | known,
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout
