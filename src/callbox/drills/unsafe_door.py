# SPDX-License-Identifier: Apache-2.0
"""`python -m callbox.drills.unsafe_door`: a door that does not wait for the disk, to see that a drill notices."""

from callbox.door import connecting
from callbox.door.main import main

if __name__ == "__main__":
    connecting.SESSION["synchronous_commit"] = "off"
    main()
