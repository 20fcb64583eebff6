# SPDX-License-Identifier: Apache-2.0
"""Callbox: from a call for help, or a complaint, to a closed matter."""
