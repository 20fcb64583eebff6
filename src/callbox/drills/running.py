# SPDX-License-Identifier: Apache-2.0
"""A Python of our own, run to its end."""

import subprocess
import sys
from collections.abc import Mapping

from callbox.host.config import CHECKOUT


def run_python(*arguments: str, environment: Mapping[str, str]) -> str:
    """What it says on its output. Raises RuntimeError with the end of what it said when it fails."""
    done = subprocess.run(  # noqa: S603 - our own modules
        [sys.executable, *arguments],
        env=environment,
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout
