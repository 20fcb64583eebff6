# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime
from pathlib import Path

import pytest

from callbox.geo.actions import import_city
from callbox.geo.queries import City, open_city
from callbox.host.config import load

AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real data."""
    return load().data


@pytest.fixture(scope="session")
def cities(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for imported cities."""
    return tmp_path_factory.mktemp("cities")


@pytest.fixture(scope="session")
def sf(data: Path, cities: Path) -> City:
    """San Francisco with its areas, addresses and places, without the map."""
    given = data / "sf"
    import_city(
        cities,
        "sf",
        given / "sf.osm.pbf",
        [
            f"neighborhood={given / 'sf_analysis_neighborhoods.geojson'}",
            f"police_district={given / 'sfpd_districts_2015.geojson'}",
        ],
        given / "sf_addresses.csv.gz",
        [f"fire_station={given / 'sffd_stations.geojson'}", given / "sf_police_hospitals.csv"],
        at=AT,
        time_zone="America/Los_Angeles",
        tiles=False,
    )
    return open_city(cities, "sf")


@pytest.fixture(scope="session")
def futian(data: Path, cities: Path) -> City:
    """Futian in Shenzhen: streets with Chinese names."""
    roads = data / "cn" / "shenzhen" / "shenzhen_futian_edges.csv"
    import_city(cities, "futian", roads, at=AT, time_zone="Asia/Shanghai", tiles=False)
    return open_city(cities, "futian")


@pytest.fixture(scope="session")
def monaco(data: Path, cities: Path) -> City:
    """Monaco with its map."""
    import_city(cities, "monaco", data / "osm" / "monaco.osm.gz", at=AT, time_zone="Europe/Monaco")
    return open_city(cities, "monaco")
