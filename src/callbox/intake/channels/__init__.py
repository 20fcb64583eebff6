# SPDX-License-Identifier: Apache-2.0
"""The channels by which contacts come: a module for each, named as in the door's address, with a `read`."""
