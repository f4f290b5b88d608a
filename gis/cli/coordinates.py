"""The command that writes a site's corner points as a planning dossier has them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gis.cli.program import cli, lang_option, load, out_option, plan_option, put
from gis.language import Language

if TYPE_CHECKING:
    from gis.model import Plan

FORMS = ("csv", "xlsx", "docx")


@cli.command()
@click.argument("site")
@plan_option
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMS),
    help="Form of the table.  [default: what --out ends in, or csv]",
)
@out_option
@lang_option
def coordinates(
    site: str, plan_folder: Path | None, form: str | None, out: Path | None, lang: Language
) -> None:
    """Write the corner points of SITE (id or name) in VN-2000, X = north first.

    Edges, area, provenance and the status of the plan stand with them; an indicative outline says
    what it is. Reading the table back gives the same outline.
    """
    from gis.coordinates import FORMATS, coordinate_table

    chosen = form or (out.suffix.lower().removeprefix(".") if out else "csv")
    if chosen not in FORMS:
        raise click.UsageError(f"--out ends in none of: {', '.join(FORMS)}; give --format")
    if out is None and chosen != "csv":
        raise click.UsageError(f"--format {chosen} needs --out FILE")
    plan = load(plan_folder)
    data = FORMATS[chosen](coordinate_table(plan, _site_id(plan, site)), lang)
    put(data, out)
    if out is not None:
        click.echo(str(out))


def _site_id(plan: Plan, text: str) -> str:
    """The one site that an id or a name means."""
    if text in plan.sites:
        return text
    from gis.asking.places import find_place

    named = find_place(plan, text).site_ids
    if len(named) != 1:
        known = ", ".join(named or plan.sites)
        raise click.BadParameter(f"{text!r} is not one site of: {known}", param_hint="SITE")
    return named[0]
