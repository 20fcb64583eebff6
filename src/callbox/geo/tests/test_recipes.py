# SPDX-License-Identifier: Apache-2.0
"""Ready-made cities, and what is fetched for them (nothing is fetched in a test)."""

import json
from pathlib import Path

import pytest

from callbox.geo import demo_source, fetch
from callbox.geo.actions.inputs import read_areas, read_places
from callbox.geo.tests.conftest import AT
from callbox.kernel.errors import Invalid, NotFound, Unavailable


def test_a_recipe_imports_once_and_then_only_opens(tmp_path: Path, data: Path) -> None:
    city = demo_source.ensure_city(tmp_path, data, "futian", at=AT)
    assert demo_source.ensure_city(tmp_path, data, "futian", at=AT) is city
    assert city.time_zone.key == "Asia/Shanghai"


def test_an_unknown_city_names_those_there_are(tmp_path: Path, data: Path) -> None:
    with pytest.raises(NotFound, match="futian, helsinki, sf"):
        demo_source.import_recipe(tmp_path, data, "atlantis", at=AT)


def test_a_recipe_without_its_data_says_which_file(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"sf\.osm\.pbf"):
        demo_source.import_recipe(tmp_path, tmp_path, "sf", at=AT)


def test_all_posts_and_beats_of_the_demo_city_are_marked_made_up() -> None:
    posts, bad = read_places(demo_source.DATA / "helsinki_posts.geojson")
    assert not bad
    assert all(post.made_up and post.name.endswith("(made up)") for post in posts)
    beats, notes = read_areas([f"beat={demo_source.DATA / 'helsinki_beats.geojson'}"])
    assert not notes
    assert all(beat.properties["made_up"] for beat in beats.areas)


def test_every_package_of_a_recipe_is_pinned_by_hash() -> None:
    for recipe in json.loads(demo_source.RECIPES.read_text()).values():
        if "package" in recipe:
            lock = (fetch.CHECKOUT / recipe["package"]).read_text()
            assert "==" in lock
            assert "--hash=sha256:" in lock


def _fake_uv(tmp_path: Path, script: str) -> str:
    path = tmp_path / "uv"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_packages_are_fetched_once_for_each_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    count = tmp_path / "count"
    script = (
        f'echo x "$@" >> {count}; while [ "$1" != --target ]; do shift; done; mkdir -p "$2"; touch "$2/thing"'
    )
    monkeypatch.setenv("CALLBOX_UV", _fake_uv(tmp_path, script))
    lock = tmp_path / "x.lock"
    lock.write_text("one==1")
    for _ in range(2):
        assert (fetch.packages(lock, tmp_path / "cache" / "x") / "thing").exists()
    assert count.read_text().count("x pip install") == 1
    lock.write_text("one==2")
    fetch.packages(lock, tmp_path / "cache" / "x")
    assert count.read_text().count("x pip install") == 2
    assert count.read_text().count("--no-deps --require-hashes") == 2


def test_a_fetch_that_fails_says_so_and_keeps_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLBOX_UV", _fake_uv(tmp_path, "echo no network >&2; exit 2"))
    lock = tmp_path / "x.lock"
    lock.write_text("one==1")
    (tmp_path / "cache").mkdir()
    with pytest.raises(Unavailable, match="no network"):
        fetch.packages(lock, tmp_path / "cache" / "x")
    assert list((tmp_path / "cache").iterdir()) == []
