# SPDX-License-Identifier: Apache-2.0
from datetime import date

import pytest

from callbox.analysis.comparison import compare
from callbox.analysis.figures import Figure
from callbox.analysis.limits import limits_on
from callbox.matters.promises import shipped_table

DAY = date(2026, 11, 22)


def limits(clock: str, agency: str, priority: int | None) -> list[tuple[int, int]]:
    found = limits_on(DAY, shipped_table().on(DAY))(clock, agency, priority)
    return [(int(each.within.total_seconds()), each.percent) for each in found]


@pytest.mark.parametrize(
    ("clock", "agency", "priority", "wanted"),
    [
        ("answer", "", 1, [(15, 90), (20, 95)]),
        ("answer", "", None, [(15, 90), (20, 95)]),
        ("turnout", "fire", 3, [(80, 90)]),
        ("turnout", "ems", 3, [(60, 90)]),
        ("travel", "ems", 1, [(240, 90)]),
        ("arrival", "fire", 1, [(480, 90), (60, 90), (180, 90), (300, 90)]),
    ],
)
def test_the_limits_that_figures_are_compared_with(
    clock: str, agency: str, priority: int | None, wanted: list[tuple[int, int]]
) -> None:
    assert limits(clock, agency, priority) == wanted


KEY = ("all", "", "total")


@pytest.mark.parametrize(
    ("figures", "reference", "agrees"),
    [
        ([Figure(*KEY, 3, 10, 20)], {KEY: (3, 10, 20)}, True),
        ([Figure(*KEY, 3, 10, 20), Figure("all", "", "answer", 0, None, None)], {KEY: (3, 10, 20)}, True),
        ([Figure(*KEY, 3, 10, 21)], {KEY: (3, 10, 20)}, False),
        ([], {KEY: (3, 10, 20)}, False),
        ([Figure(*KEY, 3, 10, 20)], {}, False),
        ([], {}, False),
    ],
)
def test_agreement_is_to_the_second_on_both_sides(
    figures: list[Figure], reference: dict[tuple[str, str, str], tuple[int, int, int]], agrees: bool
) -> None:
    assert compare(figures, reference).agrees is agrees
