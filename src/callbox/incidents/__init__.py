# SPDX-License-Identifier: Apache-2.0
"""The incident itself: type, priority, place, duplicates, closing."""
