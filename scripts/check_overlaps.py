"""Check that outlines are sound and no two sites share ground."""

import sys

from gis.cli import main

if __name__ == "__main__":
    main(["check", "--theme", "overlaps", *sys.argv[1:]], program="check_overlaps.py")
