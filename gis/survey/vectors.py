"""One layer of a file through GDAL, here or in a process of its own.

A damaged drawing can keep GDAL's readers from ever ending; such files are read by a process that
is stopped when its time is over.
"""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

MOST_SECONDS = 120.0  # for a drawing; one of a whole city takes a tenth of it
ARC_STEP_DEGREES = "0.5"  # of a circle: keeps a 100 m arc within a millimetre of its chord
ONE_BYTE = "ISO-8859-1"  # a character a byte: what bytes are kept as until they are understood
# What the reader raises on damaged files; the last where a .prj is no UTF-8.
FAILURES = (RuntimeError, UnicodeError, ValueError, OverflowError, UnboundLocalError)


@dataclass(frozen=True, slots=True)
class RawLayer:
    """A layer as it stands: its system, its columns as text, its shapes as bytes in hexadecimal."""

    crs: str
    columns: dict[str, list[str]]
    shapes: list[str | None] | None
    warnings: list[str]


def layer_names(main: Path) -> list[str]:
    """The layers of a file that may hold outlines.

    Raises: one of FAILURES.
    """
    import pyogrio  # type: ignore[import-untyped]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [str(name) for name, kind in pyogrio.list_layers(main) if kind is not None]


def read_layer(main: Path, layer: str, encoding: str | None = None) -> RawLayer:
    """A layer, read here.

    Raises: one of FAILURES.
    """
    import pyogrio

    pyogrio.set_gdal_config_options({"OGR_ARC_STEPSIZE": ARC_STEP_DEGREES})
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            meta, _, shapes, fields = pyogrio.raw.read(main, layer=layer, encoding=encoding)
    finally:
        pyogrio.set_gdal_config_options({"OGR_ARC_STEPSIZE": None})
    return RawLayer(
        str(meta["crs"] or ""),
        {
            str(name): [text_of(value) for value in values]
            for name, values in zip(meta["fields"], fields, strict=True)
        },
        None if shapes is None else [None if item is None else item.hex() for item in shapes],
        list(dict.fromkeys(str(item.message) for item in told)),
    )


def read_layer_apart(main: Path, layer: str, encoding: str | None = None) -> RawLayer:
    """A layer, read by a process of its own.

    Raises: RuntimeError, with what it said, or that it did not end.
    """
    home = Path(__file__).resolve().parent.parent.parent
    code = f"import sys; sys.path.insert(0, {str(home)!r}); from gis.survey import vectors; "
    call = [sys.executable, "-c", code + "vectors.answer()", str(main), layer, encoding or ""]
    try:
        done = subprocess.run(call, capture_output=True, timeout=MOST_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"reading did not end within {MOST_SECONDS:.0f} s") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise RuntimeError(said[-1] if said else f"the reader ended with {done.returncode}")
    return RawLayer(**json.loads(done.stdout))


def answer() -> None:
    """What the process of its own does: read, and write the layer as JSON."""
    main, layer, encoding = sys.argv[1:]
    try:
        found = read_layer(Path(main), layer, encoding or None)
    except FAILURES as error:
        sys.exit(str(error).replace("\n", " "))
    sys.stdout.buffer.write(json.dumps(asdict(found)).encode())


def text_of(value: Any) -> str:
    """An attribute as text: empty where there is none, whole numbers without a point."""
    if value is None or value != value:
        return ""
    if isinstance(value, float):  # numpy's too
        return f"{float(value):.15g}"
    return str(value).strip()
