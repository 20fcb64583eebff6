# SPDX-License-Identifier: Apache-2.0
"""Rubbish for every parser: only what it documents comes out. `callbox audit fuzz` does the same for longer."""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callbox.audit.fuzz.registry import feed_one, names, target

FEW = settings(
    max_examples=15, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def damaged(draw: st.DrawFn, seed: bytes) -> bytes:
    """A sound input with a piece of it replaced."""
    at = draw(st.integers(0, len(seed)))
    return seed[:at] + draw(st.binary(max_size=12)) + seed[at + draw(st.integers(0, 12)) :]


@pytest.mark.parametrize("name", names())
def test_what_it_begins_with_breaks_nothing(name: str) -> None:
    for seed in target(name).SEEDS:
        feed_one(target(name), seed)


@pytest.mark.parametrize("name", names())
def test_rubbish_breaks_nothing(name: str) -> None:
    chosen = target(name)

    @FEW
    @given(
        st.binary(max_size=200)
        | st.text(max_size=60).map(str.encode)
        | st.sampled_from(chosen.SEEDS).flatmap(damaged)
    )
    def feed(data: bytes) -> None:
        feed_one(chosen, data)

    feed()


def test_a_fault_is_not_taken_for_a_refusal() -> None:
    """Python's own ValueError is no TableError, and UnicodeDecodeError no ValueError that somebody meant."""

    class Careless:
        REFUSALS: tuple[type[BaseException], ...] = (ValueError,)
        SEEDS: Sequence[bytes] = ()

        def feed(self, data: bytes) -> None:
            data.decode("ascii")

    with pytest.raises(UnicodeDecodeError):
        feed_one(Careless(), b"\xff")
