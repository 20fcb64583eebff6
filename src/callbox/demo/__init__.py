# SPDX-License-Identifier: Apache-2.0
"""The demo city and its day: made-up residents, call-takers, dispatchers and crews on real roads."""
