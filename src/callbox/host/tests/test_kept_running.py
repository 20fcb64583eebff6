# SPDX-License-Identifier: Apache-2.0
"""A server that died is started again while somebody uses it, and only then."""

import time
from collections.abc import Callable

from callbox.host.cluster import Cluster
from callbox.host.embedded import kept_running
from callbox.host.errors import HostError
from callbox.host.tests.test_cluster import QUICK, one


def until(true: Callable[[], object], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.02)


def test_a_server_that_died_is_started_again(cluster: Cluster) -> None:
    starts = 0

    def start() -> None:
        nonlocal starts
        starts += 1
        if starts == 1:
            raise HostError("made up: it does not start at once")
        cluster.start(QUICK)

    cluster.start(QUICK)
    before = cluster.pid
    with kept_running(cluster, start):
        cluster.kill()
        until(lambda: starts == 2 and cluster.pid is not None)
    assert cluster.pid != before
    assert one(cluster, "SELECT 1") == 1
    cluster.stop()
    assert cluster.pid is None
    assert starts == 2
