# SPDX-License-Identifier: Apache-2.0
"""The one move(), owners, hand-overs, parts, clocks."""
