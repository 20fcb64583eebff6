# SPDX-License-Identifier: Apache-2.0
"""The benches of `callbox bench`: each module is one and prints one JSON line last."""
