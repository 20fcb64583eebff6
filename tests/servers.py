# SPDX-License-Identifier: Apache-2.0
"""Each worker of the tests has a server of its own: what one commits, holds or empties is none of the others' business.

A plugin, because it must be read before the settings are.
"""

import json
import os

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")

if "CALLBOX_TEST_SERVERS" in os.environ:
    os.environ.update(json.loads(os.environ["CALLBOX_TEST_SERVERS"])[int(WORKER.removeprefix("gw"))])
