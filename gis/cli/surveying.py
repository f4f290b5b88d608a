"""Commands that take surveyed outlines and registers into a plan, and make a plan to write into."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from gis.cli.program import (
    EXIT_ERRORS_FOUND,
    cli,
    format_option,
    lang_option,
    load,
    plan_option,
    print_paths,
    terminal,
)
from gis.errors import OutputError, Problem
from gis.language import Language, Text, say

if TYPE_CHECKING:
    from gis.survey.matching import MatchBy
    from gis.survey.model import SurveyLayer
    from gis.survey.writing import Signature

LAYERS = ("zones", "clusters", "communes", "craft", "occupancy")
DAY = click.DateTime(formats=["%Y-%m-%d", "%d/%m/%Y"])


@cli.command()
@click.argument("file", metavar="FILE")
@click.option(
    "--layer",
    type=click.Choice(LAYERS),
    help="What the file holds.  [default: sites or communes, whichever its rows are]",
)
@click.option(
    "--match",
    "match_by",
    type=click.Choice(["name", "code"]),
    help="Match rows by this alone.  [default: by code, else by name and district]",
)
@click.option(
    "--crs",
    default="auto",
    show_default=True,
    metavar="auto|EPSG:…",
    help="The coordinate system, where the file states none or a wrong one.",
)
@click.option("--source-layer", metavar="NAME", help="Layer or sheet of the file to read.")
@click.option("--merge", is_flag=True, help="Rows of one site or commune are its parts.")
@click.option("--clean", is_flag=True, help="Make communes one coverage; tells what it moved.")
@click.option(
    "--provenance",
    type=click.Choice(["surveyed", "digitised"]),
    default="digitised",
    show_default=True,
    help="Measured in the field, or drawn from a file or map.",
)
@click.option("--source", default="", metavar="TEXT", help="Document it is from.  [default: FILE]")
@click.option("--surveyed-on", type=DAY, metavar="DATE", help="Date of the survey or register.")
@click.option(
    "--accuracy-m",
    type=click.FloatRange(min=0, min_open=True),
    metavar="M",
    help="Accuracy of the outlines, in metres.",
)
@click.option(
    "--accept",
    type=click.Choice(["area", "district", "overlap", "outside-province", "commune-elsewhere"]),
    multiple=True,
    help="A finding that is known and right; goes into the log.  May be given several times.",
)
@click.option("--by", metavar="NAME", help="Who makes the change; needed with --yes.")
@click.option("--date", "on", type=DAY, metavar="DATE", help="When; needed with --yes.")
@click.option("--reason", default="", metavar="TEXT", help="Why, for the log.")
@click.option("--dry-run", is_flag=True, help="Only show what would change, even with --yes.")
@click.option("--yes", is_flag=True, help="Write into the plan; without it nothing is written.")
@format_option("table", "json", help="Form of what is told.")
@plan_option
@lang_option
def survey(
    file: str,
    layer: str | None,
    match_by: str | None,
    crs: str,
    source_layer: str | None,
    merge: bool,
    clean: bool,
    provenance: str,
    source: str,
    surveyed_on: datetime | None,
    accuracy_m: float | None,
    accept: tuple[str, ...],
    by: str | None,
    on: datetime | None,
    reason: str,
    dry_run: bool,
    yes: bool,
    form: str,
    plan_folder: Path | None,
    lang: Language,
) -> int:
    """Take surveyed outlines, or a register, from FILE into a plan; - reads pasted text.

    The coordinate system is established from the data. Without --yes it is only told what would
    change. Writing needs --plan DIR (see: tngis plan copy), --by and --date.
    """
    from gis.survey.importing import Options, apply
    from gis.survey.importing import survey as surveyed
    from gis.survey.showing import as_json, print_survey
    from gis.survey.writing import Origin, refuse_built_in
    from gis.tables import Provenance

    writes = yes and not dry_run
    signature = _signature(by, on, reason) if writes else None
    if writes:
        refuse_built_in(_folder_to_write(plan_folder))
    origin = Origin(
        Provenance(provenance), source, surveyed_on.date() if surveyed_on else None, accuracy_m
    )
    plan = load(plan_folder)
    options = Options(
        cast("SurveyLayer | None", layer),
        cast("MatchBy | None", match_by),
        None if crs.lower() == "auto" else crs,
        source_layer,
        merge,
        clean,
        frozenset(accept),
        origin,
    )
    found = surveyed(plan, file, options)
    written: list[Path] = []
    if signature is not None and plan_folder is not None and not found.objections:
        written = apply(plan, plan_folder, found, origin, signature)
    if form == "json":
        click.echo(as_json(plan, found, written), nl=False)
    else:
        print_survey(found, written, terminal(), lang)
    return EXIT_ERRORS_FOUND if found.objections else 0


def _signature(by: str | None, on: datetime | None, reason: str) -> Signature:
    from gis.survey.writing import Signature

    given = {"--by": (by or "").strip(), "--date": on}
    missing = [name for name, value in given.items() if not value]
    if missing or by is None or on is None:
        raise _incomplete(missing, say("ai sửa, và khi nào", "who makes the change, and when"))
    return Signature(by, on.date(), reason)


def _folder_to_write(plan_folder: Path | None) -> Path:
    if plan_folder is None:
        raise _incomplete(
            ["--plan"],
            say(
                "quy hoạch của riêng mình (tạo bằng: tngis plan copy THƯ_MỤC)",
                "a plan of your own (make one with: tngis plan copy DIR)",
            ),
        )
    return plan_folder


def _incomplete(missing: Sequence[str], mend: Text) -> OutputError:
    what = say("ghi vào cần {names}", "to write it needs {names}", names=list(missing))
    return OutputError(Problem("--yes", what, mend))


@cli.group()
def plan() -> None:
    """Make a plan folder of your own."""


@plan.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@plan_option
@lang_option
def copy(folder: Path, plan_folder: Path | None, lang: Language) -> None:
    """Copy a plan (the built-in one, or --plan) into the new folder DIR, to write into."""
    from gis.plan import default_plan, load_plan
    from gis.survey.writing import copy_plan

    source = plan_folder or default_plan()
    load_plan(source, geometry=False)
    print_paths(copy_plan(source, folder))
