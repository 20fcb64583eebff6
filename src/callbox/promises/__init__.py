# SPDX-License-Identifier: Apache-2.0
"""Pages on which the calendar and the promises in force are seen, and others are tried before they are loaded."""
