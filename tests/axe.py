# SPDX-License-Identifier: Apache-2.0
"""What axe-core finds wrong with a page by WCAG 2.2, levels A and AA. Fetched by npm when it is first asked for."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from callbox.host.config import CHECKOUT, load
from callbox.kernel.errors import Unavailable
from callbox.web.assets import fetch_packages

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"


@cache
def axe_source() -> str:
    """The text of axe-core, as the lock file names it; skips the test, loudly, where npm cannot fetch it."""
    lock = hashlib.sha256((CHECKOUT / "package-lock.json").read_bytes()).hexdigest()[:16]
    folder = load().home / "npm-tests" / lock
    source = folder / "node_modules/axe-core/axe.min.js"
    if not source.exists():
        _fetch(folder)
    return source.read_text(encoding="utf-8")


def _fetch(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    try:
        fetch_packages(CHECKOUT, folder)
    except Unavailable as absent:
        pytest.skip(f"axe-core cannot be fetched: {absent}")


def check_axe(page: Page, *leave_out: str) -> None:
    """Fail, naming rule and element, for each violation on the page as it stands now. leave_out: ids of rules."""
    page.evaluate(axe_source())
    found: dict[str, Any] = page.evaluate(RUN, TAGS)
    wrong = [
        f"{each['id']} ({each['impact']}): {each['help']}: {node['html']}"
        for each in found["violations"]
        if each["id"] not in leave_out
        for node in each["nodes"]
    ]
    assert wrong == [], "\n".join(wrong)
