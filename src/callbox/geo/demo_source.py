# SPDX-License-Identifier: Apache-2.0
"""Where the ready-made cities come from: data/recipes.json names their files, and some are fetched once."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from callbox.geo.actions import import_city
from callbox.geo.domain.things import ImportReport
from callbox.geo.domain.version import is_usable
from callbox.geo.fetch import CHECKOUT, packages
from callbox.geo.queries import City, open_city
from callbox.kernel.errors import NotFound
from callbox.kernel.text import gettext_noop as _

DATA = Path(__file__).parent / "data"
RECIPES = DATA / "recipes.json"
SEPARATOR = "="


def recipes() -> Mapping[str, Mapping[str, object]]:
    """The ready-made cities by name."""
    found: Mapping[str, Mapping[str, object]] = json.loads(RECIPES.read_text(encoding="utf-8"))
    return found


def import_recipe(home: Path, data: Path, name: str, *, at: datetime) -> ImportReport:
    """Import a ready-made city into `home/cities`.

    data: the folder of real data (CALLBOX_DATA). Raises NotFound for an unknown name, Invalid when its files
    are not there, Unavailable when a package it comes from cannot be fetched.
    """
    recipe = recipes().get(name)
    if recipe is None:
        known = ", ".join(sorted(recipes()))
        raise NotFound(
            _("There is no ready-made city %(name)s. There are: %(known)s."), name=name, known=known
        )
    folders = {"data": data, "geo": DATA}
    if "package" in recipe:
        folders["package"] = packages(CHECKOUT / str(recipe["package"]), home / "cache" / name)
    return import_city(
        home / "cities",
        name,
        Path(_file(str(recipe["roads"]), folders)),
        [_file(given, folders) for given in _list(recipe, "areas")],
        Path(_file(str(recipe["addresses"]), folders)) if "addresses" in recipe else None,
        [_file(given, folders) for given in _list(recipe, "places")],
        at=at,
        time_zone=str(recipe["time_zone"]),
        attribution=str(recipe["attribution"]),
    )


def ensure_city(home: Path, data: Path, name: str, *, at: datetime) -> City:
    """The city in force, imported by its recipe first when it is not there yet."""
    if not is_usable(home / "cities", name):
        import_recipe(home, data, name, at=at)
    return open_city(home / "cities", name)


def _list(recipe: Mapping[str, object], key: str) -> list[str]:
    given = recipe.get(key, [])
    return [str(one) for one in given] if isinstance(given, list) else []


def _file(given: str, folders: Mapping[str, Path]) -> str:
    """`kind=folder:path` with the folder's name put in full."""
    kind, sign, rest = given.rpartition(SEPARATOR)
    folder, _colon, path = rest.partition(":")
    return f"{kind}{sign}{folders[folder] / path}"
