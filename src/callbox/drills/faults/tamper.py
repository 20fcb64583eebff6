# SPDX-License-Identifier: Apache-2.0
"""Single changes by hand in tables, journal and seals, as the tables' owner; each must be found by verifying."""

import json
import os

from callbox.drills.result import Broken, Result
from callbox.drills.running import run_python
from callbox.host.embedded import temporary_cluster
from callbox.host.provision import provision

HELP = (
    "change rows of tables, journal and seals by hand as their owner, and look whether each change is found"
)
TIMES = 1000


def run(seed: int, times: int) -> Result:
    """Make so many single changes, each in a transaction that is taken back after verifying."""
    result = Result("tamper", seed)
    with temporary_cluster() as cluster:
        urls = provision(cluster)
        known = {"DATABASE_URL": urls.app, "CALLBOX_OWNER_URL": urls.owner}
        # A command of the product brings the tables up to date.
        run_python("-m", "callbox", "journal", "verify", environment=os.environ | known)
        by_owner = os.environ | known | {"DATABASE_URL": urls.owner}
        last = run_python("-m", "callbox.drills.tampering", str(seed), str(times), environment=by_owner)
        said = json.loads(last.splitlines()[-1])
    if said["problem"]:
        result.broken.append(Broken("honest", f"before any change: {said['problem']}"))
    result.broken += [Broken("found", change) for change in said["missed"]]
    result.counts["changes"] = said["changes"]
    result.extra = {"found": said["changes"] - len(said["missed"]), "tables": said["tables"]}
    return result
