# SPDX-License-Identifier: Apache-2.0
"""Many agencies on one incident: plans by level and type, the task of each agency, and who leads."""
