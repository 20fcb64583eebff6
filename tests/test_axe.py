# SPDX-License-Identifier: Apache-2.0
"""The checker of accessibility finds what is wrong, and says nothing where nothing is."""

import pytest

from tests.axe import check_axe
from tests.browser import launch_chromium

pytestmark = pytest.mark.browser
PAGE = "<!doctype html><html lang=en><title>t</title><main><h1>made-up</h1><p style='color:{}'>words</p></main></html>"


def test_words_that_cannot_be_read_are_found() -> None:
    with launch_chromium() as browser:
        page = browser.new_page()
        page.set_content(PAGE.format("#ccc"))
        with pytest.raises(AssertionError, match="color-contrast"):
            check_axe(page)
        check_axe(page, "color-contrast")
        page.set_content(PAGE.format("#000"))
        check_axe(page)
