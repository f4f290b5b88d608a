"""The answers of all pieces as one file in the form asked for, and the summary that adds up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
import pyogrio

from gis.bulk.jobs import Job, kept_tables, total
from gis.bulk.parcels import REASONS
from gis.bulk.parts import geo_metadata
from gis.bulk.questions import VERDICTS, Tally
from gis.errors import OutputError, Problem
from gis.files import INERT_BEFORE, staged
from gis.language import Language, Text, number, say
from gis.verdicts import Verdict

FORMS: Mapping[str, str] = {
    ".parquet": "Parquet",
    ".gpkg": "GPKG",
    ".fgb": "FlatGeobuf",
    ".shp": "ESRI Shapefile",
}
ALWAYS_OUTLINES = (".fgb", ".shp")  # files of outlines by their nature
SORTED_ROWS = 5_000_000  # beyond, rows stay in the order of the parts they were answered in
TRACE_COLUMNS = ("row", "left_row", "right_row")
ROWS_A_WRITE = 100_000
TEXT_BYTES = 254  # of a field of a shapefile; GDAL cuts what is longer


@dataclass(frozen=True, slots=True)
class Written:
    """A file of results, or a layer of one, and how many rows it holds."""

    path: Path
    rows: int
    layer: str = ""


def check_form(out: Path) -> None:
    """Refuse a form that cannot be written, before anything is computed.

    Raises: OutputError.
    """
    if out.suffix.lower() not in FORMS:
        told = say("không biết dạng tệp này", "is of no form that can be written")
        mend = say("chọn một trong: {forms}", "choose one of: {forms}", forms=list(FORMS))
        raise OutputError(Problem(str(out), told, mend, value=out.suffix))
    if out.is_dir():
        told = say("là một thư mục", "is a folder")
        mend = say("chọn đường dẫn khác", "choose another path")
        raise OutputError(Problem(str(out), told, mend))


def write_results(job: Job, pieces: int, out: Path) -> list[Written]:
    """Write the rows, all shares and what was left out beside one another, all or nothing.

    Raises: OutputError.
    """
    form = out.suffix.lower()
    written: list[Written] = []
    with staged(out.parent) as stage, _telling(out):
        rows = _in_order(job, pieces, "rows")
        written.append(Written(out, _write(stage / out.name, out.stem, rows, job.crs)))
        shares = _in_order(job, pieces, "shares")
        if form == ".gpkg":
            count = _write(stage / out.name, "shares", shares, job.crs)
            written += [Written(out, count, "shares")] if count else []
        else:
            suffix = ".parquet" if form == ".parquet" else ".csv"
            written += _beside(stage, out, "shares", suffix, shares)
        written += _beside(
            stage, out, "left-out", ".csv", kept_tables(job.results, pieces, "left_out")
        )
    return written


def _beside(
    stage: Path, out: Path, what: str, suffix: str, tables: Iterator[pa.Table]
) -> list[Written]:
    """A further table in a file of its own, if there is anything to tell."""
    name = f"{out.stem}-{what}{suffix}"
    count = _write(stage / name, what, tables, "")
    return [Written(out.with_name(name), count)] if (stage / name).exists() else []


def _in_order(job: Job, pieces: int, what: str) -> Iterator[pa.Table]:
    """The tables of all pieces: in the order of the file, as long as that fits into memory."""
    sizes = [len(table) for table in kept_tables(job.results, pieces, what)]
    if not sizes:
        return
    if sum(sizes) > SORTED_ROWS:
        yield from kept_tables(job.results, pieces, what)
        return
    whole = pa.concat_tables(kept_tables(job.results, pieces, what))
    by = [(name, "ascending") for name in TRACE_COLUMNS if name in whole.column_names]
    yield whole.sort_by(by) if len(sizes) > 1 else whole


def _write(path: Path, layer: str, tables: Iterator[pa.Table], crs: str) -> int:
    """Write some tables of one kind one after another; how many rows that was."""
    first = next(tables, None)
    if first is None:
        return 0
    shown = [
        name for name in first.column_names if name not in TRACE_COLUMNS or layer == "left-out"
    ]
    counted = [0]
    refused: list[Problem] = []

    def batches() -> Iterator[pa.RecordBatch]:
        for table in chain((first,), tables):
            counted[0] += len(table)
            if path.suffix == ".shp":
                refused.extend(_too_long(table.select(shown), path.name))
                if refused:
                    return  # the writer would hide an error that is raised inside it
            yield from table.select(shown).combine_chunks().to_batches(ROWS_A_WRITE)

    schema = first.select(shown).schema
    if path.suffix == ".parquet":
        has_outlines = "geometry" in shown
        told = schema.with_metadata(geo_metadata(crs, "geometry") if has_outlines else None)
        with pq.ParquetWriter(path, told, compression="zstd") as parquet:
            for batch in batches():
                parquet.write_batch(batch.replace_schema_metadata(told.metadata))
    elif path.suffix == ".csv":
        _write_text(path, schema, batches())
    else:
        _write_layer(path, layer, schema, batches(), crs)
    if refused:
        raise OutputError(*refused)
    return counted[0]


def _write_text(path: Path, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
    with path.open("wb") as file:
        file.write(b"\xef\xbb\xbf")  # so that Excel reads it as UTF-8
        with pa.csv.CSVWriter(file, schema) as text:
            for batch in batches:
                text.write_batch(_inert(batch))


def _too_long(table: pa.Table, out: str) -> Iterator[Problem]:
    """The first text of each column that a shapefile would cut."""
    for name in table.column_names:
        column = table.column(name)
        if not pa.types.is_string(column.type):
            continue
        long = pc.indices_nonzero(pc.greater(pc.binary_length(column), TEXT_BYTES))
        if len(long):
            told = say(
                "dài hơn {n} byte, shapefile không chứa được",
                "is longer than the {n} bytes a shapefile can hold",
                n=TEXT_BYTES,
            )
            mend = say("dùng .parquet, .gpkg hoặc .fgb", "use .parquet, .gpkg or .fgb")
            value = column[long[0].as_py()].as_py()[:40] + "…"
            yield Problem(out, told, mend, field=name, value=value)


def _inert(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Texts that no spreadsheet takes for a formula."""
    columns = []
    for column in batch.columns:
        if pa.types.is_string(column.type):
            risky = pc.match_substring_regex(
                column, "^[{}]".format(re.escape("".join(INERT_BEFORE)))
            )
            column = pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column)
        columns.append(column)
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _write_layer(
    path: Path, layer: str, schema: pa.Schema, batches: Iterator[pa.RecordBatch], crs: str
) -> None:
    has_outlines = "geometry" in schema.names
    about: dict[str, Any] = {"geometry_name": None, "geometry_type": None, "crs": None}
    if has_outlines:
        about = {"geometry_name": "geometry", "geometry_type": "MultiPolygon", "crs": crs}
        if path.suffix != ".shp":
            about["geometry_type"] = "Unknown"
    # without a limit GDAL goes on to 4 GB, which many programs cannot read
    options = {"ENCODING": "UTF-8", "2GB_LIMIT": "YES"} if path.suffix == ".shp" else {}
    reader = pa.RecordBatchReader.from_batches(schema, batches)
    pyogrio.write_arrow(
        reader,
        path,
        layer=layer,
        driver=FORMS[path.suffix],
        layer_options=options,
        **about,
    )


class _telling:
    """Turn what the writers say into one clear error."""

    def __init__(self, out: Path) -> None:
        self._out = out

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, _: object) -> None:
        failed = (
            pyogrio.errors.DataSourceError,
            pyogrio.errors.DataLayerError,
            pyogrio.errors.FeatureError,
            pyogrio.errors.FieldError,
            pyogrio.errors.GeometryError,
            pa.ArrowException,
        )
        if isinstance(error, failed):
            told = say("không ghi được: {why}", "cannot be written: {why}", why=error)
            mend = say(
                "kiểm tra dung lượng đĩa; shapefile chỉ chứa được 2 GB: dùng .parquet, .gpkg, .fgb",
                "check free space; a shapefile ends at 2 GB: use .parquet, .gpkg or .fgb",
            )
            raise OutputError(Problem(str(self._out), told, mend)) from error


# --- the summary --------------------------------------------------------------------------------

Line = tuple[Text, float | None, float | None]  # label, count, hectares
LABELS: Mapping[str, Text] = {
    "parcels": say("thửa trong tệp", "parcels in the file"),
    "answered": say("thửa đã trả lời", "parcels answered"),
    "allocated": say("thuộc một đơn vị", "allocated to a unit"),
    "unallocated": say("không thuộc đơn vị nào", "in no unit"),
    "on_sites": say("trên khu, cụm", "on a site"),
    "on_no_site": say("ngoài khu, cụm", "on no site"),
    "overlaps": say("cặp chồng lấn", "overlapping pairs"),
    "slivers": say("vụn không kể", "slivers not counted"),
}
UNITS = ("allocated", "unallocated", "on_sites", "on_no_site")


def summary(job: Job, pieces: int) -> list[Line]:
    """What became of all parcels; every group adds up to the line it stands under."""
    tally: Tally = {"parcels": 0, "answered": 0, "answered_ha": 0} | total(job.results, pieces)
    lines: list[Line] = [(LABELS["parcels"], tally["parcels"], None)]
    for reason, told in REASONS.items():
        if tally.get(f"left_out.{reason}"):
            text = say("  bỏ ra: {why}", "  left out: {why}", why=told)
            lines.append((text, tally[f"left_out.{reason}"], None))
    lines.append((LABELS["answered"], tally["answered"], tally["answered_ha"]))
    for name in UNITS:
        if name in tally:
            text = say("  {what}", "  {what}", what=LABELS[name])
            lines.append((text, tally[name], tally[f"{name}_ha"]))
    for verdict in VERDICTS:
        if f"verdict.{verdict}" in tally:
            text = say("  {what}", "  {what}", what=_verdict(verdict))
            lines.append((text, tally[f"verdict.{verdict}"], tally[f"verdict_ha.{verdict}"]))
    for name in ("overlaps", "slivers"):
        if name in tally:
            lines.append((LABELS[name], tally[name], tally[f"{name}_ha"]))
    return lines


def _verdict(verdict: Verdict) -> Text:
    from gis.siting.reasons import VERDICTS as SAID

    return SAID[verdict]


def shown_lines(lines: Sequence[Line], lang: Language) -> list[tuple[str, str, str]]:
    """The summary as a person reads it."""
    return [
        (
            label.in_(lang),
            "" if count is None else number(int(count), lang),
            "" if hectares is None else number(float(hectares), lang, 2),
        )
        for label, count, hectares in lines
    ]
