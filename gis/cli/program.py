"""What every command shares: the program itself, its options, its plan and its terminal."""

from __future__ import annotations

import locale
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from gis import __version__
from gis.language import LANGUAGES, Language

if TYPE_CHECKING:
    from rich.console import Console

    from gis.model import Plan

EXIT_ERRORS_FOUND = 1
EXIT_COULD_NOT_RUN = 2
EXIT_INTERRUPTED = 130
PIPE_WIDTH = 120  # characters, where there is no terminal to ask

Command = TypeVar("Command", bound=Callable[..., Any])


def default_language() -> Language:
    """Vietnamese where the system is, else English; TNGIS_LANG decides before both."""
    asked = os.environ.get("TNGIS_LANG", "").lower()
    if asked in LANGUAGES:
        return asked
    system = [os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    if os.name == "nt":
        system.append(locale.getlocale()[0] or "")
    spoken = next((name for name in system if name), "")
    return "vi" if spoken.lower().startswith(("vi_", "vi-", "vietnam")) else "en"


def _remember_language(context: click.Context, _: click.Parameter, value: str | None) -> Language:
    state = context.ensure_object(dict)
    if value is not None:
        state["lang"] = value
    return cast(Language, state.get("lang") or default_language())


def lang_option(command: Command) -> Command:
    """Give a command its --lang."""
    return click.option(
        "--lang",
        type=click.Choice(LANGUAGES),
        callback=_remember_language,
        is_eager=True,
        help="Language of tables, findings, errors and reports.  [default: the system's, or en]",
    )(command)


def plan_option(command: Command) -> Command:
    """Give a command its --plan."""
    return click.option(
        "--plan",
        "plan_folder",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Folder of a plan (plan.toml and its tables).  [default: Decision 341/QĐ-UBND]",
    )(command)


def tolerance_option(command: Command) -> Command:
    """Give a command its --tolerance-m2."""
    return click.option(
        "--tolerance-m2",
        type=click.FloatRange(min=0),
        metavar="M2",
        help="Overlaps up to this area count as slivers: summed, not faults.  [default: 100]",
    )(command)


def format_option(*forms: str, help: str) -> Callable[[Command], Command]:
    """Give a command its --format; the first form is the default."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(forms),
        default=forms[0],
        show_default=True,
        help=help,
    )


def out_option(command: Command) -> Command:
    """Give a command its --out FILE."""
    return click.option(
        "--out",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Write to a file instead of the terminal.",
    )(command)


def put(data: bytes, out: Path | None) -> None:
    """Write to the file that was named, whole or not at all; else to the terminal."""
    if out is None:
        click.echo(data.decode("utf-8"), nl=False)
        return
    from gis.files import write_file

    write_file(out, data)


# The module of each command; only that of the command asked for is loaded.
MODULES: Mapping[str, str] = {
    "activities": "siting",
    "boundaries": "boundaries",
    "build": "checking",
    "bulk": "bulk",
    "check": "checking",
    "coordinates": "coordinates",
    "diff": "verifying",
    "errata": "mapping",
    "export": "delivering",
    "find": "siting",
    "map": "mapping",
    "matrix": "siting",
    "plan": "surveying",
    "rules": "checking",
    "site": "siting",
    "survey": "surveying",
    "verify": "verifying",
}


class Program(click.Group):
    """The commands of this package, which register themselves when their module is loaded."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in MODULES and cmd_name not in self.commands:
            import_module(f"gis.cli.{MODULES[cmd_name]}")
        return super().get_command(ctx, cmd_name)


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tngis")
@lang_option
def cli(lang: Language) -> None:
    """Decision 341/QĐ-UBND of Thái Nguyên province as a working GIS.

    Checks the plan, draws its map and writes its shapefiles; every answer cites its clause, and
    says what could not be proven.
    """


def print_paths(paths: Sequence[Path]) -> None:
    """Say what was written, a path a line."""
    for path in paths:
        click.echo(str(path))


def load(folder: Path | None, *, geometry: bool = True) -> Plan:
    """The plan asked for, or Decision 341/QĐ-UBND."""
    from gis.plan import default_plan, load_plan

    return load_plan(folder or default_plan(), geometry=geometry)


def is_terminal() -> bool:
    """Whether somebody reads along, or something that asks for colours."""
    return sys.stdout.isatty() or not {"FORCE_COLOR", "TTY_COMPATIBLE"}.isdisjoint(os.environ)


def terminal(*, file: Any = None, stderr: bool = False) -> Console:
    """Where text goes: as wide as the terminal, of a fixed width in a pipe or file."""
    from rich.console import Console

    stream = file or (sys.stderr if stderr else sys.stdout)
    width = None if stream.isatty() else PIPE_WIDTH
    return Console(file=stream, width=width, emoji=False)


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Tell each step on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda step: None
        return
    from rich.console import Console

    with Console(stderr=True).status("…") as status:
        yield status.update
