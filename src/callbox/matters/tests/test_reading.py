# SPDX-License-Identifier: Apache-2.0
"""One row by its key is what the QuerySet would have given."""

from typing import Any

import pytest
from django.db.models import QuerySet

from callbox.kernel.ids import new_id
from callbox.matters.models import Matter, Part
from callbox.matters.reading import KEY, OneRow
from callbox.matters.tests.test_moves import errand

pytestmark = pytest.mark.django_db


def parts() -> QuerySet[Part]:
    return Part.objects.select_related("part", "whole").filter(part_id=KEY)


def test_it_reads_what_the_queryset_reads_joined_rows_included() -> None:
    whole = errand()
    part = errand(whole=whole)
    errand(whole=whole)
    read = OneRow(parts)
    found = read(part.id)
    usual = parts().model.objects.select_related("part", "whole").get(part_id=part.id)
    assert found is not None
    assert found == usual
    for one, other in ((found, usual), (found.part, usual.part), (found.whole, usual.whole)):
        assert {f.attname: getattr(one, f.attname) for f in one._meta.fields} == {
            f.attname: getattr(other, f.attname) for f in other._meta.fields
        }


def test_joined_rows_are_there_without_another_query(
    django_assert_num_queries: pytest.FixtureRequest,
) -> None:
    part = errand(whole=errand())
    read = OneRow(parts)
    read(part.id)
    with django_assert_num_queries(1):  # type: ignore[operator]  # pytest-django's fixture is a function
        found = read(part.id)
        assert found is not None
        assert found.part.kind == found.whole.kind == "errand"


def test_an_unknown_key_gives_none_and_each_key_its_own_row() -> None:
    first, second = errand(), errand()
    read = OneRow(lambda: Matter.objects.filter(id=KEY))
    assert [found.id if (found := read(key)) else None for key in (first.id, new_id(), second.id)] == [
        first.id,
        None,
        second.id,
    ]


def test_a_change_is_seen_by_the_next_read() -> None:
    matter = errand()
    read = OneRow(lambda: Matter.objects.filter(id=KEY))
    read(matter.id)
    Matter.objects.filter(id=matter.id).update(owner="agency:z")
    found = read(matter.id)
    assert found is not None
    assert found.owner == "agency:z"


def test_what_the_database_would_have_to_convert_is_left_to_a_queryset() -> None:
    class Converted(Matter):
        class Meta:
            app_label = "matters"
            proxy = True

    field: Any = Converted._meta.get_field("owner")
    field.from_db_value = lambda value, *_rest: value  # as a field of its own would have
    try:
        with pytest.raises(TypeError, match="use a QuerySet"):
            OneRow(lambda: Converted.objects.filter(id=KEY))(new_id())
    finally:
        del field.from_db_value
