"""Commands that ask every parcel of a cadastre: which site, which commune, what overlaps what?"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gis.cli.program import cli, lang_option, load, plan_option, terminal
from gis.errors import GisError
from gis.language import Language, Text, number, say

if TYPE_CHECKING:
    from gis.bulk.jobs import Engine, Job
    from gis.bulk.parcels import Source
    from gis.bulk.questions import Question
    from gis.bulk.results import Written

OVERLAP_TOLERANCE_M2 = 1.0  # below a square metre two surveys of one edge differ, not two claims
UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
STAGES = {
    "cut": say("đọc, làm sạch", "reading, cleaning"),
    "share": say("chia theo vùng", "sharing out"),
    "ask": say("trả lời", "answering"),
}


class Memory(click.ParamType[int]):
    """A size such as 4GB or 500MB, in bytes."""

    name = "SIZE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)i?B?\s*", str(value), re.IGNORECASE)
        size = int(float(found[1]) * UNITS[found[2].upper()]) if found else 0
        if size < 64 * 2**20:
            self.fail(f"{value!r} is no size of 64MB or more, such as 4GB", param, ctx)
        return size


def bulk_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command its parcels, its results, and its engine."""
    for option in (
        lang_option,
        click.option("--resume", metavar="DIR",
                     help="Keep the answers of finished pieces in DIR and go on from there."),
        click.option("--memory", "memory_bytes", type=Memory(), default="4GB", show_default=True,
                     help="Memory to work in; a larger file is cut into parts on disk."),
        click.option("--scheduler", metavar="ADDRESS",
                     help="A dask scheduler, such as tcp://host:8786.  [default: one of its own]"),
        click.option("--engine", type=click.Choice(["local", "dask"]), default="local",
                     show_default=True, help="This machine, or a dask cluster."),
        click.option("--geometry", is_flag=True,
                     help="Write outlines too: of the parcels, or of what overlaps."),
        click.option("--id", "id_column", metavar="COLUMN",
                     help="Column of the parcels' ids.  [default: the row number, from 1]"),
        click.option("--out", type=click.Path(path_type=Path), metavar="FILE",
                     help="Write the answers: .parquet, .gpkg, .fgb or .shp.  "
                     "[default: the summary only]"),
        click.argument("parcels"),
    ):  # fmt: skip
        command = option(command)
    return command


@cli.group()
def bulk() -> None:
    """Ask the same questions of every parcel of a cadastre.

    PARCELS is a shapefile, GeoPackage, FlatGeobuf or GeoParquet file in any coordinate system.
    """


@bulk.command("site")
@click.option("--activity", default="", metavar="TEXT", help="The activity in your own words.")
@click.option("--code", default="", metavar="CODE", help="Its VSIC or ISIC code instead.")
@plan_option
@bulk_options
def site(activity: str, code: str, plan_folder: Path | None, lang: Language, **given: Any) -> None:
    """Say which site every parcel is in, and whether it may take the activity there."""
    if not activity.strip() and not code.strip():
        raise click.UsageError("give --activity or --code")
    from gis.bulk.asking import siting_question
    from gis.bulk.parcels import open_parcels

    source = open_parcels(given["parcels"], given["id_column"])
    plan = load(plan_folder)
    question = siting_question(plan, activity, code, lang, with_outlines=_outlines(given))
    asked = ("site", activity, code, lang, plan.content_sha256)
    _answer(question, source, plan.card.crs, asked, lang, given, (plan.card.status,))


@bulk.command("allocate")
@click.option(
    "--to",
    "level",
    type=click.Choice(["communes", "districts", "today"]),
    default="communes",
    show_default=True,
    help="Communes or districts of the decision's date, or units of today.",
)
@plan_option
@bulk_options
def allocate(level: Any, plan_folder: Path | None, lang: Language, **given: Any) -> None:
    """Say which commune or district every parcel is in, and how much of it."""
    from gis.bulk.asking import allocation_question
    from gis.bulk.parcels import open_parcels

    source = open_parcels(given["parcels"], given["id_column"])
    plan = load(plan_folder)
    question = allocation_question(plan, level, with_outlines=_outlines(given))
    asked = ("allocate", level, plan.content_sha256)
    _answer(question, source, plan.card.crs, asked, lang, given, (plan.card.status,))


@bulk.command("overlaps")
@click.option("--with", "layer", metavar="LAYER", help="Overlaps with the areas of another file.")
@click.option(
    "--tolerance-m2",
    type=click.FloatRange(min=0),
    default=OVERLAP_TOLERANCE_M2,
    show_default=True,
    metavar="M2",
    help="Overlaps up to this area are slivers: counted and summed; 0 reports every pair.",
)
@plan_option
@bulk_options
def overlaps(
    layer: str | None, tolerance_m2: float, plan_folder: Path | None, lang: Language, **given: Any
) -> None:
    """List every two parcels that share ground, with its area and place."""
    from gis.bulk.asking import crossing_question
    from gis.bulk.parcels import open_parcels, working_crs
    from gis.bulk.questions import OverlapQuestion

    source = open_parcels(given["parcels"], given["id_column"])
    crs = working_crs(source, load(plan_folder, geometry=False).card.crs)
    question: Question = OverlapQuestion(tolerance_m2, _outlines(given))
    notes: list[Text] = []
    if layer is not None:
        question, unusable = crossing_question(
            open_parcels(layer), crs, tolerance_m2, with_outlines=_outlines(given)
        )
        if unusable:
            notes.append(
                say(
                    "{file}: bỏ ra {n} hình không dùng được",
                    "{file}: {n} outlines left out, unusable",
                    file=layer,
                    n=unusable,
                )
            )
    _answer(question, source, crs, ("overlaps", layer, tolerance_m2), lang, given, notes)


def _outlines(given: dict[str, Any]) -> bool:
    """Whether outlines are written: where asked for, and in files that are made of outlines."""
    from gis.bulk.results import ALWAYS_OUTLINES, check_form

    out: Path | None = given["out"]
    if out is not None:
        check_form(out)
    return bool(given["geometry"] or (out and out.suffix.lower() in ALWAYS_OUTLINES))


def _answer(
    question: Question,
    source: Source,
    crs: str,
    asked: Sequence[object],
    lang: Language,
    given: dict[str, Any],
    notes: Sequence[Text],
) -> None:
    """Run the job to its end, write its results, and say what came of it."""
    from gis.bulk.jobs import Job, claim, fingerprint_of, run
    from gis.bulk.parcels import same_crs
    from gis.bulk.results import write_results
    from gis.bulk.store import Store

    out: Path | None = given["out"]
    resume: str | None = given["resume"]
    folder = resume or _work_folder(source, out)
    crs = source.crs if same_crs(source.crs, crs) else crs
    job = Job(question, source, crs, Store.at(folder), given["memory_bytes"], os.cpu_count() or 1)
    engine: Engine = given["engine"]
    told = fingerprint_of(job, (*asked, engine, source.id_column, question.with_outlines))
    claim(job.store, told)
    try:
        with _progress(source.rows, lang) as tell:
            pieces = run(job, told, engine, given["scheduler"], tell)
        written = write_results(job, pieces, out) if out else []
    except (KeyboardInterrupt, GisError):
        click.echo(_how_to_go_on(job).in_(lang), err=True)
        raise
    _print_summary(job, pieces, lang, notes)
    for item in written:
        click.echo(_told(item).in_(lang))
    job.store.clear()


def _told(item: Written) -> Text:
    """A file that was written, with its rows."""
    rows = item.rows
    if item.layer:
        return say(
            "{path}, lớp {layer}: {n} dòng",
            "{path}, layer {layer}: {n} rows",
            path=str(item.path),
            layer=item.layer,
            n=rows,
        )
    return say("{path}: {n} dòng", "{path}: {n} rows", path=str(item.path), n=rows)


def _work_folder(source: Source, out: Path | None) -> str:
    """Beside the results, else where the command was given."""
    if out is not None:
        return f"{out}.unfinished"
    return f"{source.path.rstrip('/').rpartition('/')[2]}.unfinished"


def _how_to_go_on(job: Job) -> Text:
    return say(
        "Những phần đã xong vẫn còn; chạy lại lệnh này với --resume {dir} để làm tiếp.",
        "What is finished is kept; give the command again with --resume {dir} to go on.",
        dir=job.store.root,
    )


@contextmanager
def _progress(rows: int, lang: Language) -> Iterator[Callable[[str, int], None]]:
    """A bar for each stage with rate and time left on a terminal, nothing in a pipe."""
    console = terminal(stderr=True)
    if not console.is_terminal:
        yield lambda stage, done: None
        return
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        TextColumn("{task.fields[done]}", justify="right"),
        TextColumn("{task.fields[pace]}", justify="right"),
    )
    with Progress(*columns, console=console, expand=True) as bar:
        paces: dict[str, Pace] = {}
        tasks: dict[str, Any] = {}
        last = time.monotonic()

        def tell(stage: str, done: int) -> None:
            nonlocal last
            shown = "ask" if stage == "found" else stage
            if shown not in tasks:
                paces[shown] = Pace(rows, last)
                tasks[shown] = bar.add_task(STAGES[shown].in_(lang), total=rows, done="", pace="")
            last = time.monotonic()
            pace = paces[shown].after(done, last, counts=stage != "found")
            bar.update(tasks[shown], advance=done, done=pace.done(lang), pace=pace.told(lang))

        yield tell
        for task in tasks.values():  # rows that were left out are in no part
            bar.update(task, completed=rows)


@dataclass(slots=True)
class Pace:
    """How fast a stage goes: what was there already says nothing of that."""

    rows: int
    since: float
    through: int = 0
    fresh: int = 0
    now: float = 0.0

    def after(self, done: int, now: float, *, counts: bool) -> Pace:
        """So many rows more are through."""
        self.through += done
        self.now = now
        if counts:
            self.fresh += done
        else:
            self.since = now
        return self

    def done(self, lang: Language) -> str:
        return f"{number(self.through, lang)}/{number(self.rows, lang)}"

    def told(self, lang: Language) -> str:
        """Rows a second and the time left, once there is anything to reckon them from."""
        seconds = self.now - self.since
        if not self.fresh or seconds <= 0:
            return ""
        rate = self.fresh / seconds
        left = timedelta(seconds=round(max(0, self.rows - self.through) / rate))
        return say(
            "{rate}/s, còn {left}",
            "{rate}/s, {left} left",
            rate=number(round(rate), lang),
            left=str(left),
        ).in_(lang)


def _print_summary(job: Job, pieces: int, lang: Language, notes: Sequence[Text]) -> None:
    from rich.table import Table

    from gis.bulk.results import shown_lines, summary

    console = terminal()
    table = Table(box=None, pad_edge=False, show_header=True, header_style="bold")
    table.add_column("")
    for title in (say("số lượng", "count"), say("ha", "ha")):
        table.add_column(title.in_(lang), justify="right")
    for line in shown_lines(summary(job, pieces), lang):
        table.add_row(*line)
    console.print(table)
    for note in notes:
        click.echo(note.in_(lang))
