# SPDX-License-Identifier: Apache-2.0
"""Reading requests, and the catalogue, areas and rules in force."""

from functools import lru_cache
from importlib.resources import files
from uuid import UUID

from callbox.requests.areas import AreaBook, parse_areas
from callbox.requests.catalogue import Catalogue, parse_catalogue
from callbox.requests.models import Edition
from callbox.requests.routing import Rules, parse_rules

AREAS, CATEGORIES, RULES = "areas", "categories", "rules"
SHIPPED = {CATEGORIES: "categories.json", RULES: "rules.tsv", AREAS: "areas.geojson"}


def areas_in_force() -> AreaBook:
    """The districts, grids and sub-grids."""
    return _areas(_newest(AREAS))


def catalogue_in_force() -> Catalogue:
    """The categories."""
    return _catalogue(_newest(CATEGORIES))


def rules_in_force() -> Rules:
    """The routing rules."""
    return _rules(_newest(RULES))


def version_of(kind: str) -> int:
    """Which edition is in force; 0 for what comes with Callbox."""
    found = Edition.objects.filter(kind=kind).order_by("-version").values_list("version", flat=True).first()
    return found or 0


def _newest(kind: str) -> UUID | None:
    return Edition.objects.filter(kind=kind).order_by("-version").values_list("id", flat=True).first()


def _text(kind: str, edition: UUID | None) -> str:
    if edition is None:
        return files("callbox.requests").joinpath("data", SHIPPED[kind]).read_text(encoding="utf-8")
    return Edition.objects.values_list("text", flat=True).get(id=edition)


@lru_cache(maxsize=2)
def _areas(edition: UUID | None) -> AreaBook:
    return parse_areas(_text(AREAS, edition))


@lru_cache(maxsize=2)
def _catalogue(edition: UUID | None) -> Catalogue:
    return parse_catalogue(_text(CATEGORIES, edition))


@lru_cache(maxsize=2)
def _rules(edition: UUID | None) -> Rules:
    return parse_rules(_text(RULES, edition))
