# SPDX-License-Identifier: Apache-2.0
"""Witnesses of the seals outside the database, one a module: `NAME`, `configured()` and `tell(where, line)`."""
