# SPDX-License-Identifier: Apache-2.0
"""What is counted of the door's work, as Prometheus reads it: numbers and fixed names, never who or what."""

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 1.5, 3.0)
REFUSED = "nowhere"
# name, what it says, label: a reading gives (label's value, number) pairs
Reading = Callable[[], Iterator[tuple[str, float]]]


class Meter:
    """Counters and a histogram of this process, and gauges read when asked for."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._contacts = Counter(
            "callbox_contacts",
            "Contacts by lane and by where they were taken.",
            ["lane", "taken"],
            registry=self._registry,
        )
        self._accept = Histogram(
            "callbox_accept_seconds",
            "From the whole contact to its answer.",
            ["lane"],
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._requests = Counter(
            "callbox_requests", "Answers by status.", ["status"], registry=self._registry
        )
        self._gauges: list[tuple[str, str, str, Reading]] = []
        self._registry.register(self)

    def accepted(self, lane: str, taken: str, seconds: float) -> None:
        """A contact was answered. taken: database, spool or nowhere."""
        self._contacts.labels(lane, taken).inc()
        self._accept.labels(lane).observe(seconds)

    def answered(self, status: int) -> None:
        """A request was answered, by us or by web behind us."""
        self._requests.labels(str(status)).inc()

    def gauge(self, name: str, says: str, label: str, reading: Reading) -> None:
        """Read this whenever somebody asks."""
        self._gauges.append((name, says, label, reading))

    def collect(self) -> Iterator[Metric]:
        """The gauges of this moment."""
        for name, says, label, reading in self._gauges:
            family = GaugeMetricFamily(name, says, labels=[label] if label else [])
            for value, number in reading():
                family.add_metric([value] if label else [], number)
            yield family

    def text(self) -> bytes:
        """Everything, in Prometheus' text format."""
        return generate_latest(self._registry)
