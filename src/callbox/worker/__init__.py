# SPDX-License-Identifier: Apache-2.0
"""What Callbox does by itself: contacts become calls, clocks fire, the journal is sealed, old data is erased."""
