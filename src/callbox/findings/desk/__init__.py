# SPDX-License-Identifier: Apache-2.0
"""The pages of the findings desk: the list by clock, and one finding with its evidence and its moves."""
