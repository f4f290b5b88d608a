"""Check the craft-village land of every commune."""

import sys

from gis.cli import main

if __name__ == "__main__":
    main(["check", "--theme", "allowance", *sys.argv[1:]], program="check_allowance.py")
