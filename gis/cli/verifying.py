"""Commands that prove a delivery, and that compare two."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gis.cli.delivering import LAYERS, Several
from gis.cli.program import (
    EXIT_ERRORS_FOUND,
    cli,
    format_option,
    lang_option,
    load,
    out_option,
    put,
    terminal,
)
from gis.language import Language

if TYPE_CHECKING:
    from gis.verification import Verification


@cli.command()
@click.argument("kit", type=click.Path(path_type=Path), metavar="KIT")
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of the plan the kit must agree with.  [default: Decision 341/QĐ-UBND, where the "
    "kit says it was made from it]",
)
@click.option(
    "--profile",
    metavar="NAME|FILE",
    help="Names of files and fields, for a kit without manifest.  [default: the manifest's]",
)
@click.option(
    "--layer",
    "layers",
    type=Several(LAYERS),
    default=(),
    metavar="NAMES",
    help="Layers that must be there though no manifest says so, by commas; or all.",
)
@format_option("table", "json", "html", help="Form of the result.")
@out_option
@lang_option
def verify(
    kit: Path,
    against: Path | None,
    profile: str | None,
    layers: tuple[str, ...],
    form: str,
    out: Path | None,
    lang: Language,
) -> int:
    """Prove a kit complete, unchanged and right, or tell every fault.

    KIT is a folder or a zip file, written by this program or by any other. Exit code 0 means that
    all of it was proven, 1 that faults were found or that something could not be proven.
    """
    from gis.verification import Question, open_kit, telling
    from gis.verification import verify as prove
    from gis.verification.standard import LAYERS as KNOWN

    opened = open_kit(kit)
    question = Question(
        builtin=lambda: load(None),
        profile=profile,
        against=None if against is None else load(against),
        layers=tuple(name for name in KNOWN if name in layers),
    )
    found = prove(opened, question)
    if form == "table" and out is None:
        telling.print_verification(found, terminal(), lang)
    else:
        put(_written(found, form, lang).encode("utf-8"), out)
    return 0 if found.verdict == "proven" else EXIT_ERRORS_FOUND


@cli.command()
@click.argument("first", type=click.Path(path_type=Path), metavar="A")
@click.argument("second", type=click.Path(path_type=Path), metavar="B")
@click.option(
    "--profile",
    metavar="NAME|FILE",
    help="Names of files and fields, for kits without manifest.  [default: the manifest's]",
)
@format_option("table", "json", help="Form of the result.")
@out_option
@lang_option
def diff(
    first: Path, second: Path, profile: str | None, form: str, out: Path | None, lang: Language
) -> int:
    """Say what changed from one kit to another, or from one check report to another.

    Kits are folders or zip files: rows added, removed, moved (in metres) and changed. Reports are
    those of tngis check --format json: findings fixed, new and unchanged. Exit code 0: the same,
    1: different.
    """
    from gis.comparison import as_json, compare, print_comparison

    found = compare(first, second, profile)
    if form == "json":
        put(as_json(found).encode("utf-8"), out)
    elif out is None:
        print_comparison(found, terminal(), lang)
    else:
        stream = io.StringIO()
        print_comparison(found, terminal(file=stream), lang)
        put(stream.getvalue().encode("utf-8"), out)
    return EXIT_ERRORS_FOUND if found.changes else 0


def _written(found: Verification, form: str, lang: Language) -> str:
    from gis.verification import telling

    if form == "json":
        return telling.as_json(found)
    if form == "html":
        return telling.as_html(found, lang)
    stream = io.StringIO()
    telling.print_verification(found, terminal(file=stream), lang)
    return stream.getvalue()
