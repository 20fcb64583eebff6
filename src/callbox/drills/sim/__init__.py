# SPDX-License-Identifier: Apache-2.0
"""The product's own code under a simulated clock, network, disk and database; a seed says all that happens."""
