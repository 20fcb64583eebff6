# SPDX-License-Identifier: Apache-2.0
"""A real Chromium for tests, and the screenshots they leave behind."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ARTEFACTS = Path(__file__).parents[1] / "test-artefacts"
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--no-first-run", "--disable-quic"]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


def find_chromium() -> str | None:
    """The path of Chromium: CALLBOX_CHROMIUM, or the system's; installed first where we may."""
    return _found() or (_found() if _install() else None)


def _found() -> str | None:
    names = (os.environ.get("CALLBOX_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if name and (found := shutil.which(name))), None)


@cache
def _install() -> bool:
    """Debian's Chromium, when we are root on a machine with apt. Tried once."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    steps = ([apt, "-q", "update"], [apt, "-q", "-y", "--no-install-recommends", "install", "chromium"])
    return all(
        subprocess.run(step, env=environment, capture_output=True, check=False).returncode == 0
        for step in steps
    )


@contextmanager
def launch_chromium() -> Iterator[Browser]:
    """A headless Chromium. Without one the test is skipped; with CI=true it fails."""
    path = find_chromium()
    if path is None:
        message = "Chromium is absent (on Debian: apt-get install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def shot(page: Page, name: str, *, full: bool = False) -> Path:
    """Keep a screenshot as test-artefacts/NAME.png."""
    ARTEFACTS.mkdir(exist_ok=True)
    path = ARTEFACTS / f"{name}.png"
    page.screenshot(path=path, full_page=full)
    return path
