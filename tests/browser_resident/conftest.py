# SPDX-License-Identifier: Apache-2.0
"""The same phones as the crews', on an installation of this folder's own, which ends with the folder."""

from tests.browser_crew.conftest import crew_browser, live_crew_site, phones

__all__ = ["crew_browser", "live_crew_site", "phones"]
