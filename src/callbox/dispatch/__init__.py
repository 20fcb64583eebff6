# SPDX-License-Identifier: Apache-2.0
"""Units, shifts, response plans, recommendation, assignments, crew terminal."""
