# SPDX-License-Identifier: Apache-2.0
import hashlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.kernel.chain import ZERO, canonical, link, merkle_root, plain_facts

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), plain))
def test_the_order_of_keys_does_not_matter(value: dict[str, object]) -> None:
    assert canonical(value) == canonical(dict(reversed(value.items())))


@given(st.dictionaries(st.text(), plain))
def test_facts_are_the_same_after_a_round_trip(value: dict[str, object]) -> None:
    assert canonical(plain_facts(value)) == canonical(value)


@pytest.mark.parametrize("value", [1.5, b"bytes", {1, 2}, timedelta(1), object()])
def test_what_has_more_than_one_spelling_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="more than one spelling"):
        canonical({"deep": [{"value": value}]})


def test_a_moment_has_one_spelling_in_every_zone() -> None:
    at = datetime(2026, 11, 1, 3, tzinfo=UTC)
    assert canonical({"at": at}) == canonical({"at": at.astimezone(timezone(timedelta(hours=8)))})


def test_a_link_is_what_the_database_computes() -> None:
    right = hashlib.sha256(ZERO + (1).to_bytes(8, "big") + b"body").digest()
    assert link(ZERO, 1, b"body") == right


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=20), st.data())
def test_a_root_covers_every_leaf_and_their_order(leaves: list[bytes], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(leaves) - 1))
    other = data.draw(st.binary(min_size=32, max_size=32).filter(lambda leaf: leaf != leaves[place]))
    assert merkle_root([*leaves[:place], other, *leaves[place + 1 :]]) != merkle_root(leaves)
    assert merkle_root(leaves[:-1]) != merkle_root(leaves)
    if len(set(leaves)) > 1 and leaves != leaves[::-1]:
        assert merkle_root(leaves[::-1]) != merkle_root(leaves)


def test_the_root_of_a_known_batch() -> None:
    """RFC 6962, section 2.1: the tree of one leaf is the hash of that leaf; nodes and leaves differ."""
    leaf = hashlib.sha256(b"\x00a").digest()
    assert merkle_root([b"a"]) == leaf
    assert merkle_root([b"a", b"a"]) == hashlib.sha256(b"\x01" + leaf + leaf).digest()
