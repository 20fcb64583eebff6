# SPDX-License-Identifier: Apache-2.0
"""The simulation sees: bugs planted in the product's code break an invariant."""

import pytest

from callbox.drills.sim.hunt import hunt
from callbox.drills.sim.planted import BUGS, Bug, Edit, Withered, changes_of

BY_NAME = {bug.name: bug for bug in BUGS}
MOST = 40
ALWAYS = (
    "claim without owner",
    "stacked assignment lost",
    "journal not counted",
    "taken up and not active",
    "closing looks at no parts",
    "repeats are new contacts",
    "stream catches up with one entry only",
    "seals without horizon",
)


def test_there_are_thirty_of_different_names() -> None:
    assert len(BY_NAME) == len(BUGS) >= 30


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_each_can_be_planted(bug: Bug) -> None:
    assert changes_of(bug) or bug.without


def test_a_bug_whose_words_are_gone_is_named() -> None:
    gone = Bug("gone", ("kept",), (Edit("callbox.door.store:INSERT", "no such words", ""),))
    with pytest.raises(Withered, match="gone"):
        changes_of(gone)


@pytest.mark.slow
@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_each_is_found(bug: Bug) -> None:
    assert hunt(bug, 1, MOST).run is not None


@pytest.mark.parametrize("name", ALWAYS)
def test_the_surest_are_found_at_once(name: str) -> None:
    found = hunt(BY_NAME[name], 1, MOST)
    assert found.run is not None, f"not in {found.runs} runs"
