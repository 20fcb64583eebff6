# SPDX-License-Identifier: Apache-2.0
"""An installation whose database and whose screens are elsewhere, each at the end of a cable."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from callbox.drills.folders import scratch
from callbox.drills.network import TOWN, Network
from callbox.drills.site import Site
from callbox.host.cluster import PORT
from callbox.host.provision import APP

DATABASE, SCREENS, SLOW = "database", "screens", "slow"
BITS = 64_000  # a second, of the slow line


class FarSite(Site):
    """Door, web and worker in the town of `network`, PostgreSQL and screens in places of it."""

    def __init__(self, folder: Path, network: Network, **options: Any) -> None:
        self.network = network
        self._server = network.places[DATABASE]
        more = {"CALLBOX_DOOR_HOST": "0.0.0.0"}  # noqa: S104  # nosec B104 - of the town, which nobody else is in
        settings = {"listen_addresses": self._server.address}
        super().__init__(folder, environment=more, settings=settings, **options)

    @property
    def address(self) -> str:
        """The door as it is reached from the screens."""
        return self.address_from(SCREENS)

    def address_from(self, place: str) -> str:
        """The door as it is reached from there."""
        return f"http://{self.network.places[place].town}:{self.port}"

    @property
    def _database_url(self) -> str:
        word = self.cluster.passwords()[APP]
        return f"postgresql://{APP}:{word}@{self._server.address}:{PORT}/callbox"

    def start_database(self) -> None:
        """Start PostgreSQL in its place, open to the town. Its socket serves the drill itself, whatever is cut."""
        rules = self.cluster.layout.data / "pg_hba.conf"
        rule = f"host callbox {APP} {self._server.town}/32 scram-sha-256\n"
        if rules.exists() and rule not in rules.read_text():
            with rules.open("a") as file:
                file.write(rule)
        with self.network.inside(DATABASE):
            super().start_database()


@contextmanager
def far_site(**options: Any) -> Iterator[FarSite]:
    """One that runs, with this thread in its town; Raises Skipped where the machine refuses its network."""
    network = Network([DATABASE, SCREENS, SLOW])
    with network.laid(), network.inside(TOWN), scratch() as folder:
        made = FarSite(folder, network, **options)
        try:
            made.open()
            yield made
        finally:
            made.close()
