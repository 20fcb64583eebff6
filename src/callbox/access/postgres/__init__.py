# SPDX-License-Identifier: Apache-2.0
"""Django's PostgreSQL connection, which tells the database through whose eyes each transaction looks."""
