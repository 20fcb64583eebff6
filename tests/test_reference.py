# SPDX-License-Identifier: Apache-2.0
"""The pages of the reference that are made from tables say what the tables say."""

from callbox.access.page import policy_page
from callbox.host.config import CHECKOUT


def test_the_page_on_the_policy_is_in_step() -> None:
    page = (CHECKOUT / "docs" / "reference" / "policy.md").read_text(encoding="utf-8")
    assert page == policy_page(), "run: ./callbox policy --write docs/reference/policy.md"
