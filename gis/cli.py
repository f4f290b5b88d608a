"""The command line: parse, call, print, return 0 (clean), 1 (errors found) or 2 (could not run)."""

from __future__ import annotations

import locale
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from gis import __version__
from gis.errors import GisError
from gis.language import LANGUAGES, Language, say

if TYPE_CHECKING:
    from rich.console import Console

    from gis.model import Plan
    from gis.report import Report

EXIT_ERRORS_FOUND = 1
EXIT_COULD_NOT_RUN = 2
EXIT_INTERRUPTED = 130
PIPE_WIDTH = 120  # characters, where there is no terminal to ask
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


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tngis")
@lang_option
def cli(lang: Language) -> None:
    """Decision 341/QĐ-UBND of Thái Nguyên province as a working GIS.

    Checks the plan, draws its map and writes its shapefiles; every answer cites its clause, and
    says what could not be proven.
    """


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
    """Check the plan, then write its map, its report and its shapefiles.

    With errors found, the report and the map are written, the shapefiles are not.
    """
    from gis.build import Folders, build_all

    folders = Folders.below(out) if out else Folders.of_working_directory()
    with _progress() as step:
        report, written = build_all(_load(plan_folder), folders, tolerance_m2, step)
    console = _console()
    _print_tally(report, console, lang)
    for path in written:
        console.print(str(path), highlight=False, soft_wrap=True)
    return _exit_code(report)


@cli.command()
@plan_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "jsonl", "csv", "html"]),
    default="table",
    show_default=True,
    help="Form of the report.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write to a file instead of the terminal.",
)
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

    report = checked(_load(plan_folder), tolerance_m2, themes)
    _tell(report, form, out, lang)
    return _exit_code(report)


@cli.command()
@plan_option
@lang_option
def rules(plan_folder: Path | None, lang: Language) -> None:
    """List every rule with its code, severity and the clause or law it rests on."""
    from gis.checks import RULES
    from gis.report import print_rules

    plan = _load(plan_folder, geometry=False, trust=True)
    print_rules(plan, RULES, _console(), lang)


@cli.command("map")
@plan_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("maps"),
    show_default=True,
    metavar="DIR",
    help="Folder the page is written into.",
)
@lang_option
def map_(plan_folder: Path | None, out: Path, lang: Language) -> None:
    """Draw the plan as one HTML page that needs no network."""
    from gis.build import write_map

    _print_paths(write_map(_load(plan_folder), out))


@cli.command()
@plan_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("out/exports"),
    show_default=True,
    metavar="DIR",
    help="Folder the files are written into.",
)
@click.option("--force", is_flag=True, help="Write even where the checks find errors.")
@tolerance_option
@lang_option
def export(
    plan_folder: Path | None, out: Path, force: bool, tolerance_m2: float | None, lang: Language
) -> int:
    """Write shapefiles in VN-2000 and their GeoPackage twin."""
    from gis.build import checked, write_exports

    plan = _load(plan_folder)
    report = checked(plan, tolerance_m2)
    if _exit_code(report) and not force:
        _print_tally(report, _console(stderr=True), lang)
        withheld = say(
            "không xuất: quy hoạch có lỗi (xem tngis check; --force để vẫn xuất)",
            "not exported: the plan has errors (see tngis check; --force exports all the same)",
        )
        click.echo(withheld.in_(lang), err=True)
        return EXIT_ERRORS_FOUND
    _print_paths(write_exports(plan, out))
    return _exit_code(report)


def _print_paths(paths: Sequence[Path]) -> None:
    for path in paths:
        click.echo(str(path))


def _load(folder: Path | None, *, geometry: bool = True, trust: bool = False) -> Plan:
    from gis.plan import default_plan, load_plan

    return load_plan(folder or default_plan(), geometry=geometry, trust=trust)


def _exit_code(report: Report) -> int:
    from gis.checks import has_errors

    return EXIT_ERRORS_FOUND if has_errors(report.outcomes) else 0


def _tell(report: Report, form: str, out: Path | None, lang: Language) -> None:
    from gis import report as forms

    if form == "table" and out is None:
        forms.print_report(report, _console(), lang)
        return
    text = {
        "table": lambda: _printed(report, lang),
        "json": lambda: forms.as_json(report),
        "jsonl": lambda: forms.as_json_lines(report),
        "csv": lambda: forms.as_csv(report, lang),
        "html": lambda: forms.as_html(report, lang),
    }[form]()
    if out is None:
        click.echo(text, nl=False)
    else:
        from gis.files import write_file

        write_file(out, text.encode("utf-8"))


def _printed(report: Report, lang: Language) -> str:
    import io

    from gis.report import print_report

    stream = io.StringIO()
    print_report(report, _console(file=stream), lang)
    return stream.getvalue()


def _print_tally(report: Report, console: Console, lang: Language) -> None:
    from gis.report import print_tally

    print_tally(report, console, lang)


def _console(*, file: Any = None, stderr: bool = False) -> Console:
    from rich.console import Console

    stream = file or (sys.stderr if stderr else sys.stdout)
    width = None if stream.isatty() else PIPE_WIDTH
    return Console(file=stream, width=width, emoji=False)


class _Steps:
    """Tells each step on a terminal, nothing in a pipe."""

    def __init__(self) -> None:
        self._status: Any = None

    def __enter__(self) -> Callable[[str], None]:
        if sys.stderr.isatty():
            from rich.console import Console

            self._status = Console(stderr=True).status("…")
            self._status.start()
        return self._step

    def _step(self, what: str) -> None:
        if self._status is not None:
            self._status.update(what)

    def __exit__(self, *_: object) -> None:
        if self._status is not None:
            self._status.stop()


def _progress() -> _Steps:
    return _Steps()


def _speak_utf8() -> None:
    """Diacritics survive a console or pipe of another encoding."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")


def main(arguments: Sequence[str] | None = None, program: str = "tngis") -> None:
    """Run the command line and leave with its exit code."""
    _speak_utf8()
    state: dict[str, Any] = {}
    try:
        code = cli.main(
            list(sys.argv[1:] if arguments is None else arguments),
            prog_name=program,
            standalone_mode=False,
            obj=state,
        )
    except GisError as error:
        lang = cast(Language, state.get("lang") or default_language())
        click.echo(error.in_(lang), err=True)
        code = EXIT_COULD_NOT_RUN
    except click.ClickException as error:
        error.show()
        code = EXIT_COULD_NOT_RUN
    except (click.Abort, KeyboardInterrupt):
        code = EXIT_INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        click.echo(f"{error.filename or 'output'}: {error.strerror or error}", err=True)
        code = EXIT_COULD_NOT_RUN
    sys.exit(code or 0)


if __name__ == "__main__":
    main()
