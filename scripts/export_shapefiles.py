"""Write the delivery kit: shapefiles, GeoPackage and what explains them."""

import sys

from gis.cli import main

if __name__ == "__main__":
    main(["export", *sys.argv[1:]], program="export_shapefiles.py")
