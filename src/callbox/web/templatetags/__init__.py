# SPDX-License-Identifier: Apache-2.0
"""Tags that templates of all rooms load."""
