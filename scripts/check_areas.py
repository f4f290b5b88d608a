"""Check that areas add up, in the tables and on the ground."""

import sys

from gis.cli import main

if __name__ == "__main__":
    main(["check", "--theme", "areas", "--theme", "sizes", *sys.argv[1:]], program="check_areas.py")
