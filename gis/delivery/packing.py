"""A kit as one zip file: the same files, the same bytes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # a zip knows no earlier one
PLAIN_FILE = 0o100644 << 16
UNIX = 3


def zipped(folder: Path) -> bytes:
    """All files of a folder as a zip, in the order of their names, without times."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(item for item in folder.rglob("*") if item.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr, entry.create_system = PLAIN_FILE, UNIX
            archive.writestr(entry, path.read_bytes())
    return packed.getvalue()
