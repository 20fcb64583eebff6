# SPDX-License-Identifier: Apache-2.0
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from callbox.host.cluster import Cluster
from callbox.host.embedded import temporary_cluster
from callbox.host.provision import Urls, provision


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the database's own user can reach (pytest's tmp_path is closed to it)."""
    path = Path(tempfile.mkdtemp(prefix="callbox-host-"))
    if os.geteuid() == 0:
        path.chmod(0o711)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def cluster(folder: Path) -> Iterator[Cluster]:
    made = Cluster(folder)
    yield made
    made.kill()
    shutil.rmtree(made.layout.sockets, ignore_errors=True)


@pytest.fixture(scope="module")
def shared() -> Iterator[Cluster]:
    with temporary_cluster() as made:
        yield made


@pytest.fixture(scope="module")
def urls(shared: Cluster) -> Urls:
    return provision(shared)
