# SPDX-License-Identifier: Apache-2.0
"""Pictures as screens get them: that there is one, by whom and when; never what it shows. Part of the queries."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from ninja import Schema

from callbox.pictures.models import Picture


class PictureRow(Schema):
    """A picture of a matter. Width and height in px, of the large one. Its files have addresses of their own."""

    id: UUID
    matter: UUID
    by: str
    by_name: str
    at: datetime
    width: int
    height: int


def picture_row(picture: Picture, names: Mapping[str, str]) -> dict[str, object]:
    """One picture as a row. names: of those who act, by id; empty for who is no person of ours."""
    plain = {name: getattr(picture, name) for name in ("id", "by", "at", "width", "height")}
    return {**plain, "matter": picture.matter_id, "by_name": names.get(picture.by, "")}


def picture_rows(pictures: Iterable[Picture], names: Mapping[str, str]) -> list[dict[str, object]]:
    """Pictures as rows, in their order."""
    return [picture_row(picture, names) for picture in pictures]
