"""Check the decision's functions, clauses and numbers against one another."""

import sys

from gis.cli import main

if __name__ == "__main__":
    main(
        [
            "check",
            "--theme",
            "functions",
            "--theme",
            "wording",
            "--theme",
            "indicators",
            *sys.argv[1:],
        ],
        program="check_functions.py",
    )
