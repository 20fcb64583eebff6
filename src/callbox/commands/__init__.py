# SPDX-License-Identifier: Apache-2.0
"""The commands of `callbox`: each module is one."""
