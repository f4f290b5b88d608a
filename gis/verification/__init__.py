"""Proving a delivery: complete, unchanged and right, whoever wrote it.

Left to right: `opening` gives the files, `shapefiles` and `geopackages` read them with readers
that share nothing with the writers, `standard` says what plan and profile want, the judgements
(`manifests`, `columns`, `outlines`, `sides`, `others`) yield faults, `telling` prints them.
"""

from gis.verification.faults import FAULTS, Fault, FaultKind, Unproven
from gis.verification.opening import Kit, open_kit
from gis.verification.proving import Question, Verification, verify

__all__ = [
    "FAULTS",
    "Fault",
    "FaultKind",
    "Kit",
    "Question",
    "Unproven",
    "Verification",
    "open_kit",
    "verify",
]
