# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest

from callbox.analysis.sffd import Calls, read_calls
from callbox.host.config import load


@pytest.fixture(scope="session")
def fortnight_file() -> Path:
    """The real calls of 7 to 20 April 2020."""
    path = load().data / "sf" / "sffd_calls_2020-04-07_2020-04-20.csv.gz"
    if not path.exists():
        pytest.skip(f"{path} is not there; set CALLBOX_DATA")
    return path


@pytest.fixture(scope="session")
def fortnight(fortnight_file: Path) -> Calls:
    return read_calls(fortnight_file)
