# SPDX-License-Identifier: Apache-2.0
"""`python -m callbox.door`."""

from callbox.door.main import main

if __name__ == "__main__":
    main()
