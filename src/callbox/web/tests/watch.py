# SPDX-License-Identifier: Apache-2.0
"""Looking on while a page works."""

from playwright.sync_api import Page


class Watched:
    """A page, and all that went wrong on it: script errors, what the policy blocked, requests to anyone else."""

    def __init__(self, page: Page, site: str) -> None:
        self.page = page
        self.faults: list[str] = []
        page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        page.on("request", lambda asked: self._check(asked.url, site))

    def _check(self, url: str, site: str) -> None:
        if not url.startswith((site, "blob:", "data:")):
            self.faults.append(f"asked outside: {url}")


def until(page: Page, expression: str) -> None:
    """Come back when the expression is true. (Playwright's own waiting would need eval, which our pages forbid.)"""
    for _ in range(500):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"never came true: {expression}")
