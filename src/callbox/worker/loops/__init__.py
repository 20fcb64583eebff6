# SPDX-License-Identifier: Apache-2.0
"""One module for each loop, with a `LOOP`: it registers itself, so adding one touches nothing outside it.

A module with `all_of_it()` has several.
"""
