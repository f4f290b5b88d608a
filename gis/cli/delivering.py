"""Commands that deliver a plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gis.cli.checking import exit_code, print_tally
from gis.cli.program import (
    EXIT_ERRORS_FOUND,
    cli,
    lang_option,
    load,
    plan_option,
    print_paths,
    progress,
    terminal,
    tolerance_option,
)
from gis.language import Language, say

LAYERS = ("zones", "clusters", "craft_points", "communes", "districts")
FORMATS = ("shp", "gpkg", "dxf", "xlsx", "kml", "geojson", "fgb", "parquet", "tab", "dgn")
DEFAULT_FORMATS = ("shp", "gpkg")
ALL = "all"


class Several(click.ParamType):  # type: ignore[type-arg]  # generic only in newer clicks
    """Some of a list of names, separated by commas; `all` is every one."""

    name = "NAMES"

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names

    def convert(self, value: Any, _: Any, __: Any) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        asked = [part.strip() for part in str(value).split(",") if part.strip()]
        unknown = [part for part in asked if part not in (*self.names, ALL)]
        if unknown or not asked:
            self.fail(f"{', '.join(unknown) or value!r}: choose from {', '.join(self.names)}, all")
        return self.names if ALL in asked else tuple(n for n in self.names if n in asked)


@cli.command()
@plan_option
@click.option(
    "--layer",
    "layers",
    type=Several(LAYERS),
    default=ALL,
    show_default=True,
    metavar="NAMES",
    help=f"Layers, by commas: {', '.join(LAYERS)}.",
)
@click.option(
    "--format",
    "formats",
    type=Several(FORMATS),
    default=",".join(DEFAULT_FORMATS),
    show_default=True,
    metavar="NAMES",
    help=f"File formats, by commas: {', '.join(FORMATS)}; or all.",
)
@click.option(
    "--profile",
    default="default",
    show_default=True,
    metavar="NAME|FILE",
    help="Names of files and fields, and the generation of land-use codes: one that comes with the "
    "program (default, land-use-2009 …), or a TOML file of one's own.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("out/exports"),
    show_default=True,
    metavar="DIR|FILE.zip",
    help="Folder the kit is written into as a whole, or a zip file.",
)
@click.option("--force", is_flag=True, help="Write even where the checks find errors.")
@tolerance_option
@lang_option
def export(
    plan_folder: Path | None,
    layers: tuple[str, ...],
    formats: tuple[str, ...],
    profile: str,
    out: Path,
    force: bool,
    tolerance_m2: float | None,
    lang: Language,
) -> int:
    """Write the delivery kit in VN-2000, each file read back by another reader."""
    from gis.build import checked, write_exports
    from gis.delivery.kit import Wishes
    from gis.delivery.profiles import load_profile

    load_profile(profile)
    with progress() as step:
        step("check")
        report = checked(load(plan_folder), tolerance_m2)
        withheld = bool(exit_code(report)) and not force
        if not withheld:
            step("export")
            written = write_exports(report, out, Wishes(layers, formats, profile))
    if withheld:
        print_tally(report, terminal(stderr=True), lang)
        click.echo(_WITHHELD.in_(lang), err=True)
        return EXIT_ERRORS_FOUND
    print_paths(written)
    return exit_code(report)


_WITHHELD = say(
    "không xuất: quy hoạch có lỗi (xem tngis check; --force để vẫn xuất)",
    "not exported: the plan has errors (see tngis check; --force exports all the same)",
)
