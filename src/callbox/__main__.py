# SPDX-License-Identifier: Apache-2.0
"""`python -m callbox` is the same as `./callbox`."""

import sys

from callbox.cli import main

sys.exit(main(sys.argv[1:]))
