"""`python -m gis.cli` is `tngis`."""

from gis.cli import main

main()
