"""Check that sites lie where the decision puts them."""

import sys

from gis.cli import main

if __name__ == "__main__":
    main(["check", "--theme", "allocation", *sys.argv[1:]], program="check_allocation.py")
