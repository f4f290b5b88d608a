"""Commands that draw the plan as pages for a browser, and read what the pages save."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from gis.cli.program import (
    cli,
    format_option,
    lang_option,
    load,
    plan_option,
    print_paths,
    terminal,
)
from gis.language import Language
from gis.maps import BASEMAPS, LANGUAGES_SHOWN, PAGE_NAMES, Basemap


def _languages(asked: str, pages: Sequence[str]) -> tuple[str, ...]:
    """The languages asked for, with commas between; each page must have all of them."""
    from gis.maps.labels import languages

    found = tuple(dict.fromkeys(part.strip() for part in asked.split(",")))
    for page in pages:
        strange = [language for language in found if language not in languages(page)]
        if strange:
            known = ", ".join(languages(page))
            raise click.BadParameter(
                f"{strange[0]!r} is not one of the {page} page's languages: {known}",
                param_hint="--lang",
            )
    return found


@cli.command("map")
@plan_option
@click.option(
    "--page",
    type=click.Choice([*PAGE_NAMES, "all"]),
    default="all",
    show_default=True,
    help="Which page.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("maps"),
    show_default=True,
    metavar="DIR",
    help="Folder the pages are written into.",
)
@click.option(
    "--basemap",
    type=click.Choice(BASEMAPS),
    default="none",
    show_default=True,
    help="A map of the world below: osm asks OpenStreetMap's server for it, none asks nobody.",
)
@click.option(
    "--lang",
    "languages",
    metavar="LIST",
    default=",".join(LANGUAGES_SHOWN),
    show_default=True,
    help="Languages a page can be read in, the one it opens in first.",
)
def map_(plan_folder: Path | None, page: str, out: Path, basemap: Basemap, languages: str) -> None:
    """Draw the plan as HTML pages that need no network: for investors and for planners."""
    from gis.build import write_maps

    pages = PAGE_NAMES if page == "all" else (page,)
    shown = _languages(languages, pages)
    print_paths(write_maps(load(plan_folder), out, pages, shown, basemap))


@cli.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE...",
)
@plan_option
@format_option("table", "json", help="Form of the list.")
@lang_option
def errata(files: tuple[Path, ...], plan_folder: Path | None, form: str, lang: Language) -> None:
    """List the errors that readers of the investor page report in FILE (.geojson)."""
    from gis.errata import as_json, print_errata, read_errata

    plan = load(plan_folder, geometry=False)
    found = read_errata(plan, files)
    if form == "json":
        click.echo(as_json(plan, found), nl=False)
    else:
        print_errata(plan, found, terminal(), lang)
