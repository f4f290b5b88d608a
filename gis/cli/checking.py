"""Commands that check a plan and write what is made of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gis.cli.program import (
    EXIT_ERRORS_FOUND,
    cli,
    format_option,
    lang_option,
    load,
    out_option,
    plan_option,
    progress,
    put,
    terminal,
    tolerance_option,
)
from gis.language import Language

if TYPE_CHECKING:
    from rich.console import Console

    from gis.report import Report

THEMES = (
    "transcription",
    "areas",
    "overlaps",
    "allocation",
    "allowance",
    "sizes",
    "functions",
    "wording",
    "indicators",
)


@cli.command()
@plan_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write DIR/maps, DIR/report, DIR/exports.  [default: maps/ and out/ here]",
)
@tolerance_option
@lang_option
def build(
    plan_folder: Path | None, out: Path | None, tolerance_m2: float | None, lang: Language
) -> int:
    """Check the plan, then write its map pages, its report and its shapefiles.

    With errors found, the report and the pages are written, the shapefiles are not.
    """
    from gis.build import Folders, build_all

    folders = Folders.below(out) if out else Folders.of_working_directory()
    with progress() as step:
        report, written = build_all(load(plan_folder), folders, tolerance_m2, step)
    console = terminal()
    print_tally(report, console, lang)
    for path in written:
        console.print(str(path), highlight=False, soft_wrap=True)
    return exit_code(report)


@cli.command()
@plan_option
@format_option("table", "json", "jsonl", "csv", "html", help="Form of the report.")
@out_option
@click.option(
    "--theme",
    "themes",
    type=click.Choice(THEMES),
    multiple=True,
    help="Only these rules; may be given several times.",
)
@tolerance_option
@lang_option
def check(
    plan_folder: Path | None,
    form: str,
    out: Path | None,
    themes: tuple[str, ...],
    tolerance_m2: float | None,
    lang: Language,
) -> int:
    """Check the plan and say what was found, what holds, and what could not be proven."""
    from gis.build import checked

    report = checked(load(plan_folder), tolerance_m2, themes)
    _tell(report, form, out, lang)
    return exit_code(report)


@cli.command()
@plan_option
@lang_option
def rules(plan_folder: Path | None, lang: Language) -> None:
    """List every rule with its code, severity and the clause or law it rests on."""
    from gis.checks import RULES
    from gis.report import print_rules

    plan = load(plan_folder, geometry=False)
    print_rules(plan, RULES, terminal(), lang)


def exit_code(report: Report) -> int:
    """1 where errors were found, else 0."""
    from gis.checks import has_errors

    return EXIT_ERRORS_FOUND if has_errors(report.outcomes) else 0


def _tell(report: Report, form: str, out: Path | None, lang: Language) -> None:
    from gis import report as forms

    if form == "table" and out is None:
        forms.print_report(report, terminal(), lang)
        return
    text = {
        "table": lambda: _printed(report, lang),
        "json": lambda: forms.as_json(report),
        "jsonl": lambda: forms.as_json_lines(report),
        "csv": lambda: forms.as_csv(report, lang),
        "html": lambda: forms.as_html(report, lang),
    }[form]()
    put(text.encode("utf-8"), out)


def _printed(report: Report, lang: Language) -> str:
    import io

    from gis.report import print_report

    stream = io.StringIO()
    print_report(report, terminal(file=stream), lang)
    return stream.getvalue()


def print_tally(report: Report, console: Console, lang: Language) -> None:
    """The last line of a report: how many rules ended how."""
    from gis import report as forms

    forms.print_tally(report, console, lang)
