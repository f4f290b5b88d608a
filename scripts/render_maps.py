"""Draw the map pages."""

import sys

from gis.cli import main

if __name__ == "__main__":
    main(["map", *sys.argv[1:]], program="render_maps.py")
