"""Write the shapefiles and their GeoPackage twin."""

import sys

from gis.cli import main

if __name__ == "__main__":
    main(["export", *sys.argv[1:]], program="export_shapefiles.py")
