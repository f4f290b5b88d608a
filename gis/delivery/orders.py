"""What a kit is asked to hold, and what a format answers: the nouns every writer shares."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gis.delivery.manifest import Independence, Role
from gis.delivery.profiles import Profile
from gis.delivery.sheets import Sheet
from gis.errors import OutputError, Problem
from gis.language import Text, say
from gis.model import LayerName, Plan
from gis.report import Report

FIXED_DAY = "2000-01-01"  # stands where a format wants the day of writing: same plan, same bytes
FIXED_TIME = f"{FIXED_DAY}T00:00:00.000Z"
NOTHING = Text("", "")


@dataclass(frozen=True, eq=False, slots=True)
class Order:
    """A plan with its check report, the profile it is delivered under, and its layers as sheets."""

    plan: Plan
    profile: Profile
    sheets: Sequence[Sheet]
    report: Report | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A file a writer has put into the folder, and what it is there for."""

    path: Path
    role: Role = "data"
    layer: LayerName | None = None


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: its writer, who read the result back, and how finely it holds positions.

    `write` puts files into a folder and has them read back: what it returns was proven.
    `crs` is empty where the format keeps the plan's own.
    """

    label: Text
    write: Callable[[Order, Path], list[Written]]
    written_by: Callable[[], str]
    read_back_by: Callable[[], str]
    independence: Independence
    crs: str = ""
    resolution_m: float | None = 0.001  # None where it holds no positions
    note: Text = NOTHING


def gdal_of_fiona() -> str:
    """Fiona and the GDAL that is built into it."""
    import fiona

    return f"fiona {fiona.__version__} / GDAL {fiona.__gdal_version__}"


def gdal_of_pyogrio() -> str:
    """Pyogrio and the GDAL that is built into it, another build than fiona's."""
    import pyogrio

    return f"pyogrio {pyogrio.__version__} / GDAL {'.'.join(map(str, pyogrio.__gdal_version__))}"


@contextmanager
def telling_of_writing(path: Path) -> Iterator[None]:
    """Whatever a writer, a reader or the system raises over a file, told as one error."""
    import fiona._err
    import fiona.errors
    import pyogrio.errors
    import shapefile

    failures = (
        *(OSError, RuntimeError, ValueError, LookupError, TypeError, struct.error, sqlite3.Error),
        *(fiona.errors.FionaError, fiona._err.CPLE_BaseError, pyogrio.errors.DataSourceError),
        shapefile.ShapefileException,
    )
    try:
        yield
    except failures as error:
        raise OutputError(not_whole(path)) from error


def not_whole(path: Path) -> Problem:
    """The problem of a file that is not as it was to be written."""
    return Problem(
        path.name,
        say("không ghi được trọn vẹn", "could not be written whole"),
        say(
            "giải phóng chỗ trên đĩa, kiểm tra quyền ghi, rồi xuất lại",
            "free space on the disk, check that it may be written to, then export again",
        ),
    )
