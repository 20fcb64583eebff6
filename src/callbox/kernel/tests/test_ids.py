# SPDX-License-Identifier: Apache-2.0
from callbox.kernel.ids import new_id


def test_ids_are_version_7_and_unlike() -> None:
    ids = [new_id() for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert {(each.version, each.variant) for each in ids} == {(7, "specified in RFC 4122")}


def test_ids_sort_by_millisecond() -> None:
    first = [new_id().int >> 80 for _ in range(1000)]
    assert first == sorted(first)
