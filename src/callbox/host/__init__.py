# SPDX-License-Identifier: Apache-2.0
"""What runs the parts on one machine: settings, the database server, processes. No Django."""
