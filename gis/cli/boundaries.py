"""The command that fetches real commune outlines, where there is an internet to fetch from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from gis.cli.program import cli, lang_option, load, plan_option
from gis.language import Language, say

SERVICE_NAMES = ("geoboundaries", "osm")


@cli.group()
def boundaries() -> None:
    """Fetch real commune outlines from a public service."""


@boundaries.command()
@click.argument("service", type=click.Choice(SERVICE_NAMES))
@plan_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="GeoJSON to write.  [default: communes-SERVICE.geojson]",
)
@click.option("--refresh", is_flag=True, help="Ask the service again, whatever was kept.")
@click.option("--sha256", default="", metavar="HEX", help="Refuse what has another hash.")
@click.option("--url", metavar="URL", help="A mirror of the service.")
@lang_option
def fetch(
    service: str,
    plan_folder: Path | None,
    out: Path | None,
    refresh: bool,
    sha256: str,
    url: str | None,
    lang: Language,
) -> None:
    """Fetch the communes of the province from SERVICE; nothing else ever uses the network.

    Not yet tried on the live services. What came is kept, with its hash, and used again. Give the
    file to `tngis survey --layer communes` to see what fits and what does not.
    """
    from gis.boundaries import SERVICES, fetch_boundaries

    chosen = SERVICES[service]
    if url:
        chosen = replace(chosen, url=url)
    path = out or Path(f"communes-{service}.geojson")
    plan = load(plan_folder)
    done = fetch_boundaries(plan, chosen, path, refresh=refresh, expected_sha256=sha256)
    told = say(
        "{path}: {n} ranh giới, giấy phép {licence}, sha256 {hash}",
        "{path}: {n} outlines, licence {licence}, sha256 {hash}",
        path=str(done.path),
        n=done.count,
        licence=done.licence,
        hash=done.sha256,
    )
    click.echo(told.in_(lang))
