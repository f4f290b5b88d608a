"""Commands that answer: may this activity stand here, and where could it?"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from gis.cli.program import (
    cli,
    format_option,
    is_terminal,
    lang_option,
    load,
    out_option,
    plan_option,
    put,
    terminal,
)
from gis.language import Language

if TYPE_CHECKING:
    from gis.model import Plan
    from gis.tables import SiteKind
    from gis.verdicts import Answer, Need, PlaceMatch


class Hectares(click.ParamType[Decimal]):
    """A positive number of hectares, with a decimal point or comma."""

    name = "HA"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Decimal:
        try:
            number = Decimal(str(value).replace(",", "."))
        except InvalidOperation:
            self.fail(f"{value!r} is not a number of hectares, such as 8 or 8.5", param, ctx)
        if not number.is_finite() or number <= 0:
            self.fail(f"{value!r} is not a positive number of hectares", param, ctx)
        return number


class Pair(click.ParamType[tuple[float, float]]):
    """Two numbers with a comma between."""

    name = "A,B"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, float]:
        try:
            first, second = (float(part) for part in str(value).split(","))
        except ValueError:
            self.fail(f"{value!r} is not two numbers such as 105.86,21.45", param, ctx)
        return first, second


def asked_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command its activity and size."""
    for option in (
        click.option("--ha", type=Hectares(), help="Hectares needed."),
        click.option("--code", default="", metavar="CODE",
                     help="VSIC 2018, VSIC 2025 or ISIC Rev.4 code of the activity."),
        click.option("--activity", default="", metavar="TEXT",
                     help="The activity in your own words, Vietnamese or English."),
    ):  # fmt: skip
        command = option(command)
    return command


@cli.command()
@plan_option
@click.option("--place", metavar="TEXT", help="A site, commune, district or the province, by name.")
@click.option("--at", type=Pair(), metavar="LON,LAT", help="A point in WGS 84.")
@click.option(
    "--xy", type=Pair(), metavar="N,E", help="A point in VN-2000 106°30′, metres, in either order."
)
@click.option(
    "--file",
    "parcel",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A parcel's outline, in the coordinate system the file states.",
)
@asked_options
@click.option("--points", type=click.IntRange(min=1), help="Craft-village points planned.")
@click.option(
    "--batch",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A table of needs (.xlsx, .csv), answered row by row into --out.",
)
@format_option("table", "json", "html", "docx", help="Form of the answer.")
@out_option
@lang_option
def site(
    plan_folder: Path | None,
    place: str | None,
    at: tuple[float, float] | None,
    xy: tuple[float, float] | None,
    parcel: Path | None,
    activity: str,
    code: str,
    ha: Decimal | None,
    points: int | None,
    batch: Path | None,
    form: str,
    out: Path | None,
    lang: Language,
) -> None:
    """Say whether an activity may stand at a place, and which clauses that rests on.

    The answer is one of six verdicts: listed, directed, open-list, not-listed,
    limited-or-forbidden, unknown.
    """
    from gis.verdicts import Need

    given = [name for name, value in (("--place", place), ("--at", at), ("--xy", xy),
                                      ("--file", parcel), ("--batch", batch)) if value]  # fmt: skip
    if len(given) != 1:
        raise click.UsageError("give one of --place, --at, --xy, --file or --batch")
    if batch is not None:
        _answer_table(plan_folder, batch, out, lang)
        return
    need = Need(activity, code, place or "", ha, points)
    plan, answer = _answered(plan_folder, need, at, xy, parcel)
    _tell_answer(plan, answer, form, out, lang)


def _answered(
    plan_folder: Path | None,
    need: Need,
    at: tuple[float, float] | None,
    xy: tuple[float, float] | None,
    parcel: Path | None,
) -> tuple[Plan, Answer]:
    """By name from the tables alone; on the ground with the outlines."""
    from gis.siting import answer, ask

    if need.place:
        plan = load(plan_folder, geometry=False)
        return plan, ask(plan, need)
    from gis.asking import ground
    from gis.asking.understanding import understand

    plan = load(plan_folder)
    match: PlaceMatch
    if at is not None:
        match = ground.at_point(plan, *at)
    elif xy is not None:
        match = ground.at_grid(plan, *xy)
    else:
        match = ground.at_outline(
            plan, *ground.read_outline(cast(Path, parcel)), asked=cast(Path, parcel).name
        )
    return plan, answer(plan, need, match, understand(plan, need.activity, need.code))


def _tell_answer(plan: Plan, answer: Answer, form: str, out: Path | None, lang: Language) -> None:
    from gis.answering import answers

    if form == "table" and out is None and is_terminal():
        answers.print_answer(plan, answer, terminal(), lang)
        return
    if form == "docx" and out is None:
        raise click.UsageError("--format docx needs --out FILE")
    if form in ("docx", "html"):
        from gis.answering.letters import answer_docx, answer_html

        page = answer_docx if form == "docx" else answer_html
        found = page(plan, answer, lang)
        data = found if isinstance(found, bytes) else found.encode("utf-8")
    elif form == "json":
        data = answers.as_json(plan, answer).encode("utf-8")
    else:
        data = answers.answer_text(plan, answer, lang).encode("utf-8")
    put(data, out)


def _answer_table(plan_folder: Path | None, source: Path, out: Path | None, lang: Language) -> None:
    from gis.answering.batch import answer_table
    from gis.siting import ask
    from gis.spreadsheets import read_table, write_table

    if out is None:
        raise click.UsageError("--batch needs --out FILE (.xlsx or .csv)")
    header, rows = read_table(source)
    plan = load(plan_folder, geometry=False)
    with _bar(len(rows)) as progress:
        out_header, out_rows = answer_table(plan, header, rows, ask, progress, lang=lang)
    for remark in write_table(out, out_header, out_rows):
        click.echo(remark.in_(lang), err=True)
    failed = out_header.index("error")
    faults = sum(bool(row[failed]) for row in out_rows)
    click.echo(f"{out}: {len(out_rows) - faults} / {len(out_rows)}")


@cli.command()
@plan_option
@asked_options
@click.option("--district", metavar="TEXT", help="Only sites of this district of 2010.")
@click.option("--kind", type=click.Choice(["zone", "cluster"]), help="Only zones or only clusters.")
@format_option("table", "json", "csv", "xlsx", help="Form of the ranking.")
@out_option
@lang_option
def find(
    plan_folder: Path | None,
    activity: str,
    code: str,
    ha: Decimal | None,
    district: str | None,
    kind: SiteKind | None,
    form: str,
    out: Path | None,
    lang: Language,
) -> None:
    """Rank all sites for an activity, and say the smallest change that would admit it."""
    from gis.answering import answers
    from gis.asking.understanding import understand
    from gis.siting.ranking import rank
    from gis.verdicts import Need

    plan = load(plan_folder, geometry=False)
    match = understand(plan, activity, code)
    chosen = _district(plan, district) if district else None
    ranked = rank(plan, match, ha, chosen, kind)
    if form == "table" and out is None:
        answers.print_ranking(plan, ranked, terminal(), lang)
        return
    if form == "xlsx" and out is None:
        raise click.UsageError("--format xlsx needs --out FILE")
    if form == "json":
        data = answers.find_json(plan, Need(activity, code, ha=ha), match, ranked).encode("utf-8")
    elif form in ("csv", "xlsx"):
        from gis.spreadsheets import table_bytes

        data, _ = table_bytes(f".{form}", *answers.ranking_table(plan, ranked, lang))
    else:
        data = _printed(lambda console: answers.print_ranking(plan, ranked, console, lang))
    put(data, out)


def _district(plan: Plan, text: str) -> str:
    from gis.asking.places import find_place

    named = find_place(plan, text)
    districts = named.districts if named.kind == "district" else ()
    if len(districts) != 1:
        districts = find_place(plan, f"huyện {text}").districts
    if len(districts) != 1:
        raise click.BadParameter(
            f"{text!r} is not one of: {', '.join(plan.districts)}", param_hint="--district"
        )
    return districts[0]


@cli.command()
@click.argument("text")
@plan_option
@format_option("table", "json", help="Form of the list.")
@lang_option
def activities(text: str, plan_folder: Path | None, form: str, lang: Language) -> None:
    """Show what the vocabulary understands by TEXT, the nearest first."""
    from gis.answering import answers
    from gis.asking.understanding import search, understand

    plan = load(plan_folder, geometry=False)
    match, found = understand(plan, text), search(plan, text)
    if form == "json":
        click.echo(answers.activities_json(plan, match, found), nl=False)
    else:
        answers.print_activities(plan, match, found, terminal(), lang)


@cli.command()
@plan_option
@format_option("csv", "json", help="Form of the matrix.")
@out_option
@lang_option
def matrix(plan_folder: Path | None, form: str, out: Path | None, lang: Language) -> None:
    """Write the verdict about every activity at every site."""
    from gis.siting import ranking

    plan = load(plan_folder, geometry=False)
    text = ranking.matrix_csv(plan) if form == "csv" else ranking.matrix_json(plan)
    put(text.encode("utf-8"), out)


def _printed(show: Callable[[Any], None]) -> bytes:
    import io

    stream = io.StringIO()
    show(terminal(file=stream))
    return stream.getvalue().encode("utf-8")


class _bar:
    """A progress bar on a terminal, nothing in a pipe."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._progress: Any = None

    def __enter__(self) -> Callable[[int, int], None] | None:
        import sys

        if not sys.stderr.isatty():
            return None
        from rich.console import Console
        from rich.progress import Progress

        self._progress = Progress(console=Console(stderr=True))
        self._progress.start()
        task = self._progress.add_task("", total=self._total)
        return lambda done, total: self._progress.update(task, completed=done, total=total)

    def __exit__(self, *_: object) -> None:
        if self._progress is not None:
            self._progress.stop()
